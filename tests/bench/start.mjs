import { freshHome, mockKubectl, timed } from './processes.mjs';
import { median, ms } from './table.mjs';

const RUNS = 5;
const SCRIPT = [['create', 'deployment', 'web', '--image=nginx', '--replicas=3'], ['rollout', 'status', 'deployment/web']];

/** Runs the script in a fresh home each time; the median of what it took. */
function scripted(lines, more, clean) {
  const times = [];
  for (let i = 0; i < RUNS; i++) {
    const home = freshHome(more);
    times.push(lines.reduce((sum, line) => sum + mockKubectl(home.env, ...line), 0));
    clean?.(home.env);
    home.remove();
  }
  return median(times);
}

export async function run() {
  const env = { PATH: process.env.PATH ?? '' };
  const node = median(Array.from({ length: RUNS }, () => timed(process.execPath, ['-e', '0'], env)));
  const stop = (homeEnv) => mockKubectl(homeEnv, 'daemon', 'stop');
  const start = scripted([['daemon', 'start']], {}, stop);
  const script = scripted([['daemon', 'start'], ...SCRIPT], {}, stop);
  const converge = scripted(SCRIPT, { MOCK_KUBECTL_CONVERGE: '1' });
  const row = (what, took, goal) => ({ what, measured: ms(took), baseline: `node -e 0: ${ms(node)}`, ratio: took / node, goal });
  return [
    row('daemon start, 3 nodes, until ready', start, 'under 500 ms'),
    row('daemon start + create deployment --replicas=3 + rollout status', script, 'under 900 ms'),
    row('the same without a daemon, MOCK_KUBECTL_CONVERGE=1', converge),
  ];
}
