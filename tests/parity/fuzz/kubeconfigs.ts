/** kubectl config on generated kubeconfigs: good ones, odd ones, and such as are none. */
import fc from '../../support/property.ts';
import { flag, maybe, mistyped, one, some, words, type Line, type Words } from './arbitraries.ts';

const name = fc.constantFrom('a', 'b', 'dev', 'x.y', '', 'ü', 'a b', '1', 'true');
const server = fc.constantFrom('https://a', 'http://127.0.0.1:8080', '', 'x', '5', 'https://[::1]:6443');
const file = fc.constantFrom('ca.crt', 'DIR/ca.crt', '/nonexistent/ca', './key', '../x');
const data = fc.constantFrom('Y2E=', 'abc', '', '!!!');
const truth = fc.constantFrom(true, false, 'true', null);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const cluster = fc.record({ server: optional(server), 'certificate-authority': optional(file), 'certificate-authority-data': optional(data), 'insecure-skip-tls-verify': optional(truth), 'proxy-url': optional(server), 'tls-server-name': optional(name), unknown: optional(fc.constant(1)), extensions: optional(fc.constant([{ name: 'e', extension: { a: 1 } }])), 'disable-compression': optional(truth) });
const context = fc.record({ cluster: optional(name), user: optional(name), namespace: optional(name), extensions: optional(fc.constant([{ name: 'e', extension: { kind: 'X', b: [] } }])) });
const exec = fc.record({ command: optional(name), apiVersion: optional(fc.constantFrom('client.authentication.k8s.io/v1', 'x')), args: optional(fc.array(name, { maxLength: 2 })), env: optional(fc.constantFrom(null, [], [{ name: 'A', value: '1' }])), interactiveMode: optional(fc.constantFrom('Never', 'x')), provideClusterInfo: optional(truth), installHint: optional(name) });
const user = fc.record({ token: optional(name), tokenFile: optional(file), username: optional(name), password: optional(name), 'client-certificate': optional(file), 'client-key': optional(file), 'client-certificate-data': optional(data), 'client-key-data': optional(data), as: optional(name), 'as-uid': optional(name), 'as-groups': optional(fc.array(name, { maxLength: 2 })), 'as-user-extra': optional(fc.constant({ x: ['y'] })), exec: optional(exec), 'auth-provider': optional(fc.constantFrom({ name: 'oidc', config: { b: '1', a: '2' } }, { name: 'x', config: null })) });
/** JSON.stringify leaves out what is undefined. */
const entries = (key: string, body: fc.Arbitrary<object>): fc.Arbitrary<readonly object[]> => fc.array(fc.record({ name, [key]: body }), { maxLength: 2 });
const kubeconfig = fc.record({ apiVersion: fc.constantFrom('v1', undefined), kind: fc.constantFrom('Config', undefined), 'current-context': optional(name), preferences: optional(fc.constantFrom({}, { colors: true }, null)), clusters: optional(entries('cluster', cluster)), contexts: optional(entries('context', context)), users: optional(entries('user', user)), extensions: optional(fc.constant([{ name: 'e', extension: { a: 1 } }])) }).map((config) => JSON.stringify(config, null, 1));

const property = fc.tuple(fc.constantFrom('clusters', 'contexts', 'users', 'current-context', 'preferences', 'x'), fc.array(fc.constantFrom('a', 'b', 'dev', 'x.y', 'server', 'namespace', 'cluster', 'user', 'token', 'insecure-skip-tls-verify', 'certificate-authority', 'certificate-authority-data', 'exec', 'command', 'args', 'env', 'as', 'as-groups', 'auth-provider', 'config', 'colors', 'password', 'proxy-url', 'client-key-data'), { maxLength: 4 })).map(([first, rest]) => [first, ...rest].join('.'));
const bool = fc.constantFrom('true', 'false', 'x', '1');

const COMMANDS: readonly Words[] = [
  words('view', maybe(flag('raw', bool)), maybe(flag('minify', bool)), maybe(flag('flatten', bool)), maybe(flag('merge', bool)), maybe(flag('context', name)), maybe(flag('allow-missing-template-keys', bool)), maybe(flag('output', fc.constantFrom('json', 'yaml', 'name', 'jsonpath={.contexts}', 'jsonpath={.users[*].name}', 'go-template={{.clusters}}', 'jsonpath={.clusters[0].cluster.server}', 'jsonpath-as-json={.users}', 'go-template={{range .contexts}}{{.name}} {{.context.namespace}}{{end}}', 'wide', 'jsonpath={.nope.x}', 'yaml=x', 'json', 'yaml')))),
  words(fc.constantFrom(['get-contexts'], ['get-contexts', 'a'], ['current-context'], ['get-users'], ['get-clusters'], ['view']), fc.constantFrom(['x'], ['-o', 'wide'], ['-o', 'json'], ['--no-headers=x'], ['--context=a'], ['--cluster=b'], ['--user=dev'], ['-n', 'z'], ['--minify', '--context=a'], ['--minify', '--cluster=b', '--user=dev'], ['a', '-o', 'name'])),
  words(fc.constantFrom(['current-context'], ['get-contexts'], ['get-contexts', '--no-headers'], ['get-contexts', '-o', 'name'], ['get-users'], ['get-clusters'], ['get-contexts', 'a'], ['get-contexts', 'a', 'dev'])),
  words(one(fc.constantFrom('use-context', 'delete-context', 'delete-cluster', 'delete-user')), some(one(name), 2)),
  words('rename-context', some(one(name), 3)),
  words('set', one(property), one(fc.constantFrom('x', 'true', '', 'Y2E=', 'https://a', '1', 'a,b')), maybe(flag('set-raw-bytes', bool)), maybe(one(fc.constant('more')))),
  words('unset', one(property)),
  words('set-context', some(one(name), 1), maybe(fc.constant(['--current'])), maybe(flag('cluster', name)), maybe(flag('user', name)), maybe(flag('namespace', name))),
  words('set-cluster', some(one(name), 1), maybe(flag('server', server)), maybe(flag('certificate-authority', file)), maybe(flag('embed-certs', bool)), maybe(flag('insecure-skip-tls-verify', bool)), maybe(flag('tls-server-name', name)), maybe(flag('proxy-url', server)), maybe(flag('certificate-authority', fc.constant('ca.crt'))), maybe(fc.constant(['more']))),
  words('set-credentials', some(one(name), 1), maybe(flag('token', name)), maybe(flag('username', name)), maybe(flag('password', name)), maybe(flag('client-certificate', file)), maybe(flag('client-key', file)), maybe(flag('embed-certs', bool)), maybe(flag('auth-provider', name)), some(flag('auth-provider-arg', fc.constantFrom('a=b', 'a-', 'c', '=x')), 2), maybe(flag('exec-command', name)), some(flag('exec-arg', fc.constantFrom('x', 'a,b', '')), 1), some(flag('exec-env', fc.constantFrom('A=2', 'A-', 'B=', 'x')), 2), maybe(flag('exec-api-version', fc.constantFrom('v1', 'client.authentication.k8s.io/v1'))), maybe(flag('exec-interactive-mode', fc.constantFrom('Never', 'Always', 'x'))), maybe(flag('exec-provide-cluster-info', bool)), maybe(flag('as', name)), maybe(flag('username', fc.constant('u')))),
  words('set-credentials', one(name), maybe(flag('client-certificate', fc.constantFrom('DIR/ca.crt', 'ca.crt', 'DIR/nope'))), maybe(flag('client-key', fc.constantFrom('DIR/key', 'key', 'DIR'))), maybe(flag('embed-certs', bool))),
  words('set-cluster', one(name), maybe(flag('certificate-authority', fc.constantFrom('DIR/ca.crt', 'DIR/nope', 'DIR'))), maybe(flag('embed-certs', bool)), maybe(flag('insecure-skip-tls-verify', bool))),
];

/** kubectl config … --kubeconfig on a file: no other is read here. */
export const configs: fc.Arbitrary<Line> = fc.record({
  args: words('config', '--kubeconfig=DIR/config', fc.oneof(...COMMANDS)),
  input: fc.constant(''),
  files: fc.oneof({ weight: 8, arbitrary: kubeconfig }, mistyped(kubeconfig)).map((config) => ({ config, 'ca.crt': 'a certificate\n', key: 'a key\n' })),
});
