/** The folder that holds a cluster, and where things lie in it. */
import { homedir, platform } from 'node:os';
import { join, resolve } from 'node:path';

export interface Home {
  readonly path: string;
  /** The store's folder. */
  readonly etcd: string;
  readonly pki: string;
  readonly kubeconfig: string;
  /** Where a daemon listens: a unix socket, on Windows a named pipe. */
  readonly socket: string;
  readonly daemonPid: string;
  readonly daemonLog: string;
  readonly auditLog: string;
  /** How far the cluster's time is from the wall's. */
  readonly clock: string;
  /** Who decides what users may, where a daemon was told so. */
  readonly authorizationMode: string;
}

/** A socket's path may have about this many bytes (sun_path); longer homes get a short one in the temporary folder. */
const MAX_SOCKET_PATH = 100;

/** 16 hexadecimal digits that differ between paths (FNV-1a): node:crypto would cost each command milliseconds to load. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

function socketPath(path: string, name: string): string {
  if (platform() === 'win32') return `\\\\.\\pipe\\mock-kubectl-${fingerprint(path)}`;
  const direct = join(path, name);
  return Buffer.byteLength(direct) <= MAX_SOCKET_PATH ? direct : join('/tmp', `mock-kubectl-${fingerprint(path)}.sock`);
}

/** The home that the environment names: MOCK_KUBECTL_HOME, or ~/.mock-kubectl. Creates nothing. */
export function homeFrom(env: Readonly<Record<string, string | undefined>>): Home {
  return homeAt(env.MOCK_KUBECTL_HOME || join(env.HOME || homedir(), '.mock-kubectl'));
}

/** The layout of a home at a path. */
export function homeAt(folder: string): Home {
  const path = resolve(folder);
  return {
    path,
    etcd: join(path, 'etcd'),
    pki: join(path, 'pki'),
    kubeconfig: join(path, 'kubeconfig'),
    socket: socketPath(path, 'apiserver.sock'),
    daemonPid: join(path, 'daemon.pid'),
    daemonLog: join(path, 'daemon.log'),
    auditLog: join(path, 'audit.log'),
    clock: join(path, 'clock.json'),
    authorizationMode: join(path, 'authorization-mode'),
  };
}
