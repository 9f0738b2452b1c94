import type { PodDisruptionBudget } from '../../src/api/generated/types.ts';
import { CONFIGMAPS, DEPLOYMENTS, NAMESPACES, NODES, PODS, type Resource } from '../../src/api/kinds.ts';
import { resourceAt } from '../../src/api/resource.ts';
import type { NodeConnection } from '../../src/api/node-connection.ts';
import { clusterOfEachTest, failure } from './support/api-cluster.ts';
import { configMap, deployment, pod } from './support/objects.ts';

const BUDGETS = resourceAt('policy', 'v1', 'poddisruptionbudgets') as Resource<PodDisruptionBudget>;

const cluster = clusterOfEachTest();

const bind = (name: string, node: string) => cluster.of(PODS).createSub('default', name, 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: node } });

describe('binding', () => {
  test('sets the node and the condition PodScheduled', async () => {
    await cluster.of(PODS).create(pod('a'));
    expect(await bind('a', 'node-1')).toMatchObject({ kind: 'Status', status: 'Success' });
    const bound = await cluster.of(PODS).get('default', 'a');
    expect(bound.spec?.nodeName).toBe('node-1');
    expect(bound.status?.conditions).toEqual([{ lastProbeTime: null, lastTransitionTime: '2025-01-01T00:00:00Z', status: 'True', type: 'PodScheduled' }]);
    expect(bound.status?.phase).toBe('Pending');
  });

  test('happens once', async () => {
    await cluster.of(PODS).create(pod('a'));
    await bind('a', 'node-1');
    const error = await failure(bind('a', 'node-2'));
    expect(error.message).toBe('Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "node-1"');
    expect(error.code).toBe(409);
  });

  test('works through the older path, too', async () => {
    await cluster.of(PODS).create(pod('a'));
    await cluster.request({ verb: 'create', resource: 'bindings', namespace: 'default', body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'node-1' } } });
    expect((await cluster.of(PODS).get('default', 'a')).spec?.nodeName).toBe('node-1');
  });
});

describe('scale', () => {
  beforeEach(() => cluster.of(DEPLOYMENTS).create(deployment('web', 2)));
  const scale = (verb: 'get' | 'update' | 'patch', body?: unknown) =>
    cluster.request({ verb, group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'default', name: 'web', ...(body ? { body } : {}), ...(verb === 'patch' ? { patchType: 'merge' } : {}) });

  test('shows and changes the replicas', async () => {
    const { object } = await scale('get');
    expect(object).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'web' }, spec: { replicas: 2 }, status: { replicas: 0, selector: 'app=web' } });
    await scale('update', { ...object, spec: { replicas: 5 } });
    expect((await cluster.of(DEPLOYMENTS).get('default', 'web')).spec?.replicas).toBe(5);
    await scale('patch', { spec: { replicas: 0 } });
    const down = await cluster.of(DEPLOYMENTS).get('default', 'web');
    expect([down.spec?.replicas, down.metadata.generation]).toEqual([0, 3]);
  });

  test('refuses old versions and negative numbers', async () => {
    const { object } = await scale('get');
    await scale('patch', { spec: { replicas: 3 } });
    expect((await failure(scale('update', { ...object, spec: { replicas: 5 } }))).message).toMatch(/^Operation cannot be fulfilled on deployments.apps "web": the object has been modified/);
    expect((await failure(scale('patch', { spec: { replicas: -1 } }))).message).toBe('Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0');
  });
});

describe('eviction', () => {
  const evict = (name: string) => cluster.of(PODS).createSub('default', name, 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } });

  async function runningPod(): Promise<void> {
    await cluster.of(PODS).create(pod('a', { app: 'x' }));
    await bind('a', 'node-1');
    await cluster.of(PODS).patch('default', 'a', { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }, 'strategic', { subresource: 'status' });
  }

  test('asks the disruption budget', async () => {
    await runningPod();
    await cluster.of(BUDGETS).create({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'budget', namespace: 'default' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } } });
    const early = await failure(evict('a'));
    expect([early.code, early.message]).toEqual([429, "Cannot evict pod as it would violate the pod's disruption budget."]);
    expect(early.status.details?.causes).toEqual([{ reason: 'DisruptionBudget', message: 'The disruption budget budget is still being processed by the server.' }]);
    const status = { observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
    await cluster.of(BUDGETS).patch('default', 'budget', { status }, 'merge', { subresource: 'status' });
    expect((await failure(evict('a'))).status.details?.causes?.[0]?.message).toBe('The disruption budget budget needs 1 healthy pods and has 1 currently');
    await cluster.of(BUDGETS).patch('default', 'budget', { status: { disruptionsAllowed: 1 } }, 'merge', { subresource: 'status' });
    await evict('a');
    const evicted = await cluster.of(PODS).get('default', 'a');
    expect(evicted.metadata.deletionTimestamp).toBe('2025-01-01T00:00:30Z');
    expect(evicted.status?.conditions?.at(-1)).toMatchObject({ type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' });
    expect((await cluster.of(BUDGETS).get('default', 'budget')).status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { a: '2025-01-01T00:00:00Z' } });
  });

  test('of a pending pod deletes it', async () => {
    await cluster.of(PODS).create(pod('a'));
    await evict('a');
    expect((await failure(cluster.of(PODS).get('default', 'a'))).code).toBe(404);
  });
});

test('a namespace turns Terminating, takes nothing new, and goes when it is finalized', async () => {
  await cluster.of(NAMESPACES).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
  const marked = await cluster.of(NAMESPACES).delete(undefined, 'team');
  expect(marked).toMatchObject({ metadata: { deletionTimestamp: '2025-01-01T00:00:00Z' }, status: { phase: 'Terminating' }, spec: { finalizers: ['kubernetes'] } });
  const error = await failure(cluster.of(CONFIGMAPS).create({ ...configMap('a'), metadata: { name: 'a', namespace: 'team' } }));
  expect(error.message).toBe('configmaps "a" is forbidden: unable to create new content in namespace team because it is being terminated');
  expect(error.status.details?.causes).toEqual([{ reason: 'NamespaceTerminating', message: 'namespace team is being terminated', field: 'metadata.namespace' }]);
  expect(await cluster.of(NAMESPACES).delete(undefined, 'team')).toEqual(marked);
  // What is told of its contents does not let it go.
  const told = await cluster.of(NAMESPACES).updateStatus({ ...marked, status: { phase: 'Terminating', conditions: [{ type: 'NamespaceContentRemaining', status: 'True' }] } });
  await cluster.request({ verb: 'update', resource: 'namespaces', name: 'team', subresource: 'finalize', body: { ...told, spec: { finalizers: [] } } });
  expect((await failure(cluster.of(NAMESPACES).get(undefined, 'team'))).message).toBe('namespaces "team" not found');
});

test.each(['default', 'kube-system', 'kube-public'])('the namespace %s stays', async (name) => {
  expect((await failure(cluster.of(NAMESPACES).delete(undefined, name))).message).toBe(`namespaces "${name}" is forbidden: this namespace may not be deleted`);
});

describe('log', () => {
  const log = async (query: Record<string, string> = {}): Promise<string> => {
    let text = '';
    await cluster.server.stream({ verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: 'log', namespace: 'default', name: 'a', options: { query } }, (part) => (text += part));
    return text;
  };
  const twoContainers = { ...pod('a'), spec: { containers: [{ name: 'one', image: 'nginx' }, { name: 'two', image: 'nginx' }], initContainers: [{ name: 'first', image: 'busybox' }] } };

  test('wants a container where there are several, and an existing one', async () => {
    await cluster.of(PODS).create(twoContainers);
    expect((await failure(log())).message).toBe('a container name must be specified for pod a, choose one of: [first one two]');
    expect((await failure(log({ container: 'three' }))).message).toBe('container three is not valid for pod a');
  });

  test('is empty before a pod has a node, and comes from the kubelet after', async () => {
    await cluster.of(PODS).create(pod('a'));
    expect(await log()).toBe('');
    await bind('a', 'node-1');
    expect((await failure(log())).message).toBe('nodes "node-1" not found');
    await cluster.of(NODES).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' }, spec: {} });
    await cluster.of(NODES).patch(undefined, 'node-1', { status: { addresses: [{ type: 'InternalIP', address: '172.18.0.3' }] } }, 'merge', { subresource: 'status' });
    expect((await failure(log())).message).toBe('Get "https://172.18.0.3:10250/containerLogs/default/a/main": dial tcp 172.18.0.3:10250: connect: connection refused');
    const asked: unknown[] = [];
    const kubelet: NodeConnection = {
      containerLogs(request, onText) {
        asked.push(request);
        onText('hello\n');
        return Promise.resolve();
      },
      refusal: () => undefined,
      exec: () => Promise.reject(new Error('nobody asks for this')),
      attach: () => Promise.reject(new Error('nobody asks for this')),
      portForward: () => Promise.reject(new Error('nobody asks for this')),
      page: () => Promise.reject(new Error('nobody asks for this')),
      serve: () => Promise.reject(new Error('nobody asks for this')),
    };
    cluster.server.connectNodes((name) => (name === 'node-1' ? kubelet : undefined));
    expect(await log({ tailLines: '5', follow: 'true' })).toBe('hello\n');
    expect(asked).toMatchObject([{ namespace: 'default', pod: 'a', container: 'main', follow: true, previous: false, tailLines: 5 }]);
  });
});

test('what this server does not offer is said, not pretended', async () => {
  await cluster.of(PODS).create(pod('a'));
  const request = (resource: string, subresource: string) => failure(cluster.request({ verb: 'create', resource, namespace: 'default', name: 'a', subresource, body: {} }));
  expect(await request('serviceaccounts', 'nonsense')).toMatchObject({ code: 404, message: 'the server could not find the requested resource' });
  expect((await failure(cluster.request({ verb: 'list', resource: 'nonsense' }))).code).toBe(404);
  expect((await failure(cluster.request({ verb: 'update', resource: 'componentstatuses', name: 'a', body: {} }))).code).toBe(405);
});

test('paths outside the resource API answer by prefix, others with 404', async () => {
  cluster.server.registerPath('/mock', (method, path) => Promise.resolve({ code: 200, contentType: 'text/plain', body: `${method} ${path}` }));
  expect((await cluster.server.raw('GET', '/mock/clock?x=1')).body).toBe('GET /mock/clock?x=1');
  expect((await cluster.server.raw('GET', '/mockery')).code).toBe(404);
  expect((await cluster.server.raw('GET', '/healthz')).body).toBe('ok');
});
