/** The folder that holds a cluster, and where things lie in it. */
import { createHash } from 'node:crypto';
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
}

/** A socket's path may have about this many bytes (sun_path); longer homes get a short one in the temporary folder. */
const MAX_SOCKET_PATH = 100;

function socketPath(path: string, name: string): string {
  const digest = () => createHash('sha256').update(path).digest('hex').slice(0, 16);
  if (platform() === 'win32') return `\\\\.\\pipe\\mock-kubectl-${digest()}`;
  const direct = join(path, name);
  return Buffer.byteLength(direct) <= MAX_SOCKET_PATH ? direct : join('/tmp', `mock-kubectl-${digest()}.sock`);
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
  };
}
