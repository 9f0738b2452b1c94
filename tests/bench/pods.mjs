import { deploy } from './api.mjs';
import { usage, withDaemon } from './processes.mjs';
import { megabytes, ms, perSecond } from './table.mjs';

const ROUNDS = 5;
const REPLICAS = 1000;

export async function run() {
  return withDaemon(50, async ({ home, pid }) => {
    const rows = [];
    let first;
    let total = 0;
    let cpu = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const before = usage(pid);
      const took = await deploy(home.socket, `web-${round}`, REPLICAS);
      const after = usage(pid);
      total += took;
      first ??= took;
      const used = before && after ? after.cpuMs - before.cpuMs : undefined;
      cpu += used ?? 0;
      rows.push({
        what: `pods ${round * REPLICAS + 1} to ${(round + 1) * REPLICAS}`, measured: `${perSecond((REPLICAS / took) * 1000)}${used === undefined ? '' : `, CPU ${ms(used)}, ${megabytes(after?.rss ?? 0)}`}`,
        baseline: `the first ${REPLICAS}: ${perSecond((REPLICAS / first) * 1000)}`, ratio: first / took,
      });
    }
    const pods = ROUNDS * REPLICAS;
    return [...rows, { what: `all ${pods}`, measured: `${perSecond((pods / total) * 1000)}${cpu > 0 ? `, CPU ${(cpu / pods).toFixed(2)} ms a pod` : ''}`, goal: 'over 1,000/s' }];
  });
}
