/** The files of <home>/pki, under kubeadm's names (kubernetes cmd/kubeadm/app/constants). PEM text, mode 0600. */
import { join } from 'node:path';
import type { Disk } from '../../simulation/disk.ts';

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Pki {
  /** Signs everything else, and is what clients trust. */
  readonly ca: KeyPair;
  readonly apiserver: KeyPair;
  /** The client certificate of the kubeconfig. */
  readonly admin: KeyPair;
  /** Signs service account tokens. */
  readonly serviceAccount: { readonly publicKey: string; readonly privateKey: string };
}

const PAIRS = ['ca', 'apiserver', 'admin'] as const;
export type PairName = (typeof PAIRS)[number];

/** What lies in the folder; undefined when something is missing. */
export function readPki(disk: Disk, folder: string): Pki | undefined {
  const pairs = PAIRS.map((name) => readPair(disk, folder, name));
  const serviceAccount = readServiceAccountKeys(disk, folder);
  const [ca, apiserver, admin] = pairs;
  return ca && apiserver && admin && serviceAccount && { ca, apiserver, admin, serviceAccount };
}

export function readPair(disk: Disk, folder: string, name: PairName): KeyPair | undefined {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  return disk.exists(cert) && disk.exists(key) ? { cert: disk.readFile(cert).toString(), key: disk.readFile(key).toString() } : undefined;
}

export function readServiceAccountKeys(disk: Disk, folder: string): Pki['serviceAccount'] | undefined {
  const [publicFile, privateFile] = [join(folder, 'sa.pub'), join(folder, 'sa.key')];
  return disk.exists(publicFile) && disk.exists(privateFile) ? { publicKey: disk.readFile(publicFile).toString(), privateKey: disk.readFile(privateFile).toString() } : undefined;
}

/**
 * Puts the files where they belong. A whole new set appears by one rename, so that two processes that make one at the
 * same time end up with the same; the later one's is dropped.
 */
export function writePki(disk: Disk, folder: string, pki: Pki): void {
  const files: Readonly<Record<string, string>> = {
    ...Object.fromEntries(PAIRS.flatMap((name) => [[`${name}.crt`, pki[name].cert], [`${name}.key`, pki[name].key]])),
    'sa.pub': pki.serviceAccount.publicKey,
    'sa.key': pki.serviceAccount.privateKey,
  };
  const fresh = !disk.exists(folder);
  const target = fresh ? `${folder}.${process.pid}.tmp` : folder;
  disk.makeFolder(target);
  for (const [name, text] of Object.entries(files)) {
    const file = join(target, name);
    if (!disk.exists(file) || disk.readFile(file).toString() !== text) disk.replaceFile(file, text);
  }
  if (!fresh) return;
  try {
    disk.rename(target, folder);
  } catch (error) {
    disk.remove(target);
    if (!disk.exists(folder)) throw error;
  }
}
