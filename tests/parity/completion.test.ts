/**
 * kubectl __complete: the same half-typed lines through both programs, beside a canned cluster. What flags are for is told
 * in words of our own, and is left out; the commands that only we have, too.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannedServer, type Routes } from './canned-server.ts';
import { describeParity, oracle, oracleBeside, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

const meta = (name: string) => ({ name, namespace: 'default' });
const list = (kind: string, apiVersion: string, items: readonly object[]) => ({ body: { kind: `${kind}List`, apiVersion, metadata: {}, items: items.map((item) => ({ kind, apiVersion, ...item })) } });
const POD = {
  kind: 'Pod', apiVersion: 'v1', metadata: { ...meta('web-1'), labels: { app: 'web' } },
  spec: { initContainers: [{ name: 'setup' }], containers: [{ name: 'app', ports: [{ containerPort: 80 }, { containerPort: 8443 }] }, { name: 'side' }], nodeName: 'n' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};
const SELECTOR = { selector: { matchLabels: { app: 'web' } } };
const ANSWERS: Readonly<Record<string, { readonly body: unknown }>> = {
  '/api/v1/namespaces/default/pods': list('Pod', 'v1', [POD, { metadata: meta('web-2'), spec: { containers: [] } }, { metadata: meta('db') }]),
  '/api/v1/namespaces/other/pods': list('Pod', 'v1', [{ metadata: { name: 'elsewhere', namespace: 'other' } }]),
  '/api/v1/namespaces/default/pods/web-1': { body: POD },
  '/api/v1/namespaces': list('Namespace', 'v1', ['default', 'other', 'kube-system'].map((name) => ({ metadata: { name } }))),
  '/api/v1/nodes': list('Node', 'v1', ['node-1', 'node-2'].map((name) => ({ metadata: { name } }))),
  '/api/v1/namespaces/default/serviceaccounts': list('ServiceAccount', 'v1', [{ metadata: meta('default') }, { metadata: meta('robot') }]),
  '/api/v1/namespaces/default/services': list('Service', 'v1', [{ metadata: meta('web') }]),
  '/api/v1/namespaces/default/services/web': { body: { kind: 'Service', apiVersion: 'v1', metadata: meta('web'), spec: { selector: { app: 'web' }, ports: [{ port: 80 }, { port: 443 }] } } },
  '/apis/apps/v1/namespaces/default/deployments': list('Deployment', 'apps/v1', [{ metadata: meta('web'), spec: SELECTOR }, { metadata: meta('worker'), spec: SELECTOR }]),
  '/apis/apps/v1/namespaces/default/deployments/web': { body: { kind: 'Deployment', apiVersion: 'apps/v1', metadata: meta('web'), spec: SELECTOR } },
  '/apis/rbac.authorization.k8s.io/v1/clusterroles': list('ClusterRole', 'rbac.authorization.k8s.io/v1', [{ metadata: { name: 'admin' } }, { metadata: { name: 'view' } }]),
};
const routes: Routes = (path) => {
  const [name = '', query = ''] = path.split('?');
  if (name.endsWith('/pods') && query.includes('labelSelector=')) return list('Pod', 'v1', [POD]);
  return ANSWERS[name];
};

const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-complete-'));
const kubeconfig = join(folder, 'kubeconfig');
writeFileSync(kubeconfig, `apiVersion: v1
kind: Config
current-context: dev
clusters:
- {name: here, cluster: {server: "http://127.0.0.1:1"}}
- {name: there, cluster: {server: "http://127.0.0.1:1"}}
contexts:
- {name: dev, context: {cluster: here, user: jane}}
- {name: prod, context: {cluster: there, user: robot}}
users:
- {name: jane, user: {token: x}}
- {name: robot, user: {token: x}}
`);
const server = new CannedServer(routes);
let address = '';
beforeAll(async () => {
  address = await server.listen();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const OURS = ['daemon', 'trace', 'etcd', 'clock', 'fault'];
/** Flags keep their names; names from a map of Go's come in no order. */
function told({ stdout, stderr, code }: Outcome, sorted: boolean): Outcome {
  const lines = stdout.split('\n').map((line) => (line.startsWith('-') ? line.replace(/\t.*/, '') : line)).filter((line) => !OURS.includes(line.split('\t')[0] as string));
  return { stdout: (sorted ? lines.sort() : lines).join('\n'), stderr, code };
}

async function compare(line: string, request = '__complete'): Promise<void> {
  const words = line.split(' ').map((word) => (word === "''" ? '' : word));
  const args = [request, '--server', address, ...words];
  const sorted = /^(?:config|completion)|--(?:context|cluster|user)/.test(line);
  const real = told(await oracleBeside(args, { HOME: folder, KUBECONFIG: kubeconfig }), sorted);
  expect({ line, ...told(await ours(args, server.transport(), '', { MOCK_KUBECTL_HOME: folder }), sorted) }).toEqual({ line, ...real });
}

const LINES = [
  "''", 'g', 'cre', 'zzz', "create ''", 'create c', "create secret ''", "rollout ''", "config ''", "auth ''", "set ''", "top ''", "apply ''", "certificate ''", "plugin ''", "cluster-info ''", "help ''", 'help c', "help create ''", "help nope ''", "create -f x ''", "create --dry-run=client ''",
  'get -', 'get --', '-', '--', 'get --show', 'get --show_l', 'get --as', 'get --nope', 'create cm -', 'create cm c --from-literal=a=b --from-lit', 'get -o json --out', 'rollout status -', 'config --', 'config view --', 'config set-context --', 'logs --', 'apply --', 'explain --', 'create rolebinding --', 'create token --', 'drain --', 'wait --', 'diff --', 'version --', 'kustomize --',
  "run web ''", 'run web --im', 'run web --', 'run web --image=x --', "create deployment x ''", "create cronjob c ''", "create clusterrolebinding c ''", "scale deployment web ''", "scale deployment web --replicas=1 ''", "autoscale ''", "create service externalname x ''",
  "get -o ''", 'get -o y', 'get -oy', 'get --output=y', 'get -o=c', "get -wo ''", 'get --output j', "apply -o ''", 'apply --dry-run=', 'apply --validate=', 'delete --cascade=', "version -o ''", 'get --watch=', 'wait --for=', "create -f ''", 'create -f=x', "apply -k ''", "kustomize --load-restrictor ''", 'kustomize --load-restrictor LoadRestrictionsN', "get --subresource ''", 'get --subresource sc',
  "get --help ''", "get -h ''", "get --nope ''", "get -x ''", 'get -x=', "get --nope=x ''", "get --chunk-size=x ''", "get -- ''", 'get pods -- -', "get -- pods ''", "plugin list ''", 'plugin list --', "explain ''", "completion ''", 'completion b', "completion bash ''", "version ''",
  "get ''", 'get p', 'get pods,ser', "get pods ''", 'get pods w', "get pods web-1 ''", 'get pods/', 'get pods/w', "get pods/web-1 ''", 'get pods/web-1 pods/', 'get po', "get deploy ''", 'get deploy/w', "get nope ''", 'get nope/', "get -n other pods ''", "get -n ''", 'get -n k', 'get --namespace=o', "get pods -A ''", "get pods,deploy ''", "get namespaces ''",
  "describe pod ''", "delete deployment ''", "edit deploy/''", "patch node ''", "label pods ''", "annotate pods web-1 ''", "debug ''", 'apply view-last-applied dep',
  "logs ''", 'logs w', 'logs x', 'logs deployments/', "logs web-1 ''", "logs deployments/web ''", "logs nope/x ''", "logs web-1 app ''", "exec ''", "exec web-1 ''", "exec web-1 -c ''", 'exec web-1 -c a', "exec deploy/web -c ''", "exec -c ''", "attach ''", "port-forward ''", "port-forward web-1 ''", 'port-forward web-1 9', 'port-forward web-1 9:', "port-forward svc/web ''", "port-forward service/web 44", "port-forward deploy/web ''",
  "cp ''", 'cp w', 'cp other/', 'cp ./', 'cp web-1:', "cp web-1:/x ''", 'cp zz',
  "rollout status ''", 'rollout status d', "rollout status deployment ''", "rollout status deployment web ''", "rollout status deployment/web ''", "rollout history deployment/web ''", "rollout undo deployment web ''", "set image ''", "set image deployments/web ''", "expose ''", "taint ''", "taint node ''", "cordon ''", "drain node-1 ''", "uncordon n", "top pod ''", "top node ''", "create token ''", "create clusterrolebinding x --clusterrole ''", 'create clusterrolebinding x --clusterrole=v', "create rolebinding x --role ''",
  "config use-context ''", 'config use-context p', "config use-context dev ''", "config delete-cluster ''", "config delete-user ''", "config rename-context ''", "config set-context ''", "config set-context dev --namespace ''", "config get-contexts ''", "get --context ''", 'get --context=p', "get --cluster ''", "get --user ''", "create rolebinding x --user ''",
];

describeParity('completions', () => {
  test.each(sampled(LINES))('%s', (line) => compare(line));
  test.each(["''", 'get -', "get pods ''", "run web ''"])('without descriptions: %s', (line) => compare(line, '__completeNoDesc'));

  test('nothing typed at all', async () => {
    expect(await ours(['__complete'])).toEqual(oracle(['__complete']));
  });
  test('descriptions switched off', async () => {
    const env = { KUBECTL_COMPLETION_DESCRIPTIONS: 'false' };
    expect(told(await ours(['__complete', 'cr'], undefined, '', env), false)).toEqual(told(oracle(['__complete', 'cr'], '', env), false));
  });
  test.each([['nope', 'x'], ['nope', ''], ['rs', 'x', ''], ['nope', '--x', '']])('no command: %s %s', async (...words) => {
    expect(await ours(['__complete', ...words])).toEqual(oracle(['__complete', ...words]));
  });
  test.each([[], ['x'], ['bash', 'zsh'], ['bash', '-x'], ['bash', '--no-descriptions'], ['Bash']])('kubectl completion %s %s', async (...words) => {
    expect(await ours(['completion', ...words])).toEqual(oracle(['completion', ...words]));
  });
});
