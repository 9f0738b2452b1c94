/** A short run of what `npm run test:crash` does with the program for longer: daemons under load and commands, killed. */
import { join } from 'node:path';
import { seededRandom } from '../../src/simulation/random.ts';
import { DaemonLane } from '../etcd/crash/daemon-lane.ts';
import { session } from './support.ts';

const it1 = session();

test('what a command has reported outlives any process', async () => {
  const lane = new DaemonLane(join(process.env.MOCK_KUBECTL_E2E ?? '', 'bin/mock-kubectl'), it1.cluster, seededRandom(String(process.pid)));
  for (const end = Date.now() + 5000; Date.now() < end; ) await lane.round();
  expect(lane.tally.acknowledged).toBeGreaterThan(0);
  await lane.end();
}, 60_000);
