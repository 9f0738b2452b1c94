/** Real processes, killed at random moments: every write that was acknowledged is there, and no other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { openDirectoryStore } from '../../src/etcd/directory-store.ts';
import type { Revision } from '../../src/etcd/store.ts';
import { verify } from '../../src/etcd/verify.ts';
import { silentLog } from '../../src/simulation/log.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { standingClock } from './support.ts';

const ROUNDS = 8;
let base: string;

beforeAll(() => {
  base = fs.mkdtempSync(join(tmpdir(), 'mock-kubectl-crash-'));
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

/** Lets a process write, kills it, and returns what it has acknowledged. */
async function crash(program: string, path: string, round: number, afterBytes: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, path, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (data: Buffer) => {
    told += data.toString();
    if (told.length > afterBytes) child.kill('SIGKILL');
  });
  await once(child, 'close');
  // The last line may have been cut off by the kill.
  return told.slice(0, told.lastIndexOf('\n')).split('\n');
}

it('a killed process loses nothing that it has acknowledged', async () => {
  const program = join(base, 'crash.mjs');
  await build({ entryPoints: [join(__dirname, 'crash-process.ts')], bundle: true, platform: 'node', format: 'esm', outfile: program });
  const path = join(base, 'home', 'etcd');
  const random = seededRandom('crash');
  for (let round = 0; round < ROUNDS; round++) {
    const acknowledged = await crash(program, path, round, random.int(1_500_000));
    expect(acknowledged.length).toBeGreaterThan(0);
    const store = await openDirectoryStore({ path, clock: standingClock(), log: silentLog });
    let missing = 0;
    for (const line of acknowledged) {
      const [revision = '', key = '', ...value] = line.split(' ');
      const kv = await store.get(key, Math.max(Number(revision), store.compactRevision) as Revision);
      if (Number(revision) >= store.compactRevision && (kv?.modRevision !== Number(revision) || kv.value !== value.join(' '))) missing++;
    }
    expect(missing).toBe(0);
    // What was in the log and not yet told when the process was killed: a write of each writer at the most.
    expect(store.revision - Number(acknowledged.at(-1)?.split(' ')[0])).toBeLessThanOrEqual(6);
    await store.close();
    expect(verify(path).problems).toEqual([]);
  }
}, 60_000);
