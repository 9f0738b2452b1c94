import type { LimitRange, PriorityClass, ResourceQuota } from '../../src/api/generated/types.ts';
import { CONFIGMAPS, NODES, PODS, PRIORITYCLASSES, SERVICEACCOUNTS, SERVICES, type Resource } from '../../src/api/kinds.ts';
import { resourceAt } from '../../src/api/resource.ts';
import { clusterOfEachTest, failure } from './support/api-cluster.ts';
import { configMap, pod, service } from './support/objects.ts';

const LIMITRANGES = resourceAt('', 'v1', 'limitranges') as Resource<LimitRange>;
const QUOTAS = resourceAt('', 'v1', 'resourcequotas') as Resource<ResourceQuota>;

const cluster = clusterOfEachTest();

const withResources = (name: string, requests?: Record<string, string>, limits?: Record<string, string>) => ({
  ...pod(name), spec: { containers: [{ name: 'main', image: 'nginx', resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) } }] },
});

test('a new node takes no pods until it is ready', async () => {
  const node = await cluster.of(NODES).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } });
  expect(node.spec?.taints).toEqual([{ effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready' }]);
});

describe('service accounts', () => {
  test('may keep their token to themselves and bring pull secrets along', async () => {
    await cluster.of(SERVICEACCOUNTS).create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'quiet', namespace: 'default' }, automountServiceAccountToken: false, imagePullSecrets: [{ name: 'registry' }] });
    const stored = await cluster.of(PODS).create({ ...pod('a'), spec: { ...pod('a').spec, serviceAccountName: 'quiet' } } as never);
    expect(stored.spec?.volumes).toBeUndefined();
    expect(stored.spec?.imagePullSecrets).toEqual([{ name: 'registry' }]);
  });

  test('leave a container alone that mounts something in the token’s place', async () => {
    const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
    const stored = await cluster.of(PODS).create({ ...pod('a'), spec: { volumes: [{ name: 'own', emptyDir: {} }], containers: [{ name: 'main', image: 'nginx', volumeMounts: [{ name: 'own', mountPath }] }] } });
    expect(stored.spec?.volumes?.map(({ name }) => name)).toEqual(['own']);
  });
});

describe('priority', () => {
  const classOf = (name: string, value: number, more: Partial<PriorityClass> = {}): PriorityClass => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, ...more });

  test('comes from the class, or from the default class', async () => {
    await cluster.of(PRIORITYCLASSES).create(classOf('high', 1000, { preemptionPolicy: 'Never' }));
    await cluster.of(PRIORITYCLASSES).create(classOf('usual', 10, { globalDefault: true }));
    const high = await cluster.of(PODS).create({ ...pod('a'), spec: { ...pod('a').spec, priorityClassName: 'high' } } as never);
    expect(high.spec).toMatchObject({ priority: 1000, preemptionPolicy: 'Never' });
    expect((await cluster.of(PODS).create(pod('b'))).spec).toMatchObject({ priority: 10, priorityClassName: 'usual' });
    const second = await failure(cluster.of(PRIORITYCLASSES).create(classOf('other', 20, { globalDefault: true })));
    expect(second.message).toBe('priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist');
  });

  test('cannot be made up', async () => {
    const error = await failure(cluster.of(PODS).create({ ...pod('a'), spec: { ...pod('a').spec, priority: 5 } } as never));
    expect(error.message).toBe('pods "a" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name');
  });
});

describe('limit ranges', () => {
  beforeEach(() => cluster.of(LIMITRANGES).create({
    apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits', namespace: 'default' },
    spec: { limits: [{ type: 'Container', min: { cpu: '50m' }, max: { cpu: '1' }, default: { cpu: '500m' }, defaultRequest: { cpu: '100m' }, maxLimitRequestRatio: { cpu: '10' } }] },
  }));

  test('fill in what containers leave out, and say so', async () => {
    const stored = await cluster.of(PODS).create(pod('a'));
    expect(stored.spec?.containers[0]?.resources).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '100m' } });
    expect(stored.metadata.annotations).toEqual({ 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu request for container main; cpu limit for container main' });
  });

  test.each([
    [{ cpu: '10m' }, { cpu: '100m' }, 'minimum cpu usage per Container is 50m, but request is 10m'],
    [{ cpu: '500m' }, { cpu: '2' }, 'maximum cpu usage per Container is 1, but limit is 2'],
    [{ cpu: '50m' }, { cpu: '1' }, 'cpu max limit to request ratio per Container is 10, but provided ratio is 20.000000'],
  ])('refuse %j and %j', async (requests, limits, why) => {
    expect((await failure(cluster.of(PODS).create(withResources('a', requests, limits)))).message).toBe(`pods "a" is forbidden: ${why}`);
  });
});

describe('quotas', () => {
  const quota = (hard: Record<string, string>, scopes?: string[]) =>
    cluster.of(QUOTAS).create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota', namespace: 'default' }, spec: { hard, ...(scopes ? { scopes } : {}) } });

  test('limit the number of objects, also of those made at the same time', async () => {
    await quota({ pods: '3', 'count/configmaps': '1' });
    const made = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => cluster.of(PODS).create(pod(`p${i}`))));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect((await cluster.of(PODS).list('default')).items).toHaveLength(3);
    expect((await failure(cluster.of(PODS).create(pod('more')))).message).toBe('pods "more" is forbidden: exceeded quota: quota, requested: pods=1, used: pods=3, limited: pods=3');
    await cluster.of(CONFIGMAPS).create(configMap('a'));
    expect((await failure(cluster.of(CONFIGMAPS).create(configMap('b')))).message).toBe('configmaps "b" is forbidden: exceeded quota: quota, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1');
    await cluster.of(PODS).delete('default', 'p0');
    await cluster.of(PODS).create(pod('more'));
  });

  test('of resources want requests and limits named, and add them up', async () => {
    await quota({ 'requests.cpu': '1', 'limits.memory': '1Gi' });
    expect((await failure(cluster.of(PODS).create(pod('a')))).message).toBe('pods "a" is forbidden: failed quota: quota: must specify limits.memory for: main; requests.cpu for: main');
    await cluster.of(PODS).create(withResources('a', { cpu: '600m' }, { memory: '512Mi' }));
    expect((await failure(cluster.of(PODS).create(withResources('b', { cpu: '500m' }, { memory: '512Mi' })))).message).toBe('pods "b" is forbidden: exceeded quota: quota, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1');
  });

  test('with a scope leave other pods alone', async () => {
    await quota({ pods: '0' }, ['BestEffort']);
    await cluster.of(PODS).create(withResources('a', { cpu: '1m' }));
    expect((await failure(cluster.of(PODS).create(pod('b')))).code).toBe(403);
  });

  test('limit services by their kind', async () => {
    await quota({ 'services.nodeports': '1' });
    await cluster.of(SERVICES).create(service('a', { type: 'NodePort' }));
    await cluster.of(SERVICES).create(service('b'));
    expect((await failure(cluster.of(SERVICES).create(service('c', { type: 'NodePort' })))).message).toBe('services "c" is forbidden: exceeded quota: quota, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1');
  });
});
