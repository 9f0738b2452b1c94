import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannedServer, type Answer } from './canned-server.ts';
import { describeParity, oracleBeside, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

const meta = (name: string, namespace: string | undefined, labels: Record<string, string>, created = '2025-01-02T03:04:05Z') => ({
  name, ...(namespace ? { namespace } : {}), uid: `uid-${name}`, resourceVersion: '7', creationTimestamp: created, ...(Object.keys(labels).length ? { labels } : {}),
  managedFields: [{ manager: 'kubectl', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
});
const pod = (name: string, namespace: string, labels: Record<string, string>, priority: number, restarts: string) => ({
  object: { apiVersion: 'v1', kind: 'Pod', metadata: meta(name, namespace, labels), spec: { priority, nodeName: 'node-1', containers: [{ name: 'main', image: 'nginx' }] }, status: { phase: 'Running', podIP: '10.0.0.1' } },
  cells: [name, '1/1', 'Running', restarts, '5d', '10.0.0.1', 'node-1', '<none>', '<none>'],
});
const PODS = [pod('web-b', 'default', { app: 'web', tier: 'front' }, 2, '0'), pod('a-very-long-name-of-a-pod', 'default', { app: 'web' }, 10, '1 (3d ago)'), pod('c', 'default', {}, 1, '0'), pod('k', 'kube-system', { app: 'dns' }, 5, 'two\nlines')];
const POD_COLUMNS = [['Name', 0, 'name'], ['Ready', 0], ['Status', 0], ['Restarts', 0], ['Age', 0], ['IP', 1], ['Node', 1], ['Nominated Node', 1], ['Readiness Gates', 1]] as const;
const DEPLOYMENT = { object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('web', 'default', { app: 'web' }), spec: { replicas: 1 } }, cells: ['web', '1/1', 1, 1, '5d', 'nginx', 'nginx:1', 'app=web'] };
const DEPLOYMENT_COLUMNS = [['Name', 0, 'name'], ['Ready', 0], ['Up-to-date', 0], ['Available', 0], ['Age', 0], ['Containers', 1], ['Images', 1], ['Selector', 1]] as const;
const NODE = { object: { apiVersion: 'v1', kind: 'Node', metadata: meta('node-1', undefined, { 'kubernetes.io/os': 'linux' }) }, cells: ['node-1', 'Ready', '<none>', '9d', 'v1.33.1'] };
const NODE_COLUMNS = [['Name', 0, 'name'], ['Status', 0], ['Roles', 0], ['Age', 0], ['Version', 0]] as const;

type Entry = { readonly object: object & { readonly metadata: object }; readonly cells: readonly unknown[] };

function table(columns: readonly (readonly [string, number, string?])[], entries: readonly Entry[], whole: boolean): Answer {
  return {
    body: {
      kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '9' },
      columnDefinitions: columns.map(([name, priority, format = '']) => ({ name, type: 'string', format, description: '', priority })),
      rows: entries.map(({ object, cells }) => ({ cells, object: whole ? object : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata } })),
    },
  };
}

function routes(url: string, asTable: boolean): Answer | undefined {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const whole = searchParams.get('includeObject') === 'Object';
  const collections: Record<string, [readonly (readonly [string, number, string?])[], readonly Entry[], string, string]> = {
    '/api/v1/namespaces/default/pods': [POD_COLUMNS, PODS.slice(0, 3), 'v1', 'PodList'],
    '/api/v1/pods': [POD_COLUMNS, PODS, 'v1', 'PodList'],
    '/api/v1/namespaces/empty/pods': [POD_COLUMNS, [], 'v1', 'PodList'],
    '/api/v1/namespaces/default/services': [POD_COLUMNS, [], 'v1', 'ServiceList'],
    '/apis/apps/v1/namespaces/default/deployments': [DEPLOYMENT_COLUMNS, [DEPLOYMENT], 'apps/v1', 'DeploymentList'],
    '/apis/apps/v1/namespaces/empty/deployments': [DEPLOYMENT_COLUMNS, [], 'apps/v1', 'DeploymentList'],
    '/api/v1/nodes': [NODE_COLUMNS, [NODE], 'v1', 'NodeList'],
  };
  const list = (columns: readonly (readonly [string, number, string?])[], entries: readonly Entry[], apiVersion: string, kind: string): Answer =>
    asTable ? table(columns, entries, whole) : { body: { apiVersion, kind, metadata: { resourceVersion: '9' }, items: entries.map(({ object }) => object) } };
  const found = collections[pathname];
  if (found) {
    const [columns, entries, apiVersion, kind] = found;
    const selector = searchParams.get('labelSelector');
    return list(columns, selector === 'app=none' ? [] : entries, apiVersion, kind);
  }
  const slash = pathname.lastIndexOf('/');
  const parent = collections[pathname.slice(0, slash)];
  const entry = parent?.[1].find(({ object }) => (object.metadata as { name: string }).name === pathname.slice(slash + 1));
  if (parent && entry) return asTable ? table(parent[0], [entry], whole) : { body: entry.object };
  if (pathname === '/api/v1/namespaces/secret/pods') return { status: 403, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "secret"', reason: 'Forbidden', details: { kind: 'pods' }, code: 403 } };
  return undefined;
}

const CASES = [
  'get pods', 'get po', 'get pod', 'get Pods', 'get pods -o wide', 'get pods -owide', 'get pods -A', 'get pods -A -o wide', 'get pods --no-headers', 'get pods -L app,tier', 'get pods -L app -L missing', 'get pods --show-labels', 'get pods -A --show-labels -L app', 'get pods --show-kind', 'get pods -n empty', 'get pods,deployments -n empty', 'get pods -l app=none', 'get pods -l app=web',
  'get pod web-b', 'get pod/web-b', 'get pods web-b c', 'get pods web-b missing c', 'get pod missing', 'get pod missing --ignore-not-found', 'get pod/web-b pod/c', 'get pod/web-b deploy/web', 'get deploy/web pod/web-b pod/c', 'get pods,deployments', 'get pods,deploy,nodes', 'get deploy,po --no-headers', 'get nodes', 'get nodes -A', 'get node node-1', 'get deployments.apps', 'get deployments.v1.apps', 'get deploy.apps', 'get all -n empty', 'get pods,nodes -A', 'get pods,pods', 'get po,pods,pod',
  'get pods -o name', 'get pods,deploy -o name', 'get pod web-b -o name', 'get pods -o json', 'get pods -o yaml', 'get pod web-b -o yaml', 'get pod web-b -o json', 'get pod web-b -o yaml --show-managed-fields', 'get pods web-b c -o yaml', 'get pods -n empty -o yaml', 'get pods -n empty -o json', 'get pods -n empty -o name', 'get pod missing -o yaml', 'get pods web-b missing -o name', 'get pod missing -o yaml --ignore-not-found', 'get pods missing1 missing2 -o yaml', 'get pods missing1 missing2',
  'get pods -o jsonpath={.items[*].metadata.name}', 'get pod web-b -o jsonpath={.metadata.name}', 'get pod web-b --template={{.metadata.name}}', 'get pods -o go-template={{range.items}}{{.metadata.name}},{{end}}', 'get pods -o custom-columns=NAME:.metadata.name,PRIO:.spec.priority,X:.nothing', 'get pod web-b -o custom-columns=N:metadata.name,L:.metadata.labels', 'get pods -o custom-columns=N:.metadata.name --no-headers', 'get pods -o custom-columns=N', 'get pods -o custom-columns', 'get pods -o custom-columns=N:{.a', 'get pods -n empty -o custom-columns=N:.metadata.name', 'get pods,deploy -o custom-columns=N:.metadata.name,K:.kind', 'get pods -o custom-columns=N:.spec.containers[*].name,L:.spec.containers',
  'get pods --sort-by=.metadata.name', 'get pods --sort-by={.spec.priority}', 'get pods --sort-by=spec.priority -o name', 'get pods --sort-by=.metadata.labels.app', 'get pods --sort-by=.nothing', 'get pods --sort-by=.spec.containers', 'get pods -o yaml --sort-by=.spec.priority', 'get pods --sort-by=.nothing -o name', 'get pods --sort-by=}{', 'get pod c --sort-by=.metadata.name', 'get pods,deploy --sort-by=.metadata.name', 'get pods,deploy --sort-by=.metadata.resourceVersion', 'get pods c web-b --sort-by=.metadata.name', 'get pods --server-print=false --sort-by=.metadata.name', 'get nodes,pods -A', 'get pods --sort-by=.spec', 'get pods --sort-by=.metadata.creationTimestamp -A',
  'get', 'get foo', 'get foo.bar', 'get deployments.v1.foo', 'get pods -o foo', 'get pods -o jsonpath', 'get pods -o jsonpath={.x', 'get pods --foo', 'get -x', 'get pods -o', 'get pods --show-labels -o yaml', 'get pods --output-watch-events', 'get pods pod/x', 'get pod/x/y', 'get pod/', 'get /x', 'get pods x -l a=b', 'get pod/x -l a=b', 'get -l a=b', 'get pods -A web-b', 'get pods,deploy x y', 'get pod,deploy web', 'get pods -n secret', 'get pods,deploy -n secret', 'get pods -l a==b==c', 'get pods --chunk-size=x', 'get pods -Lw', 'get pods --field-selector=a', 'get pods --raw /x', 'get --raw /x', 'get --raw /x -o yaml', 'get --raw x', 'get --raw /api/v1/nodes', 'get pods -f nothing.yaml', 'get -f nothing.yaml', 'get pods -w --sort-by=x -o foo', 'get pods,deploy -w', 'get --request-timeout=x pods', 'get pods --label_columns=app', 'get pods -- -o', 'get pods --subresource=status', 'get pod web-b --subresource=status', 'get "" ', 'get pods ""', 'get pods -o wide --no-headers=false', 'get -o=name pods', 'get pods --server-print=false', 'get pods,deploy --server-print=false -A', 'get pods -k x -f y', 'get -R pods',
  'api-resources', 'api-resources -o wide', 'api-resources -o name', 'api-resources --sort-by=kind', 'api-resources --sort-by=name --no-headers', 'api-resources --namespaced=false', 'api-resources --verbs=list,get --api-group=apps', 'api-resources --categories=all', 'api-resources x', 'api-resources -o x', 'api-resources --sort-by=x', 'api-resources --api-group=',
  'api-versions', 'api-versions x', 'version --client', 'version --client -o yaml', 'version --client -o json', 'version x', 'version -o x', 'gte', 'config foo', 'config current-context', 'config view', 'config view -o json', 'config view --minify', '-n', '--foo get', '-x get', 'events --types=x', 'events --for=x', 'events --for=pod/a/b', 'events -n empty',
];

/** Ages differ by the moment of asking; the real program names itself by its file. */
const comparable = ({ stdout, stderr, code }: Outcome): Outcome => ({ stdout: stdout.replace(/\b\d+d(\d+h)?(?=\s)/g, 'AGE'), stderr: stderr.replaceAll('kubectl.1.33', 'kubectl').replace(/^([WEF])\d{4} [\d:.]+ +\d+ /gm, '$1 '), code });

const split = (line: string): string[] => (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'));

describeParity('get and its kin against canned answers', () => {
  let server: CannedServer;
  const home = mkdtempSync(join(tmpdir(), 'kubectl-oracle-'));
  const [config, none] = [join(home, 'config'), join(home, 'none')];
  beforeAll(async () => {
    server = new CannedServer(routes);
    const address = await server.listen();
    writeFileSync(none, '');
    writeFileSync(config, `apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster: {server: "${address}"}\ncontexts:\n- name: c\n  context: {cluster: c, user: ""}\ncurrent-context: c\n`);
  });
  afterAll(async () => {
    await server.close();
    rmSync(home, { recursive: true });
  });

  it.each(sampled(CASES))('%s', async (line) => {
    const args = split(line);
    const expected = comparable(await oracleBeside(args, { HOME: home, KUBECONFIG: args[0] === 'config' ? none : config }));
    const actual = comparable(await ours(args, server.transport()));
    expect(actual).toEqual(expected);
  });
});
