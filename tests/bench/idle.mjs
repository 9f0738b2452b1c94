import { setTimeout as delay } from 'node:timers/promises';
import { usage, withDaemon } from './processes.mjs';
import { megabytes, ms } from './table.mjs';

/** Until what follows the start is over, and how long is measured: two rounds of heartbeats. */
const SETTLE_MS = 3000;
const MEASURE_MS = 20_000;

export async function run() {
  return withDaemon(3, async ({ pid }) => {
    await delay(SETTLE_MS);
    const before = usage(pid);
    if (!before) return [{ what: 'idle', measured: 'this system does not tell what a process uses' }];
    await delay(MEASURE_MS);
    const after = usage(pid) ?? before;
    const cpu = after.cpuMs - before.cpuMs;
    return [
      { what: `CPU over ${MEASURE_MS / 1000} s`, measured: `${ms(cpu)}, ${((cpu / MEASURE_MS) * 100).toFixed(2)} % of a core`, goal: 'under 1 %' },
      { what: 'memory', measured: megabytes(after.rss), goal: 'under 150 MB' },
    ];
  });
}
