/** From kubeconfig and flags to a server and an identity, in kubectl's words where that fails. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAccess, namedAccess, usableAccess } from '../../../src/kubectl/client-config/load.ts';
import { timeoutMs } from '../../../src/kubectl/client-config/timeout.ts';
import { CommandError, describeError } from '../../../src/kubectl/errors.ts';
import { flagsOf, parseFlags } from '../../../src/kubectl/flags.ts';
import { GLOBAL_FLAGS } from '../../../src/kubectl/global-flags.ts';
import { contextNamespace, isOwnContext } from '../../../src/kubectl/kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'access-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'config');
/** Only looks like one. */
const pem = (text: string): string => `-----BEGIN ${text}-----\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

writeFileSync(join(folder, 'ca.pem'), pem('a ca'));
writeFileSync(join(folder, 'token'), 'of a file\n');
writeFileSync(join(folder, 'plugin'), `#!/bin/sh\nprintf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s of %s"}}' "$1" "$WHO"\n`);
chmodSync(join(folder, 'plugin'), 0o755);
writeFileSync(file, `apiVersion: v1
kind: Config
current-context: main
clusters:
- name: kubernetes
  cluster: { server: 'https://127.0.0.1:6443', certificate-authority-data: ${base64(pem('the ca'))}, tls-server-name: api }
- name: files
  cluster: { server: 'https://files.example:8443/clusters/a/', certificate-authority: ca.pem }
- name: loose
  cluster: { server: 'https://127.0.0.1:6443', insecure-skip-tls-verify: true }
users:
- name: admin
  user: { client-certificate-data: ${base64(pem('a cert'))}, client-key-data: ${base64(pem('a key'))} }
- name: robot
  user: { token: abc }
- name: file
  user: { tokenFile: token }
- name: half
  user: { client-certificate-data: ${base64(pem('a cert'))} }
- name: plugin
  user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: [secret], env: [{ name: WHO, value: jane }], interactiveMode: Never } }
- name: lost
  user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never } }
contexts:
- name: main
  context: { cluster: kubernetes, user: admin, namespace: team }
- name: robots
  context: { cluster: files, user: robot }
`);

const nobody = (): Promise<never> => Promise.reject(new CommandError('nobody is there'));

async function access(line: string, path = file, given = true) {
  const globals = flagsOf(GLOBAL_FLAGS, parseFlags(GLOBAL_FLAGS, line === '' ? [] : line.split(' '), {}));
  return loadAccess(globals, await usableAccess(namedAccess(globals, path, given, 'kubectl get'), nobody), { PATH: process.env.PATH ?? '' });
}
async function problem(line: string, path?: string): Promise<string> {
  try {
    await access(line, path);
  } catch (error) {
    return describeError(error).text;
  }
  throw new Error('there was none');
}

test('the current context', async () => {
  expect(await access('')).toEqual({ server: new URL('https://127.0.0.1:6443'), ca: pem('the ca'), serverName: 'api', clientCertificate: { cert: pem('a cert'), key: pem('a key') } });
});

test.each([
  ['--context robots', { server: new URL('https://files.example:8443/clusters/a/'), ca: pem('a ca'), headers: { Authorization: 'Bearer abc' } }],
  ['--user robot', { headers: { Authorization: 'Bearer abc' } }],
  ['--user file', { headers: { Authorization: 'Bearer of a file' } }],
  ['--user plugin', { headers: { Authorization: 'Bearer secret of jane' } }],
  ['--token xyz', { headers: { Authorization: 'Bearer xyz' }, clientCertificate: { cert: pem('a cert'), key: pem('a key') } }],
  ['--username a --password b', { headers: { Authorization: 'Basic YTpi' } }],
  ['--cluster loose', { insecureSkipVerify: true }],
  ['--server localhost:8080', { server: new URL('http://localhost:8080') }],
  ['--as jane --as-group a --as-group b --as-uid 7', { headers: { 'Impersonate-User': 'jane', 'Impersonate-Uid': '7', 'Impersonate-Group': ['a', 'b'] } }],
  ['--request-timeout 1m30s', { timeoutMs: 90_000 }],
  [`--certificate-authority ${join(folder, 'ca.pem')}`, { ca: pem('a ca') }],
])('%s', async (line, expected) => {
  expect(await access(line)).toMatchObject(expected);
});

test('flags about the authority replace what the cluster says, and --server its name', async () => {
  expect(await access('--insecure-skip-tls-verify')).not.toHaveProperty('ca');
  expect(await access('--server https://other')).not.toHaveProperty('serverName');
  expect(await access('--cluster loose --certificate-authority ' + join(folder, 'ca.pem'))).not.toHaveProperty('insecureSkipVerify');
});

test('without a kubeconfig there is kubectl’s default server', async () => {
  expect(await access('', join(folder, 'none'), false)).toEqual({ server: new URL('http://localhost:8080') });
});

test.each([
  ['--context x', 'Error in configuration: context was not found for specified context: x\n'],
  ['--cluster x', 'error: no server found for cluster "x"\n'],
  ['--user x', 'error: auth info "x" does not exist\n'],
  [`--insecure-skip-tls-verify --certificate-authority ${join(folder, 'ca.pem')}`, 'error: specifying a root certificates file with the insecure flag is not allowed\n'],
  ['--certificate-authority /nope', 'error: unable to read certificate-authority /nope for kubernetes due to open /nope: no such file or directory\n'],
  ['--client-key /nope', 'Error in configuration: \n* client-key-data and client-key are both specified for admin; client-key-data will override\n* unable to read client-key /nope for admin due to open /nope: no such file or directory\n'],
  ['--as-group x', 'error: requesting uid, groups or user-extra for admin without impersonating a user\n'],
  ['--user robot --username a --password b', 'error: more than one authentication method found for robot; found [token basicAuth], only one is allowed\n'],
  ['--user lost', 'error: getting credentials: exec: executable no-such-plugin not found\n'],
  ['--request-timeout soon', 'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)\n'],
])('%s is refused', async (line, text) => {
  expect(await problem(line)).toBe(text);
});

test('files that are not there or are none', async () => {
  expect(await problem('', '/nope')).toBe('error: stat /nope: no such file or directory\n');
  const broken = join(folder, 'broken');
  writeFileSync(broken, 'a: [\n');
  expect(await problem('', broken)).toBe(`error: error loading config file "${broken}": yaml: line 1: did not find expected node content\n`);
});

test.each([['0', 0], ['5', 5000], ['1s', 1000], ['1h', 3_600_000], ['1.5m', 90_000], ['1ns', 1], ['250ms', 250]])('--request-timeout %s', (text, ms) => {
  expect(timeoutMs(text)).toBe(ms);
});

describe('whether the socket will do', () => {
  const own = join(folder, 'own');
  const written = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: abc
    server: https://127.0.0.1:6443
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    namespace: team
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
- context:
    cluster: kubernetes
    user: jane
  name: jane
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: jane
  user:
    token: x
- name: kubernetes-admin
  user:
    client-certificate-data: abc
    client-key-data: abc
`;
  const isOwn = (text: string, context = '') => {
    writeFileSync(own, text);
    return isOwnContext(own, context);
  };

  test('for the home’s own cluster and administrator', () => {
    expect([isOwn(written), isOwn(written, 'kubernetes-admin@kubernetes'), isOwnContext(join(folder, 'none'), '')]).toEqual([true, true, true]);
    expect(contextNamespace(own, '')).toBe('team');
    expect(contextNamespace(own, 'jane')).toBeUndefined();
  });

  test.each([
    ['another user', written.replace('current-context: kubernetes-admin@kubernetes', 'current-context: jane')],
    ['another user in the same context', written.replace('    user: kubernetes-admin', '    user: jane')],
    ['another server', written.replace('https://127.0.0.1:6443', 'https://prod.example')],
    ['the user with other credentials', written.replace('    client-key-data: abc\n', '    client-key-data: abc\n    token: x\n')],
    ['a context that is not there', written.replace('current-context: kubernetes-admin@kubernetes', 'current-context: gone')],
  ])('not for %s', (_what, text) => {
    expect(isOwn(text)).toBe(false);
  });

  test('nor for one that is named', () => {
    expect([isOwn(written, 'jane'), isOwn(written, 'none'), isOwnContext(join(folder, 'none'), 'x')]).toEqual([false, false, false]);
  });
});
