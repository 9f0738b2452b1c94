import { deploy } from './api.mjs';
import { usage, withDaemon } from './processes.mjs';
import { ms } from './table.mjs';

const GOALS = { 10: undefined, 100: 'under 500 ms', 300: 'under 1 s', 1000: 'under 3 s' };

export async function run() {
  const rows = [];
  let baseline;
  for (const [text, goal] of Object.entries(GOALS)) {
    const replicas = Number(text);
    await withDaemon(10, async ({ home, pid }) => {
      const before = usage(pid);
      const took = await deploy(home.socket, 'web', replicas);
      const after = usage(pid);
      const cpu = before && after ? `, CPU ${ms(after.cpuMs - before.cpuMs)}` : '';
      const perPod = took / replicas;
      baseline ??= replicas >= 100 ? perPod : undefined;
      rows.push({
        what: `${replicas} replicas`, measured: `${ms(took)}, ${perPod.toFixed(2)} ms a pod${cpu}`,
        ...(baseline === undefined ? {} : { baseline: `a pod of the 100: ${baseline.toFixed(2)} ms`, ratio: perPod / baseline }), ...(goal ? { goal } : {}),
      });
    });
  }
  return rows;
}
