import { freshHome, mockKubectl, realKubectl, timed, withDaemon } from './processes.mjs';
import { deploy } from './api.mjs';
import { median, ms } from './table.mjs';

const RUNS = 9;
const CREATE = ['create', 'deployment', 'web', '--image=nginx', '--dry-run=client', '-o', 'yaml'];

/** One after the other in turns, so that the machine's load is the same for all. */
function medians(commands) {
  const times = commands.map(() => []);
  for (let i = 0; i < RUNS; i++) commands.forEach((command, at) => times[at].push(command()));
  return times.map(median);
}

export async function run() {
  const kubectl = realKubectl();
  return withDaemon(3, async ({ home }) => {
    await deploy(home.socket, 'web', 20);
    const offline = freshHome();
    const real = kubectl === undefined ? [] : [() => timed(kubectl, ['version', '--client'], offline.env), () => timed(kubectl, CREATE, offline.env)];
    const [node, version, create, pods, realVersion, realCreate] = medians([
      () => timed(process.execPath, ['-e', '0'], offline.env),
      () => mockKubectl(offline.env, 'version', '--client'),
      () => mockKubectl(offline.env, ...CREATE),
      () => mockKubectl(home.env, 'get', 'pods'),
      ...real,
    ]);
    offline.remove();
    const baseline = `node -e 0: ${ms(node)}`;
    const row = (what, took) => ({ what, measured: ms(took), baseline, ratio: took / node });
    const beside = (what, took, theirs) => (theirs === undefined ? [] : [{ what, measured: ms(took), baseline: `kubectl v1.33: ${ms(theirs)}`, ratio: took / theirs }]);
    return [
      row('version --client', version),
      ...beside('', version, realVersion),
      row('create deployment --dry-run=client -o yaml', create),
      ...beside('', create, realCreate),
      { ...row('get pods, 20 pods, daemon up', pods), goal: 'no slower than kubectl v1.33' },
    ];
  });
}
