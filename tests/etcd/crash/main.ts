/** `npm run test:crash -- --minutes N [--seed S]`: see run.mjs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../../src/simulation/random.ts';
import { DaemonLane } from './daemon-lane.ts';
import { Lane, type Tally } from './lane.ts';

const [writer = '', program = '', minutes = '1', seed = ''] = process.argv.slice(2);
/** A folder is left for a fresh one after so many kills: old ones get long, new ones have beginnings. */
const KILLS_PER_FOLDER = 60;
const total: Tally = { kills: 0, early: 0, acknowledged: 0, onTheirWay: 0, compacted: 0 };
const daemons = { kills: 0, acknowledged: 0 };
const base = mkdtempSync(join(tmpdir(), 'mock-kubectl-crash-'));
const end = Date.now() + Number(minutes) * 60_000;
const random = seededRandom(seed);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function stores(name: string): Promise<void> {
  for (let folder = 0; Date.now() < end; folder++) {
    const path = join(base, `${name}${folder}`, 'etcd');
    const lane = new Lane(writer, path, random.stream(`${name}${folder}`));
    try {
      while (lane.tally.kills < KILLS_PER_FOLDER && Date.now() < end) await lane.round();
      await lane.check();
    } catch (error) {
      throw new Error(`${path}, after ${lane.tally.kills} kills: ${(error as Error).message}`, { cause: error });
    }
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += lane.tally[key];
    rmSync(join(base, `${name}${folder}`), { recursive: true });
    say(`${total.kills} processes killed, ${total.acknowledged} acknowledged transactions checked; ${daemons.kills} daemons and commands killed, ${daemons.acknowledged} acknowledged commands checked`);
  }
}

async function programs(): Promise<void> {
  const lane = new DaemonLane(program, join(base, 'home'), random.stream('daemons'));
  while (Date.now() < end) {
    await lane.round();
    Object.assign(daemons, lane.tally);
  }
  await lane.end();
}

say(`seed ${seed}; folders in ${base}`);
try {
  await Promise.all([stores('a'), stores('b'), programs()]);
  rmSync(base, { recursive: true });
  say(`nothing was lost: ${JSON.stringify({ ...total, daemons })}`);
} catch (error) {
  say((error as Error).message);
  say(`the files are left in ${base}`);
  process.exit(1);
}
