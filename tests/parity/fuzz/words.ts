/** Random command lines that need no server: generators, changes to manifests, the kubeconfig, and printers over what they make. */
import fc from 'fast-check';

/** A command line, and what stands on standard input. */
export interface Line {
  readonly args: readonly string[];
  readonly input: string;
}

type Words = fc.Arbitrary<readonly string[]>;

const name = fc.constantFrom('web', 'a', 'my-app', 'x1', '0', 'a.b', 'Bad', 'true', 'null', 'a-very-long-name-that-goes-on-and-on-for-more-than-sixty-three-letters');
const image = fc.constantFrom('nginx', 'nginx:1.27', 'registry.example.com:5000/team/app@sha256:abc', 'busybox:', 'a/b/c');
const key = fc.constantFrom('a', 'app', 'example.com/key', 'x.y', '1', 'bad key', '');
const value = fc.constantFrom('b', '1', 'true', 'null', '', ' ', 'a: b', '#c', "it's", '"', 'ü', '-', '0x1', '1e3', 'a,b', 'x=y', '2024-01-01', '~', '*a', '<&>', 'line\nbreak', '\t');
const number = fc.constantFrom('0', '1', '3', '80', '8080', '65535', '65536', '-1', 'x', '007');
const quantity = fc.constantFrom('1', '100m', '1Gi', '0.5', '1e3', '1.5Gi', '-1', '1X', '');

const words = (...parts: readonly (Words | string)[]): Words => fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant([part]) : part))).map((all) => all.flat());
const one = (arbitrary: fc.Arbitrary<string>): Words => arbitrary.map((word) => [word]);
const flag = (flagName: string, arbitrary: fc.Arbitrary<string>): Words => arbitrary.map((text) => [`--${flagName}=${text}`]);
const maybe = (part: Words): Words => fc.oneof(fc.constant([]), part);
const some = (part: Words, maxLength = 3): Words => fc.array(part, { maxLength }).map((all) => all.flat());
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

/** Any of them. */
export const line: fc.Arbitrary<Line> = fc.oneof(...without(CREATED), ...withManifest(CHANGED));
