/** top, where a server has metrics. */
import { CannedServer, type Answer } from './canned-server.ts';
import { describeParity, oracleBeside, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

type Usage = Readonly<Record<string, string>>;

const node = (name: string, allocatable: Usage, capacity = allocatable) => ({ metadata: { name }, status: { allocatable, capacity } });
const NODES = [node('node-1', { cpu: '4', memory: '8Gi' }, { cpu: '8', memory: '16Gi' }), node('node-2', { cpu: '1500m', memory: '1G' }), node('idle', { cpu: '4', memory: '8Gi' })];
const NODE_METRICS = [
  { metadata: { name: 'node-2' }, usage: { cpu: '1234567n', memory: '512Mi' } },
  { metadata: { name: 'node-1' }, usage: { cpu: '2', memory: '123456Ki' } },
  { metadata: { name: 'gone' }, usage: { cpu: '0', memory: '1' } },
];
const pod = (namespace: string, name: string, containers: Readonly<Record<string, Usage>>) => ({ metadata: { namespace, name }, timestamp: '2025-01-02T03:04:05Z', window: '15s', containers: Object.entries(containers).map(([key, usage]) => ({ name: key, usage })) });
const POD_METRICS = [
  pod('default', 'web', { main: { cpu: '5m', memory: '20Mi' }, sidecar: { cpu: '1500001n', memory: '3Mi' } }),
  pod('default', 'a-pod-with-quite-a-name', { main: { cpu: '1', memory: '1Gi' }, beta: {} }),
  pod('kube-system', 'dns', { dns: { cpu: '100m', memory: '1023Ki' } }),
];
const list = (kind: string, items: readonly unknown[]): Answer => ({ body: { kind, apiVersion: kind.includes('Metrics') ? 'metrics.k8s.io/v1beta1' : 'v1', metadata: {}, items } });
const status = (code: number, reason: string, message: string): Answer => ({ status: code, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code } });
const young = new Date(Date.now() - 1000).toISOString().replace(/\.\d+Z/, 'Z');
const podOf = (created: string) => ({ metadata: { name: 'fresh', namespace: 'x', creationTimestamp: created } });

function routes(url: string): Answer | undefined {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const none = searchParams.get('labelSelector') === 'app=none';
  const metrics = '/apis/metrics.k8s.io/v1beta1';
  const lists: Readonly<Record<string, Answer>> = {
    [`${metrics}/nodes`]: list('NodeMetricsList', none ? [] : NODE_METRICS),
    [`${metrics}/pods`]: list('PodMetricsList', none ? [] : POD_METRICS),
    [`${metrics}/namespaces/default/pods`]: list('PodMetricsList', none || searchParams.get('fieldSelector') === 'spec.nodeName=none' ? [] : POD_METRICS.slice(0, 2)),
    ...Object.fromEntries(['empty', 'young', 'old'].map((namespace) => [`${metrics}/namespaces/${namespace}/pods`, list('PodMetricsList', [])])),
    [`${metrics}/namespaces/broken/pods`]: status(503, 'ServiceUnavailable', 'the server is currently unable to handle the request (get pods.metrics.k8s.io)'),
    '/api/v1/nodes': list('NodeList', none ? [] : NODES),
    '/api/v1/namespaces/default/pods': list('PodList', []),
    '/api/v1/namespaces/empty/pods': list('PodList', []),
    '/api/v1/namespaces/young/pods': list('PodList', [podOf(young)]),
    '/api/v1/namespaces/old/pods': list('PodList', [podOf('2025-01-02T03:04:05Z')]),
  };
  const found = lists[pathname];
  if (found) return found;
  const slash = pathname.lastIndexOf('/');
  const items = (lists[pathname.slice(0, slash)]?.body as { readonly items?: readonly { readonly metadata: { readonly name: string } }[] } | undefined)?.items;
  const item = items?.find(({ metadata }) => metadata.name === pathname.slice(slash + 1));
  return item && { body: { ...item, ...(pathname.startsWith('/apis') ? { apiVersion: 'metrics.k8s.io/v1beta1', kind: pathname.includes('/nodes/') ? 'NodeMetrics' : 'PodMetrics' } : { apiVersion: 'v1', kind: 'Node' }) } };
}

const WITH_METRICS = [
  'top node node-1', 'top node --no-headers node-2', 'top no --show-capacity node-1', 'top node -l app=none', 'top node -l a==b==c', 'top node missing', 'top node gone', 'top node --sort-by=x', 'top node node-1 -l a=b', 'top node a b', 'top node --use-protocol-buffers=false node-1',
  'top pod', 'top pods --sort-by=cpu', 'top po --sort-by memory --no-headers', 'top pod -A', 'top pod -A --sum', 'top pod --sum', 'top pod --containers', 'top pod --containers --sort-by=cpu', 'top pod -A --containers --sum', 'top pod -A --containers --sum --no-headers', 'top pod --sum --no-headers', 'top pod web', 'top pod web --containers', 'top pod missing', 'top pod web -A',
  'top pod -l app=none', 'top pod -A -l app=none', 'top pod --field-selector=spec.nodeName=none', 'top pod --field-selector=a', 'top pod -l a==b==c', 'top pod web -l a=b', 'top pod -n empty', 'top pod -n empty --no-headers', 'top pod -n young', 'top pod -n old', 'top pod -n broken', 'top pod -n none', 'top pod -n default --use-protocol-buffers=false',
];
/** The real kubectl tells nodes without metrics in any order: of them there is one. */
const ALL_NODES = ['top node', 'top node --sort-by=cpu', 'top node --sort-by=memory', 'top node --show-capacity --no-headers'];

/** Ages differ by the moment of asking. */
const comparable = ({ stdout, stderr, code }: Outcome): Outcome => ({ stdout, stderr: stderr.replaceAll('kubectl.1.33', 'kubectl').replace(/age: \S+/, 'age: AGE'), code });

describeParity('top against canned answers', () => {
  describe.each([{ more: ['metrics.k8s.io/v1beta1'], cases: [...WITH_METRICS, ...ALL_NODES] }, { more: [], cases: ['top pod', 'top node', 'top pod -l a==b==c', 'top pod --field-selector=a'] }, { more: ['metrics.k8s.io/v1'], cases: ['top pod'] }])('which serves $more', ({ more, cases }) => {
    const server = new CannedServer((url) => routes(url), more);
    let address = '';
    beforeAll(async () => {
      address = await server.listen();
    });
    afterAll(() => server.close());

    it.each(sampled(cases))('%s', async (line) => {
      const words = line.split(' ');
      const [real, mine] = await Promise.all([oracleBeside([`--server=${address}`, ...words]), ours(words, server.transport())]);
      expect(comparable(mine)).toEqual(comparable(real));
    });
  });
});
