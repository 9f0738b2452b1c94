/** Why a port could not be listened on, in Go's words (net.OpError). */

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EACCES: 'bind: permission denied',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EAFNOSUPPORT: 'socket: address family not supported by protocol',
  ENOENT: 'bind: no such file or directory',
};

/** @param network "tcp4" @param address "127.0.0.1:80" */
export function bindMessage(error: NodeJS.ErrnoException, network: string, address: string): string {
  return `listen ${network} ${address}: ${REASONS[error.code ?? ''] ?? error.message}`;
}
