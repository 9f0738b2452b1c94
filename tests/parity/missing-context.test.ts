/** A context, cluster or user that the kubeconfig does not have: each command tells of it as kubectl does, before it does anything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeParity, oracle } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-context-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const config = join(folder, 'config');
writeFileSync(config, `apiVersion: v1
kind: Config
current-context: dev
clusters:
- {name: here, cluster: {server: "http://127.0.0.1:1"}}
contexts:
- {name: dev, context: {cluster: here, user: jane}}
users:
- {name: jane, user: {token: x}}
`);
const certified = join(folder, 'certified');
writeFileSync(certified, `
apiVersion: v1
kind: Config
current-context: dev
clusters:
- {name: here, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: Y2E=}}
contexts:
- {name: dev, context: {cluster: here, user: jane}}
users:
- {name: jane, user: {client-certificate-data: eA==, client-key-data: eA==}}
`);
const map = join(folder, 'map.yaml');
writeFileSync(map, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n');

const LINES = [
  'get pods', 'get pods -n team', 'get all', `get -f ${map}`, 'describe pods', `apply -f ${map}`, `apply -f ${map} --server-side`, `apply -f ${map} --dry-run=client`, 'apply view-last-applied cm map', `apply set-last-applied -f ${map}`, 'apply edit-last-applied cm map', `create -f ${map}`, 'create cm x', 'create cm x --dry-run=client', 'create ns x', 'create deployment x --image=x', 'create deployment x --image=x --dry-run=client', 'create secret generic x', 'create role x --verb=get --resource=pods', 'create token default', 'create service clusterip x --tcp=80',
  `replace -f ${map}`, `delete -f ${map}`, 'delete pod x', `diff -f ${map}`, 'run x --image=x', 'run x --image=x --dry-run=client', 'wait --for=delete pod/x', 'drain node-1', 'cordon node-1', 'uncordon node-1', 'taint node node-1 a=b:NoSchedule', 'explain pods', 'version', 'version --client', 'api-resources', 'api-versions', 'cluster-info', 'cluster-info dump',
  'label pod x a=b', `label -f ${map} --local a=b`, 'annotate pod x a=b', 'patch pod x -p {}', `patch -f ${map} --local -p {} -o name`, 'scale deploy x --replicas=1', 'autoscale deploy x --max=2', 'expose deploy x --port=80', 'set image deploy/x a=b', 'set env deploy/x a=b', 'set resources deploy/x --limits=cpu=1', 'set serviceaccount deploy/x y', 'set subject rolebinding x --user=y',
  'rollout status deploy/x', 'rollout restart deploy/x', 'rollout history deploy/x', 'rollout undo deploy/x', 'rollout pause deploy/x', 'logs x', 'exec x -- ls', 'attach x', 'cp x:/a b', 'port-forward x 80', 'proxy', 'debug x --image=x', 'events', 'top pod', 'top node', 'auth can-i get pods', 'auth can-i --list', 'auth whoami', `auth reconcile -f ${map}`, 'certificate approve x', 'certificate deny x', 'config current-context', 'get', 'create cm', 'describe', 'delete',
];

const file = join(folder, 'file');
writeFileSync(file, 'x');
/** Flags that contradict the kubeconfig, or each other. */
const CONTRADICTIONS = ['--certificate-authority=FILE', '--server=http://127.0.0.1:1 --password=p --token=t', '--client-certificate=FILE', '--client-certificate=FILE --client-key=FILE', '--client-certificate=none', '--client-key=FILE', '--certificate-authority=none', '--certificate-authority=FILE --insecure-skip-tls-verify', '--username=u --token=t', '--username=u --token=t --as-group=a', '--password=p', '--cluster=none --user=none', '--context=none --as-uid=1', '--as-group=a', '--as-uid=1', '--tls-server-name=x --insecure-skip-tls-verify --certificate-authority=FILE', '--server=x://y', '--request-timeout=soon', '--profile=all', '--vmodule=a', '--vmodule=a=-1', '--log-flush-frequency=1', '--v=x', '--match-server-version=x', '--warnings-as-errors=x'];

describeParity('flags that contradict', () => {
  test.each(sampled(['get pods', 'get pods -n team', 'create ns x', 'auth whoami'].flatMap((line) => CONTRADICTIONS.map((flags) => `${line} ${flags}`))))('%s', async (line) => {
    const args = line.replaceAll('FILE', file).split(' ');
    const real = oracle(args, '', { HOME: folder, KUBECONFIG: certified });
    const mine = await ours([`--kubeconfig=${certified}`, ...args], undefined, '', { HOME: folder });
    // What the log says of each question that failed is a known difference.
    const text = (words: string): string => words.replaceAll('kubectl.1.33', 'kubectl').replace(/^E.* memcache\.go:\d+\] .*\n/gm, '');
    expect({ ...mine, stderr: text(mine.stderr) }).toEqual({ ...real, stderr: text(real.stderr) });
  });
});

describeParity('what a kubeconfig does not have', () => {
  test.each(sampled([...LINES.map((line) => `${line} --context nope`), ...['get pods', 'describe pods', 'create ns x', 'api-resources', `apply -f ${map}`].flatMap((line) => [`${line} --cluster nope`, `${line} --user nope`])]))('%s', async (line) => {
    const args = line.replace(/^(.*) (--\w+ \w+)$/, '$2 $1').split(' ');
    const env = { HOME: folder, KUBECONFIG: config };
    const real = oracle(args, '', env);
    const text = (words: string): string => words.replaceAll('kubectl.1.33', 'kubectl').replaceAll(folder, 'FOLDER');
    const mine = await ours([`--kubeconfig=${config}`, ...args], undefined, '', env);
    expect({ ...mine, stdout: text(mine.stdout), stderr: text(mine.stderr) }).toEqual({ ...real, stdout: text(real.stdout), stderr: text(real.stderr) });
  });
});

describeParity('a server that no client can be made of, or that wants to know who asks', () => {
  const lines = [
    ...LINES,
    ...['label --local', 'label', 'annotate'].map((command) => `${command} -f nope a=b`), ...['get', 'apply', 'create', 'replace', 'delete', 'edit', 'describe', 'expose', 'wait --for=delete', 'rollout status', 'rollout restart', 'rollout history'].map((command) => `${command} -f nope`),
    'patch --local -f nope -p {}', 'set image --local -f nope a=b', 'set image -f nope a=b', 'scale -f nope --replicas=1', 'exec -f nope -- ls', 'cp nope x:/b', 'port-forward x', 'kustomize nope', 'config view',
    // kubectl's diff asks twice who it is, its proxy serves for ever, and cluster-info tells first of a dump.
  ].filter((line) => !/^(?:cluster-info|diff|proxy)\b/.test(line));

  test.each(sampled(['a/b', 'a b', 'https://127.0.0.1:1'].flatMap((server) => lines.map((line): [string, string] => [server, line]))))('--server=%j %s', async (server, line) => {
    const args = [`--server=${server}`, ...line.split(' ')];
    const env = { HOME: folder };
    const real = oracle(args, 'jane', env);
    const text = (words: string): string => words.replaceAll('kubectl.1.33', 'kubectl').replaceAll(folder, 'FOLDER');
    const mine = await ours(args, undefined, 'jane', env);
    expect({ ...mine, stdout: text(mine.stdout), stderr: text(mine.stderr) }).toEqual({ ...real, stdout: text(real.stdout), stderr: text(real.stderr) });
  });
});
