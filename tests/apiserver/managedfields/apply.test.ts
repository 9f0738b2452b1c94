import type { ManagedFieldsEntry } from '../../../src/api/generated/types.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import type { RequestOptions } from '../../../src/api/request.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';

let cluster: ApiCluster;
beforeEach(async () => {
  cluster = await apiCluster();
});
afterEach(() => cluster.close());

type Deployment = KubeObject & { readonly spec: Readonly<Record<string, unknown>>; readonly status?: unknown };
const deployments = { group: 'apps', resource: 'deployments', namespace: 'default' } as const;

function deployment(spec: object = {}, metadata: object = {}): Deployment {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata }, spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }, ...spec } };
}
async function apply(body: unknown, fieldManager = 'a', options: RequestOptions = {}, subresource?: string): Promise<Deployment> {
  return (await cluster.request({ ...deployments, verb: 'patch', patchType: 'apply', name: 'web', body, options: { fieldManager, ...options }, ...(subresource ? { subresource } : {}) })).object as Deployment;
}
const create = async (body: KubeObject, options: RequestOptions = {}) => (await cluster.request({ ...deployments, verb: 'create', body, options, userAgent: 'kubectl/v1.33.1 (linux/amd64)' })).object as Deployment;
const update = async (body: KubeObject, options: RequestOptions = {}) => (await cluster.request({ ...deployments, verb: 'update', name: 'web', body, options })).object as Deployment;
const patch = async (body: unknown, options: RequestOptions = {}, subresource?: string) => (await cluster.request({ ...deployments, verb: 'patch', patchType: 'merge', name: 'web', body, options, ...(subresource ? { subresource } : {}) })).object as Deployment;
const entries = (object: KubeObject): readonly ManagedFieldsEntry[] => object.metadata?.managedFields ?? [];
const entry = (object: KubeObject, manager: string) => entries(object).find((one) => one.manager === manager);
const summary = (object: KubeObject) => entries(object).map(({ manager, operation, subresource }) => `${manager} ${operation}${subresource ? ` ${subresource}` : ''}`);

describe('writes', () => {
  test('a created object belongs to who created it, by the name of the program, with its defaults', async () => {
    const object = await create(deployment());
    expect(summary(object)).toEqual(['kubectl Update']);
    expect(entry(object, 'kubectl')).toMatchObject({ apiVersion: 'apps/v1', fieldsType: 'FieldsV1', time: '2025-01-01T00:00:00Z' });
    expect(JSON.stringify(entry(object, 'kubectl')?.fieldsV1)).toBe('{"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\\"name\\":\\"c\\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}');
  });

  test('who changes a field takes it from whom it was', async () => {
    await create(deployment({ replicas: 1 }));
    const object = await patch({ spec: { replicas: 2 } }, { fieldManager: 'scaler' });
    expect(entry(object, 'scaler')?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {} } });
    expect(JSON.stringify(entry(object, 'kubectl')?.fieldsV1)).not.toContain('f:replicas');
  });

  test('a removed field belongs to nobody', async () => {
    await create(deployment({}, { labels: { a: '1', b: '2' } }));
    const object = await patch({ metadata: { labels: { a: null } } }, { fieldManager: 'other' });
    expect(summary(object)).toEqual(['kubectl Update']);
    expect(entry(object, 'kubectl')?.fieldsV1).toMatchObject({ 'f:metadata': { 'f:labels': { '.': {}, 'f:b': {} } } });
    expect(JSON.stringify(entry(object, 'kubectl')?.fieldsV1)).not.toContain('f:a"');
  });

  test('a change through a subresource stands apart, and cannot touch the managers', async () => {
    const created = await create(deployment());
    const object = await patch({ metadata: { managedFields: [] }, status: { replicas: 1 } }, { fieldManager: 'controller' }, 'status');
    expect(summary(object)).toEqual(['controller Update status', 'kubectl Update']);
    expect(entry(object, 'controller')?.fieldsV1).toEqual({ 'f:status': { 'f:replicas': {} } });
    expect(entry(object, 'kubectl')).toEqual(entry(created, 'kubectl'));
  });

  test('what changes nothing changes no time and makes no revision', async () => {
    const before = await create(deployment());
    await cluster.clock.advance(60_000);
    const same = await update({ ...before }, { fieldManager: 'kubectl' });
    expect(same.metadata?.resourceVersion).toBe(before.metadata?.resourceVersion);
    const changed = await patch({ spec: { replicas: 5 } }, { fieldManager: 'kubectl' });
    expect(entry(changed, 'kubectl')?.time).toBe('2025-01-01T00:01:00Z');
  });

  test.each([[[]], [[{}]]])('managedFields: %j ends tracking until somebody applies', async (managedFields) => {
    await create(deployment());
    expect(entries(await patch({ metadata: { managedFields } }))).toEqual([]);
    expect(entries(await patch({ spec: { replicas: 3 } }, { fieldManager: 'x' }))).toEqual([]);
    const object = await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { labels: { a: 'b' } } });
    expect(summary(object)).toEqual(['a Apply', 'before-first-apply Update']);
  });

  test('managers that make no sense are those from before', async () => {
    const before = await create(deployment());
    const after = await patch({ metadata: { managedFields: [{ manager: 'x', operation: 'Nope', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1: {} }] } }, { fieldManager: 'kubectl' });
    expect(entries(after)).toEqual(entries(before));
  });

  test('of more than ten updaters the oldest become one', async () => {
    await create(deployment());
    for (let i = 0; i < 12; i++) {
      await cluster.clock.advance(1_000);
      await patch({ metadata: { labels: { [`l${i}`]: 'x' } } }, { fieldManager: `m${i}` });
    }
    const object = (await cluster.request({ ...deployments, verb: 'get', name: 'web' })).object;
    expect(entries(object)).toHaveLength(10);
    expect(entries(object)[0]).toMatchObject({ manager: 'ancient-changes', operation: 'Update', apiVersion: 'apps/v1' });
    expect(entries(object).at(-1)?.manager).toBe('m11');
  });

  test('pods of one template share their sets', async () => {
    const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'nginx' }] } });
    const [a, b] = await Promise.all(['a', 'b'].map(async (name) => (await cluster.request({ verb: 'create', resource: 'pods', namespace: 'default', body: pod(name) })).object));
    expect(entries(a as KubeObject)[0]).toBe(entries(b as KubeObject)[0]);
  });
});

describe('apply', () => {
  test('creates, and owns what it says and no defaults', async () => {
    const object = await apply(deployment({ replicas: 2 }));
    expect(summary(object)).toEqual(['a Apply']);
    expect(entry(object, 'a')?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {}, 'f:selector': {}, 'f:template': { 'f:metadata': { 'f:labels': { 'f:app': {} } }, 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {} } } } } } });
    expect(object.spec).toMatchObject({ replicas: 2, revisionHistoryLimit: 10 });
  });

  test('conflicts name the manager and the field', async () => {
    await create(deployment({ replicas: 1 }), { fieldManager: 'kubectl-client-side-apply' });
    const error = await failure(apply(deployment({ replicas: 2 })));
    expect(error.status).toMatchObject({ code: 409, reason: 'Conflict', message: 'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas', details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl-client-side-apply" using apps/v1', field: '.spec.replicas' }] } });
  });

  test('several conflicts are a list by manager', async () => {
    await apply(deployment({ replicas: 1, paused: true }), 'b');
    await patch({ spec: { minReadySeconds: 3 } }, { fieldManager: 'c' });
    const error = await failure(apply(deployment({ replicas: 2, paused: false, minReadySeconds: 4 })));
    expect(error.message).toBe('Apply failed with 3 conflicts: conflicts with "b":\n- .spec.paused\n- .spec.replicas\nconflicts with "c" using apps/v1:\n- .spec.minReadySeconds');
  });

  test('force takes over; who was there loses the field', async () => {
    await apply(deployment({ replicas: 1 }), 'b');
    const object = await apply(deployment({ replicas: 2 }), 'a', { force: true });
    expect(object.spec.replicas).toBe(2);
    expect(JSON.stringify(entry(object, 'b')?.fieldsV1)).not.toContain('replicas');
  });

  test('what is applied no more goes, unless others own it, too', async () => {
    await apply(deployment({ minReadySeconds: 5, paused: true }, { labels: { mine: '1', ours: '1' } }), 'a');
    await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { ours: '1' } } }, 'b');
    const object = await apply(deployment({ paused: true }), 'a');
    expect(object.metadata?.labels).toEqual({ ours: '1' });
    expect(object.spec).toMatchObject({ paused: true });
    expect(object.spec).not.toHaveProperty('minReadySeconds');
  });

  test('items of keyed lists come and go by their keys, with defaults for keys', async () => {
    const withPorts = (ports: object[]) => deployment({ template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx', ports }] } } });
    await apply(withPorts([{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }]));
    await apply({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'busybox' }] } } } }, 'b');
    const object = await apply(withPorts([{ containerPort: 80, name: 'http' }]));
    const containers = (object.spec as { template: { spec: { containers: { name: string; ports?: object[] }[] } } }).template.spec.containers;
    expect(containers.map(({ name }) => name)).toEqual(['c', 'sidecar']);
    expect(containers[0]?.ports).toEqual([{ containerPort: 80, name: 'http', protocol: 'TCP' }]);
  });

  test('the same again is no change', async () => {
    const first = await apply(deployment({ replicas: 2 }));
    await cluster.clock.advance(5_000);
    expect((await apply(deployment({ replicas: 2 }))).metadata?.resourceVersion).toBe(first.metadata?.resourceVersion);
  });

  test('through the status', async () => {
    await apply(deployment());
    const object = await apply({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 9 }, status: { replicas: 4 } }, 'c', {}, 'status');
    expect(object.status).toEqual({ replicas: 4 });
    expect(object.spec.replicas).toBe(1);
    expect(entry(object, 'c')).toMatchObject({ operation: 'Apply', subresource: 'status', fieldsV1: { 'f:status': { 'f:replicas': {} } } });
  });

  test('dry runs tell, and leave nothing', async () => {
    expect((await apply(deployment(), 'a', { dryRun: true })).spec.replicas).toBe(1);
    expect((await failure(cluster.request({ ...deployments, verb: 'get', name: 'web' }))).code).toBe(404);
  });

  test.each<[unknown, number, string]>([
    [{ ...deployment(), metadata: { name: 'web', managedFields: [] } }, 400, 'metadata.managedFields must be nil'],
    [{ ...deployment(), kind: 'DaemonSet' }, 400, 'invalid object type: apps/v1, Kind=DaemonSet'],
    [{ kind: 'Deployment', metadata: { name: 'web' } }, 400, 'invalid object type: /, Kind=Deployment'],
    [deployment({ replicas: 'many' }), 500, 'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string'],
    [deployment({ nope: 1 }, { namespace: 'default' }), 500, 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.nope: field not declared in schema'],
    [deployment({}, { name: 'other' }), 400, 'the name of the object (other) does not match the name on the URL (web)'],
    [deployment({}, { uid: 'u' }), 409, 'Operation cannot be fulfilled on deployments.apps "web": uid mismatch: the provided object specified uid u, and no existing object was found'],
  ])('refuses %j', async (body, code, message) => {
    const error = await failure(apply(body));
    expect([error.code, error.message]).toEqual([code, message]);
  });
});

describe('scale', () => {
  const applyScale = (body: unknown, options: RequestOptions) => cluster.request({ ...deployments, verb: 'patch', patchType: 'apply', subresource: 'scale', name: 'web', body, options });
  const scale = (replicas: number) => ({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas } });
  const get = async () => (await cluster.request({ ...deployments, verb: 'get', name: 'web' })).object as Deployment;

  test('an update through it belongs to the scaler', async () => {
    await create(deployment({ replicas: 1 }));
    await patch({ spec: { replicas: 3 } }, { fieldManager: 'scaler' }, 'scale');
    expect(summary(await get())).toEqual(['kubectl Update', 'scaler Update scale']);
    expect(entry(await get(), 'scaler')).toMatchObject({ apiVersion: 'apps/v1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
  });

  test('an apply conflicts and takes over', async () => {
    await create(deployment({ replicas: 1 }));
    const error = await failure(applyScale(scale(5), { fieldManager: 'hpa' }));
    expect(error.message).toBe('Apply failed with 1 conflict: conflict with "kubectl" using autoscaling/v1: .spec.replicas');
    expect((await applyScale(scale(5), { fieldManager: 'hpa', force: true })).object).toMatchObject({ kind: 'Scale', spec: { replicas: 5 } });
    expect(entry(await get(), 'hpa')).toMatchObject({ operation: 'Apply', subresource: 'scale', apiVersion: 'apps/v1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
    expect((await failure(applyScale(deployment(), { fieldManager: 'hpa' }))).message).toBe('invalid object type: apps/v1, Kind=Deployment');
    expect((await failure(applyScale({ ...scale(1), spec: { replicas: 'x' } }, { fieldManager: 'hpa' }))).message).toBe('failed to create typed patch object (/web; autoscaling/v1, Kind=Scale): .spec.replicas: expected numeric (int or float), got string');
  });
});

describe("kubectl's way from client-side to server-side apply", () => {
  const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
  const withLastApplied = (replicas: number) => deployment({ replicas }, { annotations: { [LAST_APPLIED]: JSON.stringify(deployment({ replicas })) } });

  test('what was applied client-side and is as it was is no conflict', async () => {
    await create(withLastApplied(1), { fieldManager: 'kubectl-client-side-apply' });
    const object = await apply(deployment({ replicas: 2 }), 'kubectl');
    expect(object.spec.replicas).toBe(2);
    expect(JSON.parse(object.metadata?.annotations?.[LAST_APPLIED] ?? '')).toEqual(deployment({ replicas: 2 }));
  });

  test('what somebody changed since is one', async () => {
    await create(withLastApplied(1), { fieldManager: 'kubectl-client-side-apply' });
    await patch({ spec: { replicas: 7 } }, { fieldManager: 'scaler' });
    expect((await failure(apply(deployment({ replicas: 2 }), 'kubectl'))).message).toBe('Apply failed with 1 conflict: conflict with "scaler" using apps/v1: .spec.replicas');
  });

  test('others get no such favour', async () => {
    await create(withLastApplied(1), { fieldManager: 'kubectl-client-side-apply' });
    expect((await failure(apply(deployment({ replicas: 2 }), 'helm'))).code).toBe(409);
  });
});
