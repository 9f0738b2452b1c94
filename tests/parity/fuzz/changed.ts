/** Random command lines of label, annotate, set and patch with --local: manifests changed without a server. */
import fc from '../../support/property.ts';
import { any, flag, inAnySpelling, json, key, maybe, mistyped, name, number, one, output, quantity, some, TEMPLATES, truth, value, words, type Line, type Words } from './arbitraries.ts';
import { image, pair } from './created.ts';

const scalar = fc.oneof(value.map((text) => JSON.stringify(text)), fc.constantFrom('1', '1.5', 'true', 'null', '[]', '{}', '[1, "a"]', '{"b": [], "a": {"c": null}}'));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const env = fc.record({ name: fc.constantFrom('A', 'B', 'X'), value: optional(value), valueFrom: fc.constantFrom(undefined, undefined, undefined, { fieldRef: { fieldPath: 'metadata.name' } }, { secretKeyRef: { name: 's', key: 'k' } }) });
const container = (named: string) => fc.record({ name: fc.constant(named), image: fc.constantFrom('nginx', 'redis:7', undefined), env: optional(fc.array(env, { maxLength: 3 })), resources: fc.constantFrom(undefined, undefined, {}, { limits: { cpu: '1000m', memory: '1024Mi' } }, { requests: { cpu: 1 } }), ports: fc.constantFrom(undefined, [{ containerPort: 80 }], []), tty: fc.constantFrom(undefined, undefined, false) });
const podSpec = fc.record({ containers: fc.tuple(container('c'), container('d')), initContainers: optional(fc.tuple(container('init'))), serviceAccountName: fc.constantFrom(undefined, 'sa', ''), volumes: fc.constantFrom(undefined, [{ name: 'v', emptyDir: {} }]) });
const metadata = fc.record({ name, labels: optional(fc.dictionary(fc.constantFrom('a', 'b', 'x.y/z'), value, { maxKeys: 2 })), annotations: optional(fc.dictionary(fc.constantFrom('a', 'note'), value, { maxKeys: 2 })), namespace: fc.constantFrom(undefined, undefined, 'team'), creationTimestamp: fc.constantFrom(undefined, null) });
const template = podSpec.map((spec) => ({ metadata: { labels: { a: 'b' } }, spec }));
const workload = (kind: string) => fc.record({ apiVersion: fc.constant('apps/v1'), kind: fc.constant(kind), metadata, spec: fc.record({ replicas: fc.constantFrom(undefined, 0, 2), selector: fc.constant({ matchLabels: { a: 'b' } }), template, paused: fc.constantFrom(undefined, false) }), status: fc.constantFrom(undefined, {}) });
const subject = fc.constantFrom({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bob' }, { kind: 'ServiceAccount', name: 's', namespace: 'ns' }, { kind: 'Group', name: 'g', apiGroup: 'rbac.authorization.k8s.io' });
const object: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet').chain(workload) },
  { weight: 2, arbitrary: fc.record({ apiVersion: fc.constant('v1'), kind: fc.constant('Pod'), metadata, spec: podSpec }) },
  fc.record({ apiVersion: fc.constant('v1'), kind: fc.constant('ReplicationController'), metadata, spec: fc.record({ selector: fc.constant({ a: 'b' }), template }) }),
  fc.record({ apiVersion: fc.constant('batch/v1'), kind: fc.constant('Job'), metadata, spec: fc.record({ template }) }),
  fc.record({ apiVersion: fc.constant('batch/v1'), kind: fc.constant('CronJob'), metadata, spec: fc.record({ schedule: fc.constant('* * * * *'), jobTemplate: fc.record({ spec: fc.record({ template }) }) }) }),
  { weight: 2, arbitrary: fc.tuple(metadata, scalar).map(([meta, extra]) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...meta, annotations: { note: String(extra) } }, data: { k: String(extra) } })) },
  fc.record({ apiVersion: fc.constant('v1'), kind: fc.constant('Service'), metadata, spec: fc.record({ selector: fc.constantFrom(undefined, { a: 'b' }), ports: fc.constant([{ port: 80 }]) }) }),
  fc.record({ apiVersion: fc.constant('rbac.authorization.k8s.io/v1'), kind: fc.constantFrom('RoleBinding', 'ClusterRoleBinding'), metadata, roleRef: fc.constant({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r' }), subjects: optional(fc.array(subject, { maxLength: 2 })) }),
  fc.tuple(metadata, json).map(([meta, spec]) => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: meta, spec })),
);
const manifest: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: object.map((each) => JSON.stringify(each)) },
  fc.tuple(object, object).map((all) => all.map((each) => JSON.stringify(each)).join('\n---\n')),
  fc.tuple(object, object).map((items) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })),
  mistyped(object.map((each) => JSON.stringify(each, null, 1))),
);

const dryRun = fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.constantFrom(['--dry-run=client'], ['--dry-run'], ['--dry-run=server'], ['--dry-run=x'], ['--dry-run=none']));
const rest = maybe(any(flag('namespace', fc.constantFrom('team', '', 'x')), flag('field-manager', name), '--record', '--all', flag('selector', fc.constantFrom('a=b', 'x', 'a in (')), '--recursive', '--nope', flag('filename', fc.constant('DIR/nope')), flag('kustomize', fc.constant('DIR'))));
/** Standard input, or files: one, a folder's, those of a pattern. */
const source = fc.oneof({ weight: 9, arbitrary: fc.constant(['--filename=-']) }, fc.constantFrom(['--filename=DIR/objects'], ['--filename=DIR/objects', '--recursive'], ['--filename=DIR/objects/*.json'], ['--filename=DIR/objects/*.nope'], ['--filename=DIR/objects/deep/c.yaml', '--filename=DIR/objects/a.json'], ['--filename=DIR/objects/a.json,DIR/objects/b.yml'], ['--filename=-', '--filename=DIR/objects/a.json'], ['--kustomize=DIR/objects/deep']));
const local = words('--local', source, maybe(output), dryRun, rest);
const change = some(one(fc.oneof({ weight: 3, arbitrary: pair }, key.map((each) => `${each}-`))), 3);
export const containers = flag('containers', fc.constantFrom('c', 'd', '*', 'z*', 'init', '', '[', '?', '*c', 'c,d', 'nope'));
export const selectors = fc.constantFrom('a=b', 'a=b,c=d', 'a', '', 'a in (b)', 'a!=b', '!a', 'a==b', 'a=b=c', 'bad key=x', 'a=ü', 'a,b=c', 'a notin (b)', 'a>1', ',', 'a=b,a=c', 'a in (b,c)');
export const subjects = any(flag('user', value), flag('user', value), flag('group', value), flag('serviceaccount', fc.constantFrom('a:b', 'a', ':b', 'a:', 'a:b:c', '', 'a:b,c:d')));
export const resources = fc.array(fc.tuple(fc.constantFrom('cpu', 'memory', 'x', '', 'example.com/gpu', 'ephemeral-storage', 'hugepages-2Mi'), quantity).map((all) => all.join('=')), { maxLength: 2 }).map((all) => all.join(','));

const field = fc.constantFrom('a', 'labels', 'annotations', 'name', 'image', 'env', 'k', 'spec', 'replicas', '$patch', '$retainKeys', '$setElementOrder/containers', '$deleteFromPrimitiveList/finalizers');
const merge = fc.oneof(
  fc.constantFrom('{"metadata":{"labels":{"n":"1"}}}', '{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"x"}]}}}}', '{"spec":{"containers":[{"name":"d","$patch":"delete"}]}}', '{"data":{"k":null}}', 'metadata: {labels: null}', '{', '[]', '1', 'null', '"a"', '{"spec":{"containers":[{"$patch":"replace"},{"name":"n","image":"x"}]}}', '{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"d"},{"name":"c"}],"containers":[{"name":"d","image":"y"}]}}}}', '{"spec":{"template":{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}}}}', '{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}', '{"spec":{"template":{"$patch":"replace","spec":{}}}}', '{"metadata":{"finalizers":["a","b"]}}', '{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}}', '{"spec":{"containers":null}}', '{"spec":{"containers":{}}}', '{"spec":{"containers":["c"]}}', '{"kind":"X"}', '{"apiVersion":"v9"}', '{"metadata":{"name":"other"}}', '{"spec":{"replicas":"3"}}', '{"spec":{"$patch":"delete"}}', '{"$patch":"replace","kind":"Pod"}', '{"spec":{"ports":[{"port":80,"name":"x"},{"port":81}]}}', '', ' ', 'a b', '{"a":1}{"b":2}', '{"a":1,}', '{"a":1} x', '- op: x', '{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"2"},{"name":"B","$patch":"delete"}]}]}}', '{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"N","value":"2"}],"ports":[{"containerPort":81,"protocol":"UDP"}],"resources":{"limits":{"cpu":"2"}}}]}}}}', '{"subjects":[{"kind":"User","name":"x"}]}', '{"spec":{"containers":[{"name":"c"},{"name":"c","image":"z"}]}}', '{"metadata":{"labels":{"a":1}}}', '{"metadata":1}', '{"spec":{"template":{"spec":{"containers":[{"$patch":"x","name":"c"}]}}}}', '{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"c"}],"containers":[{"name":"d"}]}}}}'),
  fc.dictionary(fc.constantFrom('metadata', 'spec', 'data', 'x'), fc.dictionary(field, json, { maxKeys: 2 }), { maxKeys: 2 }).map((each) => JSON.stringify(each)),
  json.map((each) => JSON.stringify(each)),
);
const pointer = fc.constantFrom('/metadata/labels', '/metadata/labels/a', '/metadata/labels/x.y~1z', '/spec', '/spec/template/spec/containers/0/image', '/spec/containers/0', '/spec/containers/-', '/spec/containers/2', '/spec/containers/9', '/spec/containers/-1', '/nope', '/nope/x', '/data/k', '/data/new', '', '/', 'x', '/kind', '/apiVersion', '/metadata/name', '/metadata/annotations/note', '/spec/template/spec/containers/0/env/0', '/spec/template/spec/containers/0/env/01', '/spec/list/x', '/metadata/~0', '/metadata/~2', '/metadata/name/x', '/spec/replicas');
const operation = fc.record({ op: fc.constantFrom<unknown>('add', 'add', 'remove', 'replace', 'test', 'move', 'copy', 'x', undefined, 1), path: fc.oneof<fc.Arbitrary<unknown>[]>(pointer, pointer, pointer, pointer, fc.constantFrom(undefined, 1, null)), from: optional(pointer), value: fc.oneof(json, fc.constantFrom<unknown>(undefined, { a: 'b' }, 'x', [])) });
const operations = fc.oneof({ weight: 5, arbitrary: fc.array(operation, { maxLength: 3 }).map((all) => JSON.stringify(all)) }, fc.constantFrom('{}', '[]', '[1]', 'null', '[null]', '[[]]', '', '- op: remove\n  path: /metadata/labels', '[{"op":"add"', '1', '"a"', 'true', '[{}]'));
const typed = (type: string): Words => words(maybe(flag('type', fc.constant(type))), maybe(fc.constantFrom(['--subresource=status'], ['--subresource=x'])));
const patch = (text: fc.Arbitrary<string>): Words => fc.oneof({ weight: 8, arbitrary: flag('patch', text) }, fc.constantFrom(['--patch-file=DIR/patch.yaml'], ['--patch-file=DIR/patch.json'], ['--patch-file=DIR/nope'], ['--patch-file=DIR/empty'], ['--patch={}', '--patch-file=DIR/patch.yaml'], []));

const CHANGED: readonly Words[] = [
  words('label', local, change, maybe(fc.constantFrom(['--overwrite'], ['--overwrite=false'], ['--resource-version=3'], ['--resource-version='])), maybe(flag('overwrite', truth))),
  words('annotate', local, change, maybe(fc.constantFrom(['--overwrite'], ['--overwrite=false'], ['--resource-version=3']))),
  words(fc.constantFrom(['label'], ['annotate']), local, '--list', maybe(change)),
  words('set', 'image', local, some(one(fc.tuple(fc.constantFrom('c', 'd', '*', 'e', 'init', '', 'c,d'), image).map(([left, right]) => `${left}=${right}`)), 2), maybe(one(fc.constantFrom('deploy', 'c', 'deploy/web', '=', 'c=', '*=')))),
  words('set', 'env', local, some(one(fc.oneof(fc.constantFrom('A=1', 'B=x=y', 'A-', 'C=', 'X', '1=2', '-', '=', 'A B=1', '.A=1', 'a.b-c=1', 'A=1 ', 'X-'), value.map((text) => `A=${text}`))), 3), any(containers, flag('env', pair), flag('overwrite', truth), '--list', '--resolve', flag('prefix', fc.constantFrom('P_', '', 'x-', '1')), flag('keys', fc.constantFrom('a', 'a,b', '')), flag('from', fc.constantFrom('configmap/x', 'secret/y', 'x', 'pod/z', 'configmap/', '')))),
  words('set', 'resources', local, any(flag('limits', resources), flag('requests', resources), containers)),
  words('set', fc.constantFrom(['serviceaccount'], ['sa']), local, some(one(name), 2)),
  words('set', 'selector', local, one(selectors), maybe(flag('resource-version', number))),
  words('set', 'subject', local, subjects),
  words('patch', local, patch(merge), typed('merge')),
  words('patch', local, patch(merge), typed('strategic')),
  words('patch', local, patch(mistyped(merge)), typed('merge')),
  words('patch', local, patch(operations), fc.constant(['--type=json'])),
  words('patch', local, patch(fc.oneof(operations, mistyped(operations), merge)), flag('type', fc.constantFrom('json', 'json', 'JSON', 'merge', 'x', ''))),
];

const FILES: Readonly<Record<string, string>> = { ...TEMPLATES, 'patch.yaml': 'metadata:\n  labels:\n    from: yaml\n', 'patch.json': '{"metadata":{"annotations":{"from":"json"}}}', empty: '' };

const files = fc.record({ a: manifest, b: manifest, c: manifest }).map(({ a, b, c }) => ({ ...FILES, 'objects/a.json': a, 'objects/b.yml': b, 'objects/deep/c.yaml': c, 'objects/read.me': 'x' }));

/** Manifests changed without a server. */
export const changed: fc.Arbitrary<Line> = fc.oneof(...CHANGED.map((each) => fc.record({ args: inAnySpelling(each), input: manifest, files })));
