/**
 * `npm run test:crash -- --minutes N [--seed S]`: kills processes that write to stores, daemons under load, and commands,
 * at random moments, for N minutes (default 1), and checks after each that nothing acknowledged is lost and nothing is
 * invented (lane.ts, daemon-lane.ts). Exits with 1, and leaves the files, when a promise is broken.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../../src/build/root.mjs';

const option = (name, preset) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? preset : (process.argv[at + 1] ?? preset);
};
const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-crash-program-'));
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
try {
  await build({ entryPoints: ['writer', 'main'].map((name) => join(here, `${name}.ts`)), bundle: true, platform: 'node', format: 'esm', outdir: folder, outExtension: { '.js': '.mjs' } });
  for (const path of ['bin', 'package.json']) cpSync(join(root, path), join(folder, path), { recursive: true });
  spawnSync(process.execPath, [join(root, 'src/build/bundle.mjs'), '--outdir', join(folder, 'dist')], { stdio: 'inherit' });
  const args = [join(folder, 'writer.mjs'), join(folder, 'bin/mock-kubectl'), option('minutes', '1'), option('seed', String(Date.now()))];
  const { status } = spawnSync(process.execPath, [join(folder, 'main.mjs'), ...args], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
