/** Random command lines of create and run: objects made from flags, and such as cannot be made. */
import fc from '../../support/property.ts';
import { any, duration, flag, inAnySpelling, key, maybe, name, number, one, output, quantity, some, TEMPLATES, truth, value, words, type Line, type Words } from './arbitraries.ts';

export const image = fc.constantFrom('nginx', 'nginx:1.27', 'registry.example.com:5000/team/app@sha256:abc', `a@sha256:${'0'.repeat(64)}`, 'busybox:', 'a/b/c', 'Nginx', 'a/B', 'r.io/A:x', 'a b', '', 'a:b:c', 'a__b', 'a___b', 'a.b/c_d:E-1', '-a', 'a/', 'localhost/x', '[::1]:5000/x', 'ü', `a:${'x'.repeat(129)}`, 'a,b', 'a, b');
export const pair = fc.oneof({ weight: 8, arbitrary: fc.tuple(key, value).map(([left, right]) => `${left}=${right}`) }, fc.constantFrom('', 'a', '=', '=b', 'a-', 'a==b'));
const pairs = fc.oneof({ weight: 4, arbitrary: pair }, fc.array(pair, { maxLength: 3 }).map((all) => all.join(',')));
const command = maybe(fc.oneof(fc.constantFrom(['--', 'sh'], ['--', 'sh', '-c', 'echo "a b"'], ['--', 'date', ''], ['--'], ['--', '--', 'x'], ['--', '-o', 'yaml']), fc.array(value, { maxLength: 3 }).map((all) => ['--', ...all])));
const dryRun = fc.oneof({ weight: 20, arbitrary: fc.constant(['--dry-run=client']) }, fc.constantFrom(['--dry-run'], ['--dry-run=true'], ['--dry-run=x'], ['--dry-run=', '-o', 'name'], ['--dry-run=unchanged']));
const namespace = flag('namespace', fc.constantFrom('team', '', 'default', 'Bad', 'a b'));
const rarely = maybe(any(maybe(fc.constant(['--save-config'])), flag('save-config', truth), flag('validate', fc.constantFrom('true', 'strict', 'warn', 'ignore', 'false', 'x', '')), flag('field-manager', name), '--record', '--nope', '-x', flag('v', fc.constantFrom('0', 'x')), flag('request-timeout', duration)));
const common = words(maybe(namespace), rarely, dryRun, output);
const printing = words(rarely, dryRun, output);
const service = fc.tuple(number, fc.oneof(number, fc.constantFrom('http', 'a_b', 'a-very-long-port-name', 'HTTP', '-'))).map(([from, to]) => `${from}:${to}`);
const tcp = some(flag('tcp', fc.oneof(service, number, fc.tuple(service, number).map((all) => all.join(',')))), 2);
const account = fc.constantFrom('a:b', 'a', 'a:', ':b', 'a:b:c', '', 'default:a,b:c');
const file = fc.constantFrom('DIR/app.conf', 'k=DIR/app.conf', 'DIR/sub', 'DIR/bin', 'k=DIR/nope', 'DIR/nope', 'k=DIR/sub', '=DIR/app.conf', 'k=', 'a=b=c', 'bad key=DIR/app.conf', 'DIR/sub/', '', '..=DIR/app.conf', 'DIR/empty', 'DIR/app.conf,DIR/bin');
const envFile = fc.constantFrom('DIR/vars.env', 'DIR/bad.env', 'DIR/odd.env', 'DIR/nope', 'DIR/sub', 'DIR/empty', 'DIR/bin');
const selector = fc.constantFrom('a=b', 'a==b', 'a in (b,c)', 'a notin (b)', '!a', 'a', 'a!=b', 'a>1', 'a<x', 'a=b,c=d', 'a=b,', ',', '', 'a in b', 'a=b c', 'x.y/z=1', 'a in (,b)', 'bad key=b', 'a=b=c', 'a=ü', '!a,b in (c)');
const share = fc.constantFrom('1', '50%', 'x', '0', '-1', '101%', '1.5', '', '%', '1e3', '50 %', '007', '2147483648');
const rule = fc.oneof(fc.constantFrom('a.com/=s:80', 'a.com/x*=s:http,tls', '/=s:1', 'b.com/y=s:80,tls=cert', 'x', '*.a.com/*=s:80', 'a.com=s:80', 'a.com/=s', 'a.com/=s:', 'a.com/=s:80,tls=', 'a.com/=s:80,x', '', '/=:80', 'a.com/x=s:080', 'a.com/=s:80,tls=a,tls=b', 'a.com/a/b*=s:65536', 'A.com/=s:80', 'a.com/ü=s:80'), fc.tuple(fc.constantFrom('a.com', 'b.com', '', '*'), fc.constantFrom('/', '/x', '/x*', '*', '', '/x/y'), fc.constantFrom('s:80', 't:http', 's', ':1', 's:0'), fc.constantFrom('', ',tls', ',tls=c', ',tls=')).map(([host, path, backend, tls]) => `${host}${path}=${backend}${tls}`));
const verbs = fc.constantFrom('get', 'get,post', '*', 'get,get', 'x', '', 'get,*', 'head,put,delete', 'GET', 'list');

const CREATED: readonly Words[] = [
  words('create', fc.constantFrom(['deployment'], ['deploy'], ['dep']), one(name), flag('image', image), some(flag('image', image), 1), any(flag('replicas', number), flag('port', number)), common, command),
  words('create', fc.constantFrom(['configmap'], ['cm']), one(name), fc.oneof(some(flag('from-literal', pair)), some(flag('from-file', file)), some(flag('from-env-file', envFile), 2), words(some(flag('from-file', file), 1), some(flag('from-literal', pair), 1), some(flag('from-env-file', envFile), 1))), maybe(fc.constantFrom(['--append-hash'], ['--append-hash=x'])), common),
  words('create', 'secret', 'generic', one(name), fc.oneof(some(flag('from-literal', pair)), some(flag('from-file', file)), some(flag('from-env-file', envFile), 2), words(some(flag('from-file', file), 1), some(flag('from-literal', pair), 1), some(flag('from-env-file', envFile), 1))), maybe(flag('type', fc.constantFrom('Opaque', 'x/y', 'a b', '', 'kubernetes.io/tls'))), maybe(fc.constant(['--append-hash'])), common),
  words('create', 'secret', 'docker-registry', one(name), maybe(flag('docker-username', value)), maybe(flag('docker-password', value)), any(flag('docker-email', value), flag('docker-server', fc.constantFrom('r.io', 'https://r.io/v1/', '', 'ü', '<&>')), flag('from-file', file), '--append-hash'), common),
  words('create', 'secret', 'tls', one(name), any(flag('cert', file), flag('key', file), '--append-hash'), common),
  words('create', fc.constantFrom(['namespace'], ['ns']), one(name), printing),
  words('create', fc.constantFrom(['serviceaccount'], ['sa']), one(name), common),
  words('create', fc.constantFrom(['service'], ['svc']), one(fc.constantFrom('clusterip', 'nodeport', 'loadbalancer', 'x')), one(name), tcp, maybe(flag('node-port', number)), common),
  words('create', 'service', 'clusterip', one(name), maybe(flag('clusterip', fc.constantFrom('None', '10.0.0.1', 'x', ''))), tcp, common),
  words('create', 'service', 'externalname', one(name), flag('external-name', fc.constantFrom('example.com', 'a_b', '', 'Example.com', '1.2.3.4', 'a..b', 'a.', '-a', 'a'.repeat(64))), tcp, common),
  words('create', 'job', one(name), any(flag('image', image), flag('from', fc.constantFrom('cronjob/a', '')), flag('image', image)), common, command),
  words('create', fc.constantFrom(['cronjob'], ['cj']), one(name), any(flag('image', image), flag('schedule', fc.constantFrom('* * * * *', '@daily', 'x', '')), flag('restart', fc.constantFrom('Never', 'OnFailure', 'Always', 'x', '')), flag('image', image)), common, command),
  words('create', fc.constantFrom(['quota'], ['resourcequota']), one(name), some(flag('hard', fc.array(fc.tuple(fc.constantFrom('cpu', 'pods', 'requests.memory', 'x', '', 'count/deployments.apps', 'requests.storage', 'ü'), quantity).map(([left, right]) => `${left}=${right}`), { maxLength: 3 }).map((all) => all.join(','))), 2), maybe(flag('scopes', fc.constantFrom('BestEffort', 'Terminating,NotBestEffort', 'x', '', ',', 'BestEffort,', 'PriorityClass', 'CrossNamespacePodAffinity'))), common),
  words('create', 'clusterrole', one(name), some(flag('verb', verbs), 2), some(flag('non-resource-url', fc.constantFrom('/x', '/x/*', 'x', '*', '/x*', '/*/x', '', '/', '/a,/b')), 2), maybe(flag('aggregation-rule', fc.constantFrom('a=b', 'a=b,c=d', 'a', '', 'a=b,a=c', 'a='))), common),
  words('create', fc.constantFrom(['rolebinding'], ['clusterrolebinding']), one(name), any(flag('role', name), flag('clusterrole', name), flag('clusterrole', name)), any(flag('user', value), flag('user', value), flag('group', value), flag('serviceaccount', account), flag('serviceaccount', account)), common),
  words('create', fc.constantFrom(['priorityclass'], ['pc']), one(name), any(flag('value', number), flag('global-default', truth), '--global-default', flag('description', value), flag('preemption-policy', fc.constantFrom('Never', 'x', '', 'PreemptLowerPriority'))), common),
  words('create', fc.constantFrom(['poddisruptionbudget'], ['pdb']), one(name), flag('selector', selector), any(flag('min-available', share), flag('max-unavailable', share)), common),
  words('create', fc.constantFrom(['ingress'], ['ing']), one(name), some(flag('rule', rule), 3), any(flag('class', name), flag('default-backend', fc.constantFrom('d:80', 'd', 'd:http', ':80', '', 'd:0', 'a:b:c')), flag('annotation', pair), flag('annotation', pair)), common),
  words('create', fc.oneof(fc.constantFrom([], ['nope'], ['service'], ['secret'], ['secret', 'x'], ['deployment'], ['namespace', 'a', 'b'], ['cm', 'a', 'b'], ['secret', 'tls'], ['ingress'], ['quota', 'a', 'b'], ['service', 'nodeport'])), printing),
];

/** Asked of the server. */
export const token: Words = words('create', 'token', one(name), any(flag('duration', duration), flag('duration', fc.constantFrom('1s', '600s', '1500ms', '-1m')), flag('audience', fc.constantFrom('a', 'a,b', '')), flag('bound-object-kind', fc.constantFrom('Pod', 'Secret', 'Node', 'pod', 'Deployment', '')), flag('bound-object-name', name), flag('bound-object-uid', name)), maybe(namespace), rarely, maybe(output));

/** It asks the server for the kind that it makes. */
export const run: Words = words('run', one(name), flag('image', image), some(flag('env', pair), 2), any(flag('labels', pairs), flag('annotations', pair), flag('annotations', pairs), flag('port', fc.oneof(number, fc.constantFrom('80,443'))), flag('restart', fc.constantFrom('Never', 'OnFailure', 'Always', 'x', '')), flag('image-pull-policy', fc.constantFrom('Always', 'x', '', 'IfNotPresent')), '--command', '--expose', '--privileged', flag('privileged', truth), '--stdin', '-it', '--leave-stdin-open', '--attach', '-q', '--rm', flag('pod-running-timeout', duration), flag('grace-period', number), flag('timeout', duration), flag('cascade', fc.constantFrom('true', 'orphan', 'x')), flag('overrides', fc.constantFrom('{"spec":{"hostNetwork":true}}', '{"apiVersion":"v1","spec":{"containers":[{"name":"web","tty":true}]}}', '[{"op":"add","path":"/metadata/labels/x","value":"y"}]', '[{"op":"remove","path":"/nope"}]', 'x', '', 'null', '{"spec":{"x":1}}', '{"spec":"a"}', '{"kind":"Service"}', '{"metadata":{"labels":null}}')), flag('override-type', fc.constantFrom('json', 'merge', 'strategic', 'x', ''))), common, command);

const FILES: Readonly<Record<string, string>> = {
  ...TEMPLATES, 'app.conf': 'a = 1\nb = "x"\n', bin: 'x\u0000\u00ff', empty: '', 'sub/a.txt': 'alpha\n', 'sub/b.properties': 'x=1\r\ny=2\r\n', 'sub/deeper/c': 'c',
  'vars.env': '# comment\n\nA=1\n  B=two words\nC=\nD="q"\n', 'bad.env': 'a b=1\n', 'odd.env': '\ufeffX=1\r\nY=2 \r\n=z\n',
};

/** Objects made from flags. */
export const created: fc.Arbitrary<Line> = fc.oneof(...CREATED.map((each) => inAnySpelling(each).map((args) => ({ args, input: '', files: FILES }))));
