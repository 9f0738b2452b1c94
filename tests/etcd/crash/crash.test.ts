/** A short run of what `npm run test:crash -- --minutes N` does for longer: processes killed while they write. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { seededRandom } from '../../../src/simulation/random.ts';
import { Lane } from './lane.ts';

const SECONDS = 8;
let base: string;

beforeAll(() => {
  base = fs.mkdtempSync(join(tmpdir(), 'mock-kubectl-crash-'));
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

it('killed processes lose nothing that they have acknowledged, invent nothing, and leave sound files', async () => {
  const writer = join(base, 'writer.mjs');
  await build({ entryPoints: [join(__dirname, 'writer.ts')], bundle: true, platform: 'node', format: 'esm', outfile: writer });
  // A path that a person may have chosen.
  const lane = new Lane(writer, join(base, 'a home ü', 'etcd'), seededRandom(String(process.pid)));
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end; ) await lane.round();
  await lane.check();
  expect(lane.tally.kills).toBeGreaterThan(5);
  expect(lane.tally.acknowledged).toBeGreaterThan(lane.tally.kills);
}, 60_000);
