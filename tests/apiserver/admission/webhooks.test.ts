import type { MutatingWebhook, ValidatingWebhook } from '../../../src/api/generated/types.ts';
import { CONFIGMAPS, ENDPOINTSLICES, MUTATINGWEBHOOKCONFIGURATIONS, NAMESPACES, PODS, SERVICES, VALIDATINGWEBHOOKCONFIGURATIONS } from '../../../src/api/kinds.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { configMap, pod, service } from '../support/objects.ts';
import { jsonPatch, webhookServer, type WebhookServer } from '../support/webhook-server.ts';

let cluster: ApiCluster;
let hook: WebhookServer;
beforeEach(async () => {
  cluster = await apiCluster();
  hook = await webhookServer(['hook.default.svc']);
});
afterEach(async () => {
  expect(cluster.errors).toEqual([]);
  await cluster.close();
  await hook.close();
});

const rule = (resources: string[], operations = ['CREATE', 'UPDATE'], apiGroups = [''], apiVersions = ['v1']) => ({ operations, apiGroups, apiVersions, resources });
const base = (name: string, more: Partial<ValidatingWebhook> = {}): ValidatingWebhook => ({ name, clientConfig: { url: hook.url, caBundle: hook.caBundle }, rules: [rule(['configmaps'])], sideEffects: 'None', admissionReviewVersions: ['v1'], ...more });
const validating = (...webhooks: ValidatingWebhook[]) => cluster.of(VALIDATINGWEBHOOKCONFIGURATIONS).create({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'v' }, webhooks });
const mutating = (...webhooks: MutatingWebhook[]) => cluster.of(MUTATINGWEBHOOKCONFIGURATIONS).create({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'm' }, webhooks });
const create = (name = 'a', labels?: Record<string, string>) => cluster.of(CONFIGMAPS).create(configMap(name, { k: 'v' }, labels));

test('a webhook that is asked gets the whole request', async () => {
  await validating(base('a.example.com'));
  await create();
  const [review] = hook.reviews;
  expect(review).toMatchObject({
    apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview',
    request: {
      kind: { group: '', version: 'v1', kind: 'ConfigMap' }, resource: { group: '', version: 'v1', resource: 'configmaps' }, requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
      name: 'a', namespace: 'default', operation: 'CREATE', userInfo: { username: 'kubernetes-admin' }, dryRun: false, oldObject: null, options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  });
  expect(review?.request.object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { k: 'v' } });
});

test('refusals say who refused and why', async () => {
  await validating(base('deny.example.com'));
  hook.answer = () => ({ allowed: false, status: { message: 'not today', code: 403, reason: 'Forbidden' } });
  const told = await failure(create());
  expect([told.message, told.code, told.reason]).toEqual(['admission webhook "deny.example.com" denied the request: not today', 403, 'Forbidden']);
  hook.answer = () => ({ allowed: false });
  const silent = await failure(create());
  expect([silent.message, silent.code]).toEqual(['admission webhook "deny.example.com" denied the request without explanation', 400]);
});

test('warnings and audit annotations come along', async () => {
  await validating(base('warn.example.com'));
  hook.answer = () => ({ allowed: true, warnings: ['mind the gap'], auditAnnotations: { seen: 'yes' } });
  const response = await cluster.request({ verb: 'create', resource: 'configmaps', namespace: 'default', body: configMap('a') });
  expect(response.warnings).toEqual(['mind the gap']);
  expect(JSON.stringify(cluster.audit.records)).toContain('audit annotation warn.example.com/seen');
});

test('patches change the object, and what the server knows nothing of is dropped', async () => {
  await mutating(base('patch.example.com'));
  hook.answer = () => jsonPatch({ op: 'add', path: '/metadata/labels', value: { by: 'hook' } }, { op: 'add', path: '/nonsense', value: 1 });
  const made = await create();
  expect(made.metadata.labels).toEqual({ by: 'hook' });
  expect(made).not.toHaveProperty('nonsense');
});

test('lists that nobody has set are null for webhooks, as for whoever reads JSON', async () => {
  await mutating(base('patch.example.com', { rules: [rule(['endpointslices'], ['CREATE'], ['discovery.k8s.io'])] }));
  hook.answer = () => jsonPatch({ op: 'replace', path: '/ports', value: [{ port: 80 }] });
  const made = await cluster.of(ENDPOINTSLICES).create({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'a', namespace: 'default' }, addressType: 'IPv4', endpoints: [] });
  expect(hook.reviews[0]?.request.object).toMatchObject({ endpoints: [], ports: null });
  expect(made.ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }]);
});

test('names can still be generated where a webhook has put in other metadata', async () => {
  await mutating(base('patch.example.com'));
  hook.answer = ({ request }) => jsonPatch({ op: 'replace', path: '/metadata', value: { ...(request.object?.metadata as object), labels: { x: 'y' } } });
  const made = await cluster.of(CONFIGMAPS).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'gen-', namespace: 'default' } });
  expect(made.metadata.name).toMatch(/^gen-.{5}$/);
  expect(made.metadata.labels).toEqual({ x: 'y' });
});

test('selectors, rules and conditions choose', async () => {
  await cluster.of(NAMESPACES).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other', labels: { team: 'a' } } });
  await validating(
    base('ns.example.com', { namespaceSelector: { matchLabels: { team: 'a' } } }),
    base('object.example.com', { objectSelector: { matchLabels: { pick: 'me' } } }),
    base('cel.example.com', { matchConditions: [{ name: 'big', expression: "object.data.k == 'big' && request.userInfo.username == 'kubernetes-admin'" }] }),
    base('delete.example.com', { rules: [rule(['configmaps'], ['DELETE'])] }),
  );
  hook.answer = ({ request }) => ({ allowed: true, warnings: [`asked ${request.operation}`] });
  await create();
  expect(hook.reviews).toHaveLength(0);
  await cluster.of(CONFIGMAPS).create({ ...configMap('b'), metadata: { name: 'b', namespace: 'other' }, data: { k: 'v' } });
  expect(hook.reviews).toHaveLength(1);
  await create('c', { pick: 'me' });
  expect(hook.reviews).toHaveLength(2);
  await cluster.of(CONFIGMAPS).create({ ...configMap('d'), data: { k: 'big' } });
  expect(hook.reviews).toHaveLength(3);
  await cluster.of(CONFIGMAPS).delete('default', 'd');
  expect(hook.reviews[3]?.request).toMatchObject({ operation: 'DELETE', object: null, oldObject: { metadata: { name: 'd' } }, options: { kind: 'DeleteOptions' } });
});

test('conditions that fail refuse the request, or skip the webhook', async () => {
  await validating(base('cel.example.com', { matchConditions: [{ name: 'x', expression: 'object.nope.x == 1' }] }));
  expect((await failure(create())).message).toBe("configmaps \"a\" is forbidden: expression 'object.nope.x == 1' resulted in error: no such key: nope");
});

test('a webhook that can not be reached refuses, unless it says that it doesn’t matter', async () => {
  const { port } = hook;
  await hook.close();
  await validating(base('gone.example.com'));
  const error = await failure(create());
  expect(error.message).toBe(`Internal error occurred: failed calling webhook "gone.example.com": failed to call webhook: Post "https://127.0.0.1:${port}/hook?timeout=10s": dial tcp 127.0.0.1:${port}: connect: connection refused`);
  expect([error.code, error.reason]).toEqual([500, 'InternalError']);
  await cluster.of(VALIDATINGWEBHOOKCONFIGURATIONS).delete(undefined, 'v');
  await validating(base('gone.example.com', { failurePolicy: 'Ignore' }));
  await create();
});

test.each<[string, Partial<ValidatingWebhook>, (port: number) => string]>([
  ['unknown authority', { clientConfig: { url: 'HOOK' } }, (port) => `Post "https://127.0.0.1:${port}/hook?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`],
  ['another name', { clientConfig: { url: 'LOCALHOST', caBundle: 'CA' } }, (port) => `Post "https://localhost:${port}/hook?timeout=10s": tls: failed to verify certificate: x509: certificate is valid for hook.default.svc, not localhost`],
])('certificates are checked: %s', async (_name, more, text) => {
  const url = more.clientConfig?.url === 'HOOK' ? hook.url : hook.url.replace('127.0.0.1', 'localhost');
  await validating(base('tls.example.com', { clientConfig: { url, ...(more.clientConfig?.caBundle ? { caBundle: hook.caBundle } : {}) } }));
  expect((await failure(create())).message).toBe(`Internal error occurred: failed calling webhook "tls.example.com": failed to call webhook: ${text(hook.port)}`);
});

test('answers have to make sense', async () => {
  await validating(base('odd.example.com'));
  const told = async (): Promise<string> => (await failure(create())).message.replace(/.*"odd.example.com": /, '');
  hook.answer = () => ({ allowed: true, uid: 'other' });
  expect(await told()).toMatch(/^received invalid webhook response: expected response.uid="[0-9a-f-]{36}", got "other"$/);
  hook.answer = () => ({ allowed: true, patch: 'W10=', patchType: 'JSONPatch' });
  expect(await told()).toBe('received invalid webhook response: validating webhook may not return response.patch');
  hook.answer = () => ({ code: 404, body: 'nothing here' });
  expect(await told()).toBe('failed to call webhook: the server could not find the requested resource');
  hook.answer = () => ({ code: 500, body: 'boom' });
  expect(await told()).toBe('failed to call webhook: an error on the server ("boom") has prevented the request from succeeding');
});

test('a webhook that does not answer in time is given up, while the cluster’s clock stands still', async () => {
  await validating(base('slow.example.com', { timeoutSeconds: 1 }));
  hook.answer = () => new Promise<never>(() => undefined);
  const before = cluster.clock.now();
  expect((await failure(create())).message).toContain('?timeout=1s": context deadline exceeded');
  expect(cluster.clock.now()).toBe(before);
});

test('dry runs go only to webhooks without side effects', async () => {
  await validating(base('side.example.com', { sideEffects: 'NoneOnDryRun' }));
  await cluster.request({ verb: 'create', resource: 'configmaps', namespace: 'default', body: configMap('a'), options: { dryRun: true } });
  expect(hook.reviews[0]?.request.dryRun).toBe(true);
});

test('a service is reached where it stands for a real address, and refuses otherwise', async () => {
  await validating(base('svc.example.com', { clientConfig: { service: { namespace: 'default', name: 'hook', path: '/x' }, caBundle: hook.caBundle } }));
  const at = 'Post "https://hook.default.svc:443/x?timeout=10s"';
  const told = async (): Promise<string> => (await failure(create())).message.replace(/.*failed to call webhook: /, '');
  expect(await told()).toBe(`${at}: service "hook" not found`);
  await cluster.of(SERVICES).create(service('hook', { ports: [{ port: 80, protocol: 'TCP' }], clusterIP: '10.96.5.5' }));
  expect(await told()).toBe(`${at}: no service port 443 found for service "hook"`);
  await cluster.of(SERVICES).delete('default', 'hook');
  await cluster.of(SERVICES).create(service('hook', { ports: [{ port: 443, protocol: 'TCP' }], clusterIP: '10.96.5.5' }));
  expect(await told()).toBe(`${at}: dial tcp 10.96.5.5:443: connect: connection refused`);
  await cluster.of(SERVICES).delete('default', 'hook');
  await cluster.of(VALIDATINGWEBHOOKCONFIGURATIONS).delete(undefined, 'v');
  await cluster.of(SERVICES).create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'hook', namespace: 'default' }, spec: { type: 'ExternalName', externalName: 'localhost' } });
  await validating(base('svc.example.com', { clientConfig: { service: { namespace: 'default', name: 'hook', port: hook.port }, caBundle: hook.caBundle } }));
  await create();
  expect(hook.reviews).toHaveLength(1);
});

test('webhooks that want to look again when others have changed the object', async () => {
  await mutating(base('a.example.com', { reinvocationPolicy: 'IfNeeded' } as never), base('b.example.com'));
  let calls = 0;
  hook.answer = () => (++calls === 2 ? jsonPatch({ op: 'add', path: '/metadata/labels', value: { b: 'here' } }) : { allowed: true });
  await create();
  expect(hook.reviews.map(({ request }) => (request.object?.metadata as { labels?: unknown }).labels)).toEqual([undefined, undefined, { b: 'here' }]);
});

test('what webhooks add to a pod is filled in and checked as what a user writes', async () => {
  await mutating(base('inject.example.com', { rules: [rule(['pods'], ['CREATE'])] }));
  hook.answer = () => jsonPatch({ op: 'add', path: '/spec/containers/-', value: { name: 'sidecar', image: 'nginx:1' } });
  const made = await cluster.of(PODS).create(pod('a'));
  expect(made.spec?.containers[1]).toMatchObject({ name: 'sidecar', imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log' });
  expect(made.spec?.containers[1]?.volumeMounts?.[0]?.mountPath).toBe('/var/run/secrets/kubernetes.io/serviceaccount');
});

test('subresources that take something of their own are asked about, too', async () => {
  await cluster.of(PODS).create(pod('a'));
  await validating(base('sub.example.com', { rules: [rule(['pods/binding', 'pods/eviction'], ['CREATE'])] }));
  await cluster.request({ verb: 'create', resource: 'pods', subresource: 'binding', namespace: 'default', name: 'a', body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } } });
  expect(hook.reviews[0]?.request).toMatchObject({ kind: { group: '', version: 'v1', kind: 'Binding' }, resource: { resource: 'pods' }, subResource: 'binding', name: 'a', object: { target: { name: 'n' } } });
  hook.answer = () => ({ allowed: false, status: { message: 'stays' } });
  const evict = cluster.request({ verb: 'create', resource: 'pods', subresource: 'eviction', namespace: 'default', name: 'a', body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a', namespace: 'default' } } });
  expect((await failure(evict)).message).toBe('admission webhook "sub.example.com" denied the request: stays');
});

test('configurations themselves are never sent to webhooks', async () => {
  await validating(base('all.example.com', { rules: [rule(['*'], ['*'], ['*'], ['*'])] }));
  hook.answer = () => ({ allowed: false });
  await cluster.of(VALIDATINGWEBHOOKCONFIGURATIONS).delete(undefined, 'v');
  expect(hook.reviews).toHaveLength(0);
});
