/** Commands as whole processes: what the launcher costs, and each beside the real kubectl on the same API server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPods, deploy, overSocket } from './api.mjs';
import { freshHome, mockKubectl, realKubectl, timed, withDaemon } from './processes.mjs';
import { median, ms } from './table.mjs';

const RUNS = 9;
const LARGE = 10_000;
const MANY = 1000;
const CONNECTIONS = 64;
const GOAL = 'no slower than kubectl v1.33';

const configMap = (i) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map-${i}}\ndata: {key: value}\n`;

/** One after the other in turns, so that the machine's load is the same for all. */
function medians(runs, commands) {
  const times = commands.map(() => []);
  for (let i = 0; i < runs; i++) commands.forEach((command, at) => times[at].push(command()));
  return times.map(median);
}

/** Creates a namespace and waits for its service account: from then on pods can be made in it. */
async function namespace({ send }, name) {
  await send('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
  while (!(await send('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`).catch(() => 0)));
}

export async function run() {
  const kubectl = realKubectl();
  return withDaemon(3, async ({ home }) => {
    await deploy(home.socket, 'web', 20);
    const socket = overSocket(home, CONNECTIONS);
    await namespace(socket, 'large');
    await createPods(socket, 'large', LARGE, CONNECTIONS);
    for (const side of ['ours', 'theirs']) await namespace(socket, side);
    socket.close();
    const file = (name, text) => {
      const path = join(home.path, name);
      writeFileSync(path, text);
      return path;
    };
    const one = file('one.yaml', configMap(0));
    const many = file('many.yaml', Array.from({ length: MANY }, (_, i) => configMap(i)).join('---\n'));

    const offline = freshHome();
    const [node, launched] = medians(RUNS, [() => timed(process.execPath, ['-e', '0'], offline.env), () => mockKubectl(offline.env, 'version', '--client')]);
    const rows = [{ what: 'version --client: the launcher', measured: ms(launched), baseline: `node -e 0: ${ms(node)}`, ratio: launched / node }];
    const theirEnv = { ...home.env, KUBECONFIG: join(home.path, 'kubeconfig') };
    /** @param {(side: string) => string[]} args of the command, for a side's namespace */
    const compare = (what, runs, args, env = home.env) => {
      const [took, theirs] = medians(runs, [() => mockKubectl(env, ...args('ours')), ...(kubectl ? [() => timed(kubectl, args('theirs'), env === home.env ? theirEnv : env)] : [])]);
      rows.push(theirs === undefined ? { what, measured: ms(took), goal: GOAL } : { what, measured: ms(took), baseline: `kubectl v1.33: ${ms(theirs)}`, ratio: took / theirs, goal: GOAL });
    };
    compare('version --client', RUNS, () => ['version', '--client'], offline.env);
    compare('create deployment --dry-run=client -o yaml', RUNS, () => ['create', 'deployment', 'web', '--image=nginx', '--dry-run=client', '-o', 'yaml'], offline.env);
    compare('get pods, 20 pods', RUNS, () => ['get', 'pods']);
    compare(`get pods, ${LARGE} pods`, 3, () => ['get', 'pods', '-n', 'large']);
    compare('describe deployment', RUNS, () => ['describe', 'deployment', 'web']);
    compare('apply of 1 object', RUNS, (side) => ['apply', '-n', side, '-f', one]);
    compare(`apply of ${MANY} objects, new`, 1, (side) => ['apply', '-n', side, '-f', many]);
    compare(`apply of ${MANY} objects, unchanged`, 1, (side) => ['apply', '-n', side, '-f', many]);
    compare('wait --for=condition=Available', RUNS, () => ['wait', '--for=condition=Available', 'deployment/web']);
    offline.remove();
    return rows;
  });
}
