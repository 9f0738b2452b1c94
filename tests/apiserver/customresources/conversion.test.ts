/** Versions of a custom resource and the webhook between them. */
import type { CustomResourceDefinition } from '../../../src/api/generated/types.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';
import { webhookServer, type Review, type WebhookServer } from '../support/webhook-server.ts';
import { ask, cronTab, cronTabs, define, GROUP, version, type CronTab } from './support.ts';

const text = { type: 'string' } as const;
const schemaOf = (fields: readonly string[]) => ({ openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, text])) } } } });
const versions = [version('v1', { schema: schemaOf(['hostPort']) }), version('v2', { storage: false, schema: schemaOf(['host', 'port']) })];

let cluster: ApiCluster;
let webhook: WebhookServer;
beforeEach(async () => {
  cluster = await apiCluster();
  webhook = await webhookServer(['converter.default.svc']);
});
afterEach(async () => {
  await cluster.close();
  await webhook.close();
});

type Conversion = { request: { uid: string; desiredAPIVersion: string; objects: (CronTab & { spec: Record<string, string> })[] } };
const review = (asked: Review) => asked as unknown as Conversion;

/** v1 has "hostPort", v2 has "host" and "port". */
function convert(object: CronTab & { spec: Record<string, string> }, apiVersion: string): object {
  const { hostPort = '', host = '', port = '' } = object.spec;
  const [name, number] = hostPort.split(':');
  return { ...object, apiVersion, spec: apiVersion.endsWith('v2') ? { host: name, port: number } : { hostPort: `${host}:${port}` } };
}
const answering = (change: (objects: object[]) => unknown[] = (objects) => objects, result: object = { status: 'Success' }) => (asked: Review) => {
  const { uid, desiredAPIVersion, objects } = review(asked).request;
  return { code: 200, body: JSON.stringify({ kind: 'ConversionReview', apiVersion: 'apiextensions.k8s.io/v1', response: { uid, result, convertedObjects: change(objects.map((object) => convert(object, desiredAPIVersion))) } }) };
};
const converting = (clientConfig: object = { url: webhook.url, caBundle: webhook.caBundle }): CustomResourceDefinition => cronTabs({ versions, conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1'] } } });
const v2 = { version: 'v2' } as const;

test('without a webhook only the version changes, and each version sees what its schema has', async () => {
  await define(cluster, cronTabs({ versions }));
  await ask(cluster, { verb: 'create', body: cronTab('a', { hostPort: 'x:1' }) });
  expect(await ask(cluster, { verb: 'get', name: 'a', ...v2 })).toMatchObject({ apiVersion: `${GROUP}/v2`, spec: {} });
  expect(((await ask(cluster, { verb: 'list', ...v2 })) as { items?: object[] }).items).toMatchObject([{ apiVersion: `${GROUP}/v2`, spec: {} }]);
});

test('a webhook converts on the way in and on the way out', async () => {
  webhook.answer = answering();
  await define(cluster, converting());
  expect(await ask(cluster, { verb: 'create', ...v2, body: { ...cronTab('a', { host: 'x', port: '1' }), apiVersion: `${GROUP}/v2` } })).toMatchObject({ apiVersion: `${GROUP}/v2`, spec: { host: 'x', port: '1' } });
  expect(JSON.parse((await cluster.store.get(`/registry/${GROUP}/crontabs/default/a`))?.value ?? '')).toMatchObject({ apiVersion: `${GROUP}/v1`, spec: { hostPort: 'x:1' } });
  expect((await ask(cluster, { verb: 'get', name: 'a' })).spec).toEqual({ hostPort: 'x:1' });
  await ask(cluster, { verb: 'create', body: cronTab('b', { hostPort: 'y:2' }) });
  const events: string[] = [];
  const handle = await cluster.server.watch({ verb: 'watch', group: GROUP, version: 'v2', resource: 'crontabs' }, ({ type, object }) => void events.push(`${type} ${(object as CronTab).spec?.['host'] as string}`));
  await ask(cluster, { verb: 'patch', name: 'b', patchType: 'merge', body: { spec: { hostPort: 'z:3' } } });
  expect(await ask(cluster, { verb: 'patch', name: 'b', ...v2, patchType: 'merge', body: { spec: { port: '4' } } })).toMatchObject({ spec: { host: 'z', port: '4' } });
  expect((await ask(cluster, { verb: 'get', name: 'b' })).spec).toEqual({ hostPort: 'z:4' });
  expect(events).toEqual(['ADDED x', 'ADDED y', 'MODIFIED z', 'MODIFIED z']);
  handle.stop();
});

test('a list is one question', async () => {
  webhook.answer = answering();
  await define(cluster, converting());
  for (const name of ['a', 'b', 'c']) await ask(cluster, { verb: 'create', body: cronTab(name, { hostPort: `${name}:1` }) });
  const before = webhook.reviews.length;
  const { items } = (await ask(cluster, { verb: 'list', ...v2 })) as { items?: CronTab[] };
  expect(items?.map(({ spec }) => spec?.['host'])).toEqual(['a', 'b', 'c']);
  expect(webhook.reviews.length - before).toBe(1);
  expect(review(webhook.reviews.at(-1) as Review).request).toMatchObject({ desiredAPIVersion: `${GROUP}/v2`, objects: [{ apiVersion: `${GROUP}/v1` }, {}, {}] });
});

test('what is stored moves to the new version when it is written', async () => {
  webhook.answer = answering();
  await define(cluster, converting());
  await ask(cluster, { verb: 'create', body: cronTab('a', { hostPort: 'x:1' }) });
  await cluster.request({ verb: 'patch', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name: `crontabs.${GROUP}`, patchType: 'json', body: [{ op: 'replace', path: '/spec/versions/0/storage', value: false }, { op: 'replace', path: '/spec/versions/1/storage', value: true }] });
  const stored = async () => (JSON.parse((await cluster.store.get(`/registry/${GROUP}/crontabs/default/a`))?.value ?? '') as CronTab).apiVersion;
  expect(await stored()).toBe(`${GROUP}/v1`);
  await ask(cluster, { verb: 'patch', name: 'a', patchType: 'merge', body: { metadata: { labels: { x: 'y' } } } });
  expect(await stored()).toBe(`${GROUP}/v2`);
});

describe('a webhook that does not do its work', () => {
  const WHAT = `conversion webhook for ${GROUP}/v1, Kind=CronTab`;
  test.each<[string, WebhookServer['answer'], string]>([
    ['refuses', answering(undefined, { status: 'Failure', message: 'not today' }), `${WHAT} failed: not today`],
    ['says nothing', () => ({ code: 200, body: '{"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/v1"}' }), `${WHAT} failed: no response provided`],
    ['loses an object', answering(() => []), `${WHAT} returned 0 objects, expected 1`],
    ['changes the kind', answering((objects) => objects.map((object) => ({ ...object, kind: 'Other' }))), `${WHAT} returned invalid object: invalid kind (expected CronTab, received Other)`],
    ['changes the version to another', answering((objects) => objects.map((object) => ({ ...object, apiVersion: `${GROUP}/v1` }))), `${WHAT} returned invalid object: invalid groupVersion (expected ${GROUP}/v2, received ${GROUP}/v1)`],
    ['changes the name', answering((objects) => objects.map((object) => ({ ...object, metadata: { ...(object as CronTab).metadata, name: 'b' } }))), `${WHAT} returned invalid object: must have the same name: a != b`],
    ['breaks labels', answering((objects) => objects.map((object) => ({ ...object, metadata: { ...(object as CronTab).metadata, labels: { x: 1 } } }))), `${WHAT} returned invalid metadata: metadata.labels[x] must be a string, but is int64 in converted object`],
  ])('%s', async (_what, answer, message) => {
    webhook.answer = answer;
    await define(cluster, converting());
    await ask(cluster, { verb: 'create', body: cronTab('a', { hostPort: 'x:1' }) });
    expect(await failure(ask(cluster, { verb: 'get', name: 'a', ...v2 }))).toMatchObject({ code: 500, message });
  });

  test('is not there', async () => {
    await define(cluster, converting({ service: { namespace: 'default', name: 'converter', path: '/convert' } }));
    await ask(cluster, { verb: 'create', body: cronTab('a', { hostPort: 'x:1' }) });
    expect((await failure(ask(cluster, { verb: 'list', ...v2 }))).message).toBe(`${WHAT} failed: Post "https://converter.default.svc:443/convert?timeout=30s": service "converter" not found`);
  });

  test('keeps other metadata out of the object', async () => {
    webhook.answer = answering((objects) => objects.map((object) => ({ ...object, metadata: { ...(object as CronTab).metadata, finalizers: ['x/y'], annotations: { a: 'b' } } })));
    await define(cluster, converting());
    await ask(cluster, { verb: 'create', body: cronTab('a', { hostPort: 'x:1' }) });
    const { metadata } = await ask(cluster, { verb: 'get', name: 'a', ...v2 });
    expect(metadata?.finalizers).toBeUndefined();
    expect(metadata?.annotations).toEqual({ a: 'b' });
  });
});
