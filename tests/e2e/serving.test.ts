/** The daemon over HTTPS: its kubeconfig, who one is by which flags, and what stays of it after a restart. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from './support.ts';

let it1: Session;
beforeAll(async () => {
  it1 = new Session();
  writeFileSync(it1.path('tokens.csv'), 'abc,jane,1,"team"\n');
  writeFileSync(it1.path('review.yaml'), 'apiVersion: authentication.k8s.io/v1\nkind: SelfSubjectReview\n');
  await it1.ok(`daemon start --nodes 1 --token-auth-file ${it1.path('tokens.csv')}`);
});
afterAll(() => it1.end());

const whoAmI = async (flags: string): Promise<string> => (await it1.ok(`create -f ${it1.path('review.yaml')} -o jsonpath={.status.userInfo.username} ${flags}`)).trim();
const kubeconfig = (): string => join(it1.cluster, 'kubeconfig');

test('keys, certificates and kubeconfig are the owner’s alone, and status names the address', async () => {
  for (const name of ['ca.crt', 'ca.key', 'apiserver.crt', 'apiserver.key', 'sa.key', 'sa.pub']) expect([name, statSync(join(it1.cluster, 'pki', name)).mode & 0o777]).toEqual([name, 0o600]);
  expect(statSync(kubeconfig()).mode & 0o777).toBe(0o600);
  const [, server = ''] = /^ +server: (https:\/\/127\.0\.0\.1:\d+)$/m.exec(readFileSync(kubeconfig(), 'utf8')) ?? [];
  expect(await it1.ok('daemon status')).toContain(`Server:  ${server}\n`);
});

test('everybody is who the flags say', async () => {
  expect(await whoAmI('')).toBe('kubernetes-admin');
  expect(await whoAmI(`--kubeconfig ${kubeconfig()}`)).toBe('kubernetes-admin');
  expect(await whoAmI('--as joe')).toBe('joe');
  const ca = join(it1.cluster, 'pki/ca.crt');
  const [, server = ''] = /server: (\S+)/.exec(readFileSync(kubeconfig(), 'utf8')) ?? [];
  const empty = it1.path('empty');
  writeFileSync(empty, '');
  expect(await whoAmI(`--kubeconfig ${empty} --server ${server} --certificate-authority ${ca} --token abc`)).toBe('jane');
  expect(await it1.run(`get pods --kubeconfig ${empty} --server ${server} --certificate-authority ${ca} --token wrong`)).toEqual({ code: 1, stdout: '', stderr: 'error: You must be logged in to the server (Unauthorized)\n' });
});

test('a user in the home’s kubeconfig is honoured, and stays when the daemon starts anew, at the same address', async () => {
  const before = readFileSync(kubeconfig(), 'utf8');
  writeFileSync(kubeconfig(), before.replace('    user: kubernetes-admin\n', '    namespace: team\n    user: jane\n').replace('users:\n', 'users:\n- name: jane\n  user:\n    token: abc\n'), { mode: 0o600 });
  expect(await whoAmI('')).toBe('jane');
  const edited = readFileSync(kubeconfig(), 'utf8');
  await it1.ok('daemon stop');
  await it1.ok(`daemon start --nodes 1 --token-auth-file ${it1.path('tokens.csv')}`);
  expect(readFileSync(kubeconfig(), 'utf8')).toBe(edited);
  expect(await whoAmI('')).toBe('jane');
  writeFileSync(kubeconfig(), before, { mode: 0o600 });
  expect(await whoAmI('')).toBe('kubernetes-admin');
});

test('a port that is taken is an error, unless any will do; 0 serves no HTTPS', async () => {
  const other = new Session();
  try {
    const [, port = ''] = /server: \S+:(\d+)/.exec(readFileSync(kubeconfig(), 'utf8')) ?? [];
    expect(await other.run(`daemon start --nodes 1 --secure-port ${port}`)).toEqual({ code: 1, stdout: '', stderr: `error: cannot serve HTTPS on port ${port} of 127.0.0.1: it is taken\n` });
    expect((await other.run('daemon start --secure-port 70000')).stderr).toBe('error: --secure-port must be between 0 and 65535, not 70000\n');
    await other.ok('daemon start --nodes 1 --secure-port 0');
    expect(await other.ok('daemon status')).toContain('Server:  <none>\n');
    expect(existsSync(join(other.cluster, 'kubeconfig'))).toBe(false);
  } finally {
    await other.end();
  }
});
