/** The home's kubeconfig: as kubeadm writes it, and with what people have added to it. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { lastPort, writeKubeconfig } from '../../src/daemon/kubeconfig.ts';
import type { Pki } from '../../src/daemon/pki/files.ts';
import { realDisk } from '../../src/simulation/disk.ts';

const pki = (name: string): Pki => {
  const pair = (kind: string) => ({ cert: `${name} ${kind} certificate`, key: `${name} ${kind} key` });
  return { ca: pair('ca'), apiserver: pair('apiserver'), admin: pair('admin'), serviceAccount: { publicKey: '', privateKey: '' } };
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  file = join(folder, 'kubeconfig');
});
afterEach(() => rmSync(folder, { recursive: true }));
const read = (): string => readFileSync(file, 'utf8');

test('a fresh one has the cluster, the administrator and a context of both, for the owner alone', async () => {
  await writeKubeconfig(realDisk, file, 'https://127.0.0.1:6443', pki('a'));
  expect(parse(read())).toEqual({
    apiVersion: 'v1', kind: 'Config', preferences: {}, 'current-context': 'kubernetes-admin@kubernetes',
    clusters: [{ name: 'kubernetes', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': base64('a ca certificate') } }],
    users: [{ name: 'kubernetes-admin', user: { 'client-certificate-data': base64('a admin certificate'), 'client-key-data': base64('a admin key') } }],
    contexts: [{ name: 'kubernetes-admin@kubernetes', context: { cluster: 'kubernetes', user: 'kubernetes-admin' } }],
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(lastPort(realDisk, file)).toBe(6443);
});

test('what people have added stays, in its place and with its comments', async () => {
  await writeKubeconfig(realDisk, file, 'https://127.0.0.1:6443', pki('a'));
  const edited = read()
    .replace('    user: kubernetes-admin\n', '    namespace: team\n    user: jane\n')
    .replace('users:\n', '# people\nusers:\n- name: jane\n  user:\n    token: abc\n');
  writeFileSync(file, edited);
  await writeKubeconfig(realDisk, file, 'https://127.0.0.1:7000', pki('a'));
  expect(read()).toBe(edited.replace(':6443', ':7000'));
});

test('one that is up to date is not touched', async () => {
  await writeKubeconfig(realDisk, file, 'https://127.0.0.1:6443', pki('a'));
  const { ino } = statSync(file);
  await writeKubeconfig(realDisk, file, 'https://127.0.0.1:6443', pki('a'));
  expect(statSync(file).ino).toBe(ino);
});

test('another authority replaces the certificates; missing parts and empty files are filled', async () => {
  await writeKubeconfig(realDisk, file, 'https://127.0.0.1:6443', pki('a'));
  await writeKubeconfig(realDisk, file, 'https://127.0.0.1:6443', pki('b'));
  const fresh = read();
  expect(fresh).toContain(base64('b admin key'));
  expect(fresh).not.toContain(base64('a ca certificate'));
  for (const text of ['', 'kind: Config\napiVersion: v1\nclusters: null\npreferences: {}\n']) {
    writeFileSync(file, text);
    await writeKubeconfig(realDisk, file, 'https://127.0.0.1:6443', pki('b'));
    expect(parse(read())).toEqual(parse(fresh));
  }
});

test.each(['- a\n- b\n', 'a: [\n', 'text'])('a file that is none is an error and stays: %j', async (text) => {
  writeFileSync(file, text);
  await expect(writeKubeconfig(realDisk, file, 'https://127.0.0.1:6443', pki('a'))).rejects.toThrow();
  expect(read()).toBe(text);
});
