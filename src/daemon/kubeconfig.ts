/**
 * The home's kubeconfig, as kubeadm's admin.conf: what the real kubectl and client libraries need to reach the daemon.
 * People may add contexts, users and namespaces to it; only the cluster's own address, authority and client certificate
 * are kept up to date.
 */
import type { Disk } from '../simulation/disk.ts';
import type { Pki } from './pki/files.ts';

/** kubeadm's names. */
const CLUSTER = 'kubernetes';
const USER = 'kubernetes-admin';
const CONTEXT = `${USER}@${CLUSTER}`;

/** Writes what is missing or out of date. Throws an Error for a file that is no kubeconfig. */
export async function writeKubeconfig(disk: Disk, file: string, server: string, pki: Pki): Promise<void> {
  const cluster = { 'certificate-authority-data': base64(pki.ca.cert), server };
  const user = { 'client-certificate-data': base64(pki.admin.cert), 'client-key-data': base64(pki.admin.key) };
  if (!disk.exists(file)) return disk.replaceFile(file, freshText(cluster, user));
  const text = disk.readFile(file).toString();
  const current = [...Object.values(cluster), ...Object.values(user)].every((value) => text.includes(`: ${value}\n`));
  if (!current) disk.replaceFile(file, await updatedText(text, cluster, user));
}

/** The port that the home's API server was last reached at. */
export function lastPort(disk: Disk, file: string): number | undefined {
  const port = disk.exists(file) ? /^ +server: https:\/\/127\.0\.0\.1:(\d+)$/m.exec(disk.readFile(file).toString())?.[1] : undefined;
  return port === undefined ? undefined : Number(port);
}

type Fields = Readonly<Record<string, string>>;

/** In the order and layout that clientcmd writes; a YAML library would take longer to load than the rest. */
function freshText(cluster: Fields, user: Fields): string {
  const lines = (fields: Fields): string => Object.entries(fields).map(([name, value]) => `    ${name}: ${value}\n`).join('');
  return `apiVersion: v1
clusters:
- cluster:
${lines(cluster)}  name: ${CLUSTER}
contexts:
- context:
    cluster: ${CLUSTER}
    user: ${USER}
  name: ${CONTEXT}
current-context: ${CONTEXT}
kind: Config
preferences: {}
users:
- name: ${USER}
  user:
${lines(user)}`;
}

async function updatedText(text: string, cluster: Fields, user: Fields): Promise<string> {
  const { isMap, isSeq, parseDocument } = await import('yaml');
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(document.errors[0]?.message.split('\n')[0]);
  if (document.contents === null) return freshText(cluster, user);
  if (!isMap(document.contents)) throw new Error('it is no kubeconfig');
  const set = (list: string, name: string, kind: string, fields: Fields, isOurs = true): void => {
    if (!isSeq(document.get(list))) document.set(list, document.createNode([]));
    const items = (document.get(list) as { items: unknown[] }).items;
    const known = items.findIndex((item) => isMap(item) && item.get('name') === name);
    if (known < 0) items.push(document.createNode({ [kind]: fields, name }));
    else if (isOurs) for (const [field, value] of Object.entries(fields)) document.setIn([list, known, kind, field], value);
  };
  set('clusters', CLUSTER, 'cluster', cluster);
  set('users', USER, 'user', user);
  set('contexts', CONTEXT, 'context', { cluster: CLUSTER, user: USER }, false);
  if (!document.get('current-context')) document.set('current-context', CONTEXT);
  return document.toString({ lineWidth: 0, indentSeq: false });
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
