import type { DaemonSet, Deployment, Event, Namespace, Node, Pod, ReplicaSet, ServiceAccount } from '../../../src/api/generated/types.ts';
import { builtinResources, resourceAt, resourceForKind } from '../../../src/api/resource.ts';
import { freeze, type Draft } from '../../../src/api/json.ts';
import { kindStrategy, strategyFor } from '../../../src/apiserver/strategies/index.ts';
import { podStrategy } from '../../../src/apiserver/strategies/pod.ts';
import { created, deployment, pod, updated, warningsOf } from '../validation/support.ts';

test('pods are selectable by what upstream selects them by', () => {
  expect(podStrategy.selectableFields?.(created<Pod>(pod({ nodeName: 'n1', hostNetwork: true })))).toEqual({
    'spec.nodeName': 'n1', 'spec.restartPolicy': 'Always', 'spec.schedulerName': 'default-scheduler', 'spec.serviceAccountName': '', 'spec.hostNetwork': 'true',
    'status.phase': 'Pending', 'status.podIP': '', 'status.podIPs': '', 'status.nominatedNodeName': '',
  });
});

test('every strategy names its selectable fields without an object to look at', () => {
  for (const resource of builtinResources()) {
    const fields = strategyFor(resource).selectableFields?.({ metadata: {} });
    for (const value of Object.values(fields ?? {})) expect(typeof value).toBe('string');
  }
  const event = strategyFor(resourceForKind('v1', 'Event')!).selectableFields?.({ involvedObject: { name: 'web' }, source: { component: 'kubelet' } } as unknown as Event);
  expect(event).toMatchObject({ 'involvedObject.name': 'web', source: 'kubelet', type: '' });
});

test.each<[string, object, { gracePeriodSeconds?: number }, number]>([
  ['not on a node', { nodeName: undefined }, {}, 0],
  ['by its spec', {}, {}, 30],
  ['as asked', {}, { gracePeriodSeconds: 5 }, 5],
  ['at once', {}, { gracePeriodSeconds: 0 }, 0],
])('grace period: %s', (_name, spec, options, seconds) => {
  expect(podStrategy.gracePeriodSeconds?.(created<Pod>(pod({ nodeName: 'n1', ...spec })), options)).toBe(seconds);
});

test('a pod that has ended goes at once', () => {
  const done = { ...created<Pod>(pod({ nodeName: 'n1' })), status: { phase: 'Succeeded' } };
  expect(podStrategy.gracePeriodSeconds?.(done, { gracePeriodSeconds: 10 })).toBe(0);
});

test('gated pods say so', () => {
  expect(created<Pod>(pod({ schedulingGates: [{ name: 'a.b/c' }] })).status?.conditions).toEqual([
    { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' },
  ]);
});

test("a Deployment's annotations count as a change of generation", () => {
  const old = { ...created<Deployment>(deployment()) };
  const stored = freeze({ ...old, metadata: { ...old.metadata, generation: 4 } });
  expect(updated(stored, (object: Draft<Deployment>) => void (object.metadata!.annotations = { a: 'b' })).object.metadata?.generation).toBe(5);
  expect(updated(stored, (object: Draft<Deployment>) => void (object.metadata!.labels = { a: 'b' })).object.metadata?.generation).toBe(4);
});

test('the main resource leaves the status alone', () => {
  const old = freeze({ ...created<ReplicaSet>({ ...deployment(), kind: 'ReplicaSet' }), status: { replicas: 3 } });
  const { object } = updated(old, (replicaSet: Draft<ReplicaSet>) => {
    replicaSet.spec!.replicas = 5;
    replicaSet.status = { replicas: 9 };
  });
  expect(object.status).toEqual({ replicas: 3 });
});

test("a namespace's finalizers change through finalize only", () => {
  const old = created<Namespace>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } });
  expect(updated(old, (namespace) => void delete namespace.spec?.finalizers).object.spec?.finalizers).toEqual(['kubernetes']);
});

test('warnings', () => {
  expect(warningsOf(pod({}, { name: 'a.b' }))).toEqual(["metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"]);
  expect(warningsOf(deployment({}, { name: 'a.b' }))).toEqual(['metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]']);
  const ports = [{ containerPort: 80 }, { containerPort: 80 }];
  expect(warningsOf(pod({ containers: [{ name: 'a', image: 'b', ports }] }))).toEqual(['spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]']);
  const template = { metadata: { labels: { app: 'web' } }, spec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' }, containers: [{ name: 'a', image: 'b', ports, env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }] } };
  expect(warningsOf(deployment({ template }))).toEqual([
    'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    'spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]',
  ]);
  expect(warningsOf(pod({}))).toEqual([]);
});

test('kinds without a strategy have the generic one', () => {
  const resource = resourceAt('', 'v1', 'componentstatuses');
  expect(resource && kindStrategy(resource)).toBeUndefined();
  expect(resource && strategyFor(resource)).toEqual({});
  expect(kindStrategy(resourceAt('batch', 'v1', 'jobs')!)?.defaultPropagation).toBe('Orphan');
  expect(kindStrategy(resourceAt('', 'v1', 'pods')!, 'resize')).not.toBe(podStrategy);
  expect(kindStrategy(resourceAt('', 'v1', 'pods')!, 'status')).toBe(podStrategy);
});

test('a node keeps the status that its kubelet brings', () => {
  const node = created<Node>({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { capacity: { cpu: '4', memory: '1024Mi' } } });
  expect(node.status).toEqual({ capacity: { cpu: '4', memory: '1Gi' }, allocatable: { cpu: '4', memory: '1Gi' } });
});

test('of the secrets of a ServiceAccount only the names are kept', () => {
  const account = created<ServiceAccount>({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a', namespace: 'default' }, secrets: [{ name: 's', namespace: 'other' }] });
  expect(account.secrets).toEqual([{ name: 's' }]);
  expect(updated(account, (object: Draft<ServiceAccount>) => void (object.secrets = [{ name: 't', kind: 'Secret' }])).object.secrets).toEqual([{ name: 't' }]);
});

test('the generation of a template of a DaemonSet may begin higher, and goes on by itself', () => {
  const KEY = 'deprecated.daemonset.template.generation';
  const daemonSet = (annotations?: object): DaemonSet => created<DaemonSet>({ ...deployment({}, { annotations }), kind: 'DaemonSet' });
  expect(daemonSet().metadata?.annotations).toEqual({ [KEY]: '1' });
  expect(daemonSet({ [KEY]: 'x' }).metadata?.annotations).toEqual({ [KEY]: '1' });
  const old = daemonSet({ [KEY]: '5' });
  expect(updated(old, (object: Draft<DaemonSet>) => void (object.metadata!.annotations = {})).object.metadata?.annotations).toEqual({ [KEY]: '5' });
  expect(updated(old, (object: Draft<DaemonSet>) => void (object.spec!.template.spec!.containers[0]!.image = 'b')).object.metadata?.annotations).toEqual({ [KEY]: '6' });
});
