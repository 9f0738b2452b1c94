/**
 * The official JavaScript client on a cluster: each kind that it is given (paths of manifests) is created, read, listed, watched,
 * patched in each way and deleted; an informer follows ConfigMaps; a command runs in a pod. Prints one line of JSON a step that failed,
 * and at the end how many kinds it has been through. `node javascript.mjs KUBECONFIG MANIFEST…`
 */
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { CoreV1Api, Exec, KubeConfig, KubernetesObjectApi, makeInformer, PatchStrategy, Watch } from '@kubernetes/client-node';
import { parse } from 'yaml';

const [file, ...manifests] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromFile(file);
const objects = KubernetesObjectApi.makeApiClient(config);
let faults = 0;

async function step(what, run) {
  try {
    return await run();
  } catch (error) {
    faults++;
    console.log(JSON.stringify({ what, code: error.code, message: String(error.body ?? error.message ?? error).slice(0, 500) }));
    return undefined;
  }
}

/** The path of a kind's collection, from discovery. */
async function pathOf({ apiVersion, kind, metadata }) {
  const resource = await objects.resource(apiVersion, kind);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : ''}/${resource.name}`;
}

/** Resolves with the first event about the object. */
function firstEvent(path, name) {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`no event about ${name}`)), 15_000);
    let request;
    new Watch(config).watch(path, { fieldSelector: `metadata.name=${name}` }, (type, object) => {
      clearTimeout(limit);
      request?.abort();
      resolve(`${type} ${object.kind}`);
    }, (error) => error && error.name !== 'AbortError' && reject(error)).then((started) => (request = started), reject);
  });
}

async function cycle(manifest) {
  const object = parse(readFileSync(manifest, 'utf8'));
  const { kind, apiVersion, metadata: { name, namespace } } = object;
  const what = (verb) => `${verb} ${apiVersion} ${kind}`;
  const header = { apiVersion, kind, metadata: { name, namespace } };
  const created = await step(what('create'), () => objects.create(object));
  if (!created) return;
  await step(what('read'), () => objects.read(header));
  await step(what('list'), async () => {
    const { items } = await objects.list(apiVersion, kind, namespace);
    if (!items.some(({ metadata }) => metadata.name === name)) throw new Error('it is not in the list');
  });
  await step(what('watch'), async () => {
    const event = await firstEvent(await pathOf(object), name);
    if (event !== `ADDED ${kind}`) throw new Error(event);
  });
  const annotated = (value) => ({ ...header, metadata: { ...header.metadata, annotations: { step: value } } });
  for (const strategy of [PatchStrategy.MergePatch, PatchStrategy.StrategicMergePatch]) {
    await step(what(strategy), async () => {
      const { metadata } = await objects.patch(annotated(strategy), undefined, undefined, undefined, undefined, strategy);
      if (metadata.annotations.step !== strategy) throw new Error('it has not changed');
    });
  }
  await step(what('apply'), () => objects.patch(annotated('apply'), undefined, undefined, 'javascript', true, PatchStrategy.ServerSideApply));
  await step(what('replace'), async () => {
    const current = await objects.read(header);
    await objects.replace({ ...current, metadata: { ...current.metadata, labels: { ...current.metadata.labels, step: 'replace' } } });
  });
  await step(what('delete'), () => objects.delete(header, undefined, undefined, 0));
}

/** ADDED, MODIFIED and DELETED, as an informer tells them. */
async function informer() {
  const core = config.makeApiClient(CoreV1Api);
  const seen = [];
  const follow = makeInformer(config, '/api/v1/namespaces/default/configmaps', () => core.listNamespacedConfigMap({ namespace: 'default' }));
  const told = (type) => new Promise((resolve) => follow.on(type, ({ metadata }) => metadata.name === 'followed' && resolve(seen.push(type))));
  const [added, updated, deleted] = ['add', 'update', 'delete'].map(told);
  await follow.start();
  await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'followed' } } });
  await added;
  await core.replaceNamespacedConfigMap({ namespace: 'default', name: 'followed', body: { metadata: { name: 'followed' }, data: { a: 'b' } } });
  await updated;
  await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'followed' });
  await deleted;
  await follow.stop();
  if (seen.join() !== 'add,update,delete') throw new Error(seen.join());
}

async function command() {
  let output = '';
  const sink = new Writable({ write: (chunk, _, done) => ((output += chunk), done()) });
  await objects.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shell', namespace: 'default' }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'busybox', command: ['sleep', '3600'] }] } });
  for (;;) {
    const pod = await objects.read({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shell', namespace: 'default' } });
    if (pod.status?.phase === 'Running') break;
    await new Promise((next) => setTimeout(next, 50));
  }
  const status = await new Promise((resolve, reject) => new Exec(config).exec('default', 'shell', 'main', ['sh', '-c', 'echo from inside'], sink, null, null, false, resolve).catch(reject));
  await objects.delete({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shell', namespace: 'default' } });
  if (output !== 'from inside\n' || status.status !== 'Success') throw new Error(`${output} ${JSON.stringify(status)}`);
}

for (const manifest of manifests) await cycle(manifest);
await step('informer', informer);
await step('exec', command);
console.log(JSON.stringify({ kinds: manifests.length, faults }));
process.exit(faults === 0 ? 0 : 1);
