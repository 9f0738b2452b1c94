/** Random command lines that need no server: generators, changes to manifests, the kubeconfig, and printers over what they make. */
import fc from '../../support/property.ts';
import { flag, key, maybe, name, number, one, quantity, some, value, words, type Line, type Words } from './arbitraries.ts';

const image = fc.constantFrom('nginx', 'nginx:1.27', 'registry.example.com:5000/team/app@sha256:abc', 'busybox:', 'a/b/c');
const pair = fc.tuple(key, value).map(([left, right]) => `${left}=${right}`);
const output = fc.constantFrom('yaml', 'json', 'name', 'jsonpath={.metadata.name}', 'jsonpath={.spec}', 'jsonpath={range .data.*}{@}{"\\n"}{end}', 'go-template={{.kind}} {{len .metadata}}', 'go-template={{range $k, $v := .metadata}}{{$k}}={{$v}};{{end}}', 'go-template={{.metadata.labels.app | printf "%q"}}', 'nope');
const printing = words('--dry-run=client', flag('output', output));
const command = maybe(fc.constantFrom(['--', 'sh'], ['--', 'sh', '-c', 'echo "a b"'], ['--', 'date', '']));
const common = words(maybe(flag('namespace', fc.constantFrom('team', ''))), maybe(fc.constant(['--save-config'])), printing);

const CREATED: readonly Words[] = [
  words('create', 'deployment', one(name), flag('image', image), some(flag('image', image), 1), maybe(flag('replicas', number)), maybe(flag('port', number)), common, command),
  words('create', 'configmap', one(name), some(flag('from-literal', pair)), maybe(fc.constant(['--append-hash'])), common),
  words('create', 'secret', 'generic', one(name), some(flag('from-literal', pair)), maybe(flag('type', fc.constantFrom('Opaque', 'x/y', 'a b'))), maybe(fc.constant(['--append-hash'])), common),
  words('create', 'secret', 'docker-registry', one(name), maybe(flag('docker-username', value)), maybe(flag('docker-password', value)), maybe(flag('docker-email', value)), maybe(flag('docker-server', fc.constantFrom('r.io', 'https://r.io/v1/'))), common),
  words('create', 'namespace', one(name), printing),
  words('create', 'serviceaccount', one(name), common),
  words('create', 'service', one(fc.constantFrom('clusterip', 'nodeport', 'loadbalancer')), one(name), some(flag('tcp', fc.tuple(number, number).map(([from, to]) => `${from}:${to}`))), some(flag('tcp', number), 1), common),
  words('create', 'service', 'clusterip', one(name), maybe(flag('clusterip', fc.constantFrom('None', '10.0.0.1', 'x'))), some(flag('tcp', number), 1), common),
  words('create', 'service', 'externalname', one(name), flag('external-name', fc.constantFrom('example.com', 'a_b', '')), some(flag('tcp', number), 1), common),
  words('create', 'job', one(name), flag('image', image), common, command),
  words('create', 'cronjob', one(name), flag('image', image), flag('schedule', fc.constantFrom('* * * * *', '@daily', 'x')), maybe(flag('restart', fc.constantFrom('Never', 'OnFailure', 'Always'))), common, command),
  words('create', 'quota', one(name), some(flag('hard', fc.tuple(fc.constantFrom('cpu', 'pods', 'requests.memory', 'x'), quantity).map(([left, right]) => `${left}=${right}`)), 2), maybe(flag('scopes', fc.constantFrom('BestEffort', 'Terminating,NotBestEffort', 'x'))), common),
  words('create', 'clusterrole', one(name), flag('verb', fc.constantFrom('get', 'get,post', '*')), flag('non-resource-url', fc.constantFrom('/x', '/x/*', 'x')), common),
  words('create', 'rolebinding', one(name), maybe(flag('role', name)), maybe(flag('clusterrole', name)), some(flag('user', value), 2), some(flag('serviceaccount', fc.constantFrom('a:b', 'a')), 1), common),
  words('create', 'clusterrolebinding', one(name), flag('clusterrole', name), some(flag('group', value), 2), common),
  words('create', 'priorityclass', one(name), maybe(flag('value', number)), maybe(fc.constant(['--global-default'])), maybe(flag('description', value)), maybe(flag('preemption-policy', fc.constantFrom('Never', 'x'))), common),
  words('create', 'poddisruptionbudget', one(name), maybe(flag('selector', fc.constantFrom('a=b', 'a in (b,c)', '!a', 'a'))), maybe(flag('min-available', fc.constantFrom('1', '50%', 'x'))), maybe(flag('max-unavailable', fc.constantFrom('0', '10%'))), common),
  words('create', 'ingress', one(name), some(flag('rule', fc.constantFrom('a.com/=s:80', 'a.com/x*=s:http,tls', '/=s:1', 'b.com/y=s:80,tls=cert', 'x')), 2), maybe(flag('class', name)), maybe(flag('default-backend', fc.constantFrom('d:80', 'd'))), some(flag('annotation', pair), 2), common),
  words('run', one(name), flag('image', image), some(flag('env', pair), 2), maybe(flag('labels', fc.constantFrom('a=b', 'a=b,c=d', 'a'))), maybe(flag('port', number)), maybe(flag('restart', fc.constantFrom('Never', 'OnFailure', 'Always', 'x'))), maybe(flag('image-pull-policy', fc.constantFrom('Always', 'x'))), maybe(fc.constant(['--command'])), printing, command),
];

const scalar = fc.oneof(value.map((text) => JSON.stringify(text)), fc.constantFrom('1', '1.5', 'true', 'null', '[]', '{}', '[1, "a"]', '{"b": [], "a": {"c": null}}'));
const manifest = fc.tuple(fc.constantFrom('Deployment', 'Pod', 'ConfigMap'), name, fc.dictionary(fc.constantFrom('a', 'b', 'x.y/z'), value, { maxKeys: 2 }), scalar).map(([kind, named, labels, extra]) => {
  const metadata = { name: named, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
  const pod = { containers: [{ name: 'c', image: 'nginx', env: [{ name: 'A', value: 'b' }] }, { name: 'd', image: 'redis' }] };
  if (kind === 'ConfigMap') return JSON.stringify({ apiVersion: 'v1', kind, metadata: { ...metadata, annotations: { note: String(extra) } }, data: { k: String(extra) } });
  if (kind === 'Pod') return JSON.stringify({ apiVersion: 'v1', kind, metadata, spec: pod });
  return JSON.stringify({ apiVersion: 'apps/v1', kind, metadata, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: pod } } });
});
const local = words('--local', '-f', '-', flag('output', output));
const change = some(one(fc.oneof(pair, key.map((each) => `${each}-`))), 3);

const CHANGED: readonly Words[] = [
  words('label', local, change, maybe(fc.constant(['--overwrite']))),
  words('annotate', local, change, maybe(fc.constant(['--overwrite']))),
  words('set', 'image', local, some(one(fc.tuple(fc.constantFrom('c', 'd', '*', 'e'), image).map(([left, right]) => `${left}=${right}`)), 2)),
  words('set', 'env', local, some(one(fc.constantFrom('A=1', 'B=x=y', 'A-', 'C=', 'X', '1=2')), 2), maybe(flag('containers', fc.constantFrom('c', '*', 'z*'))), maybe(fc.constant(['--list']))),
  words('set', 'resources', local, maybe(flag('limits', quantity.map((each) => `cpu=${each}`))), maybe(flag('requests', quantity.map((each) => `memory=${each}`))), maybe(flag('containers', fc.constantFrom('c', 'nope')))),
  words('set', 'serviceaccount', local, one(name)),
  words('patch', local, flag('patch', fc.constantFrom('{"metadata":{"labels":{"n":"1"}}}', '{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"x"}]}}}}', '{"spec":{"containers":[{"name":"d","$patch":"delete"}]}}', '{"data":{"k":null}}', 'metadata: {labels: null}', '{', '[]', '1', 'null', '"a"')), maybe(flag('type', fc.constantFrom('merge', 'strategic')))),
  words('patch', local, '--type=json', flag('patch', fc.constantFrom('[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]', '[{"op":"remove","path":"/nope"}]', '[{"op":"test","path":"/kind","value":"Pod"}]', '{}', '[]', '[1]', 'null'))),
];

const without = (all: readonly Words[]): fc.Arbitrary<Line>[] => all.map((each) => each.map((args) => ({ args, input: '' })));
const withManifest = (all: readonly Words[]): fc.Arbitrary<Line>[] => all.map((each) => fc.record({ args: each, input: manifest }));

/** Objects made from flags. */
export const created: fc.Arbitrary<Line> = fc.oneof(...without(CREATED));
/** Manifests changed without a server. */
export const changed: fc.Arbitrary<Line> = fc.oneof(...withManifest(CHANGED));

const ports = fc.array(fc.record({ containerPort: fc.constantFrom(80, 443, 0), protocol: fc.constantFrom(undefined, 'TCP', 'UDP'), name: fc.constantFrom(undefined, 'http', 'x') }), { maxLength: 2 });
const podLabels = fc.dictionary(fc.constantFrom('app', 'a', 'x.y/z'), fc.constantFrom('b', 'web', ''), { maxKeys: 2 });
/** What expose, autoscale and scale take, and what they do not. */
const exposable = fc.tuple(fc.constantFrom('Deployment', 'Pod', 'Service', 'ReplicaSet', 'ReplicationController', 'ConfigMap', 'StatefulSet'), fc.constantFrom('web', 'x1', '0', 'a-very-long-name-that-goes-on-and-on-for-more-than-sixty-three-letters'), podLabels, ports, fc.constantFrom(undefined, [], [{ key: 'k', operator: 'Exists' }])).map(([kind, named, labels, all, matchExpressions]) => {
  const spec = { containers: [{ name: 'c', image: 'nginx', ports: all }] };
  const template = { metadata: { labels }, spec };
  const specs: Readonly<Record<string, object>> = {
    Pod: spec, Service: { selector: labels, ports: all.map(({ containerPort, ...rest }) => ({ ...rest, port: containerPort })) },
    ReplicationController: { selector: labels, template }, ConfigMap: {},
  };
  return JSON.stringify({ apiVersion: /Set$|Deployment/.test(kind) ? 'apps/v1' : 'v1', kind, metadata: { name: named, labels: Object.keys(labels).length > 0 ? labels : undefined }, spec: specs[kind] ?? { selector: { matchLabels: labels, matchExpressions }, template } });
});
const served = words('-f', '-', '--dry-run=client', flag('output', fc.constantFrom('yaml', 'json', 'name')));
const EXPOSED: readonly Words[] = [
  words('expose', served, maybe(flag('port', fc.constantFrom('80', '80,443', 'x', '0', '70000', ''))), maybe(flag('target-port', fc.constantFrom('8080', 'http', '0', 'a_b'))), maybe(flag('protocol', fc.constantFrom('UDP', 'x', ''))), maybe(flag('name', name)), maybe(flag('type', fc.constantFrom('NodePort', 'LoadBalancer', 'ExternalName', 'x'))), maybe(flag('selector', fc.constantFrom('a=b', 'a=b,c=d', 'a', ''))), maybe(flag('labels', fc.constantFrom('l=1', 'l', ''))), maybe(flag('cluster-ip', fc.constantFrom('None', '10.0.0.1', 'x'))), maybe(flag('external-ip', fc.constantFrom('1.2.3.4', 'x'))), maybe(flag('load-balancer-ip', fc.constantFrom('1.2.3.4'))), maybe(flag('session-affinity', fc.constantFrom('ClientIP', 'x'))), maybe(flag('overrides', fc.constantFrom('{"spec":{"type":"NodePort"}}', '{"apiVersion":"v1","metadata":{"labels":{"o":"p"}}}', 'x', '[]'))), maybe(flag('override-type', fc.constantFrom('json', 'merge', 'strategic', 'x'))), maybe(fc.constant(['--save-config']))),
  words('autoscale', served, maybe(flag('min', number)), maybe(flag('max', number)), maybe(flag('cpu-percent', number)), maybe(flag('name', name)), maybe(fc.constant(['--save-config']))),
];
/** Commands that take an object from a manifest, and ask the server what it is. */
export const exposed: fc.Arbitrary<Line> = fc.oneof(...EXPOSED.map((args) => fc.record({ args, input: exposable, objects: fc.constant([]) })));
