/** kubectl kustomize of generated folders: a base, and at times an overlay. */
import fc from '../../support/property.ts';
import type { Line } from './arbitraries.ts';

const name = fc.constantFrom('web', 'settings', 'keys', 'db', 'nope');
const text = fc.constantFrom('a', '1', 'true', '', 'yes', '1.0', "it's", 'a: b', '#x', 'ü', 'line\nbreak', '~', '0x1F', 'null', '2024-01-01', ' a', '1e3');
const label = fc.constantFrom('a', 'team', 'app.kubernetes.io/name', 'x.y/z');
const pairs = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> => fc.dictionary(label, values, { maxKeys: 2 });
const metadata = (named: fc.Arbitrary<string>): fc.Arbitrary<object> => fc.record({ name: named, namespace: fc.constantFrom(undefined, undefined, 'team', 'default'), labels: fc.option(pairs(text), { nil: undefined }), annotations: fc.option(pairs(text), { nil: undefined }) });
const container = fc.record({ name: fc.constantFrom('c', 'd'), image: fc.constantFrom('nginx', 'nginx:1', 'r.io:5000/a/b@sha256:abc', 'busybox:latest'), env: fc.option(fc.array(fc.record({ name: fc.constantFrom('A', 'B'), value: text }), { maxLength: 2 }), { nil: undefined }), envFrom: fc.option(fc.constant([{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }]), { nil: undefined }), command: fc.option(fc.array(text, { maxLength: 2 }), { nil: undefined }) });
const podSpec = fc.record({ containers: fc.uniqueArray(container, { selector: (each) => each.name, minLength: 1, maxLength: 2 }), volumes: fc.option(fc.constant([{ name: 'v', configMap: { name: 'settings' } }, { name: 'w', secret: { secretName: 'keys' } }]), { nil: undefined }) });
const resource: fc.Arbitrary<{ kind: string; metadata: object }> = fc.oneof(
  fc.tuple(metadata(name), podSpec, fc.option(fc.nat(5), { nil: undefined })).map(([meta, spec, replicas]) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec } } })),
  fc.tuple(metadata(name), pairs(text)).map(([meta, data]) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta, data })),
  metadata(name).map((meta) => ({ apiVersion: 'v1', kind: 'Service', metadata: meta, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } })),
  fc.tuple(metadata(name), podSpec).map(([meta, spec]) => ({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: meta, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec } } } } })),
  fc.tuple(metadata(name), fc.anything({ maxDepth: 1, maxKeys: 2, values: [text, fc.constantFrom<unknown>(0, 1.5, true, null)] })).map(([meta, spec]) => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: meta, spec: { any: spec, config: { name: 'settings' }, list: [{ name: 'a', v: 1 }, { name: 'b' }] } })),
);

const target = fc.constantFrom<object>({ kind: 'Deployment' }, { kind: 'Deployment', name: 'web' }, { name: '.*' }, { labelSelector: 'a' }, { kind: 'Nope' }, { group: 'apps' }, { annotationSelector: 'team' }, { kind: 'Widget' });
const jsonPatch = fc.array(fc.constantFrom<object>({ op: 'add', path: '/metadata/annotations', value: { n: '1' } }, { op: 'remove', path: '/spec/replicas' }, { op: 'replace', path: '/metadata/name', value: 'other' }, { op: 'add', path: '/spec/list/-', value: { name: 'c' } }, { op: 'test', path: '/kind', value: 'Deployment' }, { op: 'add', path: '/metadata/labels/a~1b', value: 'x' }, { op: 'copy', from: '/metadata/name', path: '/metadata/generateName' }, { op: 'move', from: '/spec/list/0', path: '/spec/first' }, { op: 'x', path: '/' }), { maxLength: 2 }).map((all) => JSON.stringify(all));
const mergePatch = fc.constantFrom('{"kind":"x","metadata":{"name":"y","labels":{"more":"z"}}}', '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":9,"template":{"spec":{"containers":[{"name":"c","image":"new","env":[{"name":"A","$patch":"delete"}]}]}}}}', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings"},"data":{"a":null,"n":"1"}}', '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"$patch":"delete"}', '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"web"},"spec":{"list":[{"name":"z"}],"any":null}}', '{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"db"},"spec":{"suspend":true}}', 'a b', '[]', '{}');
const generator = fc.record({ name: fc.constantFrom('settings', 'keys', 'more'), behavior: fc.constantFrom(undefined, undefined, undefined, 'merge', 'replace', 'create', 'x'), literals: fc.option(fc.array(fc.constantFrom('a=1', 'b=x=y', 'c=', 'd', '=e', "q='a b'", 'r="x"', 'yes=no'), { maxLength: 2 }), { nil: undefined }), files: fc.option(fc.constantFrom(['app.conf'], ['k=app.conf'], ['bin'], ['nope'], []), { nil: undefined }), envs: fc.option(fc.constantFrom(['app.env'], ['bad.env']), { nil: undefined }), options: fc.option(fc.record({ disableNameSuffixHash: fc.constantFrom(undefined, true), labels: fc.option(pairs(text), { nil: undefined }), immutable: fc.constantFrom(undefined, true) }), { nil: undefined }), type: fc.constantFrom(undefined, 'Opaque', 'x/y') });
const strip = ({ type: _, ...rest }: { readonly type: unknown }): object => rest;
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => arbitrary.chain((each) => fc.constantFrom<T | undefined>(each, undefined, undefined, undefined));

const transformers = {
  namePrefix: seldom(fc.constantFrom('pre-', 'p.', '')), nameSuffix: seldom(fc.constantFrom('-suf', '1')), namespace: seldom(fc.constantFrom('team', 'default', '')),
  commonLabels: seldom(pairs(text)), commonAnnotations: seldom(pairs(fc.oneof(text, fc.constant(1)))),
  labels: seldom(fc.array(fc.record({ pairs: pairs(text), includeSelectors: fc.constantFrom(undefined, true), includeTemplates: fc.constantFrom(undefined, true) }), { maxLength: 2 })),
  images: seldom(fc.array(fc.record({ name: fc.constantFrom('nginx', 'r.io:5000/a/b', 'busybox', 'ngin.*'), newName: fc.constantFrom(undefined, 'other', 'x.io/y'), newTag: fc.constantFrom(undefined, '2', 'v1'), digest: fc.constantFrom(undefined, 'sha256:def') }), { maxLength: 2 })),
  replicas: seldom(fc.array(fc.record({ name, count: fc.constantFrom<unknown>(0, 3, '2') }), { maxLength: 1 })),
  patches: seldom(fc.array(fc.oneof(fc.record({ patch: jsonPatch, target }), fc.record({ patch: mergePatch, target: rarely(target) })), { maxLength: 2 })),
  configMapGenerator: rarely(fc.array(generator.map(strip), { maxLength: 2 })), secretGenerator: seldom(fc.array(generator, { maxLength: 1 })),
  generatorOptions: seldom(fc.record({ disableNameSuffixHash: fc.constantFrom(undefined, true), labels: fc.option(pairs(text), { nil: undefined }), annotations: fc.option(pairs(text), { nil: undefined }) })),
  replacements: seldom(fc.array(fc.record({ source: fc.constantFrom({ kind: 'Deployment', name: 'web' }, { kind: 'Service', fieldPath: 'spec.ports.0.port' }, { kind: 'ConfigMap', name: 'settings', fieldPath: 'data.a' }, { kind: 'Widget', fieldPath: 'spec.list' }), targets: fc.array(fc.record({ select: fc.constantFrom({ kind: 'Widget' }, { kind: 'Deployment' }, { name: 'web' }), fieldPaths: fc.constantFrom(['spec.list.[name=a].v'], ['metadata.annotations.from'], ['spec.list.*.v'], ['spec.template.spec.containers.0.image'], ['spec.nope']), options: fc.constantFrom(undefined, { create: true }, { delimiter: ':', index: 1 }, { delimiter: '/', index: -1 }) }), { minLength: 1, maxLength: 1 }) }), { maxLength: 1 })),
  sortOptions: seldom(fc.constantFrom({ order: 'fifo' }, { order: 'legacy' }, { order: 'x' })),
  buildMetadata: seldom(fc.constantFrom(['originAnnotations'], ['managedByLabel'], ['x'])),
  unknown: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, undefined, undefined, 1),
};

const SOURCES = { 'app.conf': 'a = 1\nb = "x"\n', bin: 'x\u0000y', 'app.env': '# c\nA=1\n\nB=two=2\n', 'bad.env': 'a b=1\n' };
const within = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(files).map(([file, content]) => [`${folder}${file}`, content]));
const manifests = fc.array(resource, { minLength: 1, maxLength: 3 }).map((all) => all.map((each) => JSON.stringify(each)).join('\n---\n'));
const kustomization = fc.record(transformers);

export const kustomizations: fc.Arbitrary<Line> = fc.tuple(manifests, kustomization, fc.option(kustomization, { nil: undefined })).map(([all, base, over]) => ({
  args: ['kustomize', over ? 'DIR/over' : 'DIR'], input: '',
  files: over
    ? { ...within('base/', { ...SOURCES, 'all.yaml': all, 'kustomization.yaml': JSON.stringify({ resources: ['all.yaml'], ...base }, null, 1) }), ...within('over/', { ...SOURCES, 'kustomization.yaml': JSON.stringify({ resources: ['../base'], ...over }, null, 1) }) }
    : { ...SOURCES, 'all.yaml': all, 'kustomization.yaml': JSON.stringify({ resources: ['all.yaml'], ...base }, null, 1) },
}));
