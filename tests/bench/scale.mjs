import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** As much as the daemon of a large cluster gets (src/daemon/v8.ts). */
const HEAP_MB = 6144;

export async function run() {
  const { status, stdout } = spawnSync(process.execPath, [`--max-old-space-size=${HEAP_MB}`, fileURLToPath(new URL('scale-process.mjs', import.meta.url))], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  process.stderr.write('\r');
  if (status !== 0) throw new Error('the scale benchmark failed');
  return JSON.parse(stdout);
}
