/** The daemon on this machine: Kubernetes REST over its unix socket (on Windows a named pipe). */
import { connect } from 'node:net';
import { RestTransport, TIMEOUT, type RestTransportOptions } from './rest.ts';

export interface SocketTransportOptions extends Pick<RestTransportOptions, 'headers' | 'timeoutMs' | 'spdyFor' | 'log'> {
  readonly socketPath: string;
}

export class SocketTransport extends RestTransport {
  constructor({ socketPath, ...options }: SocketTransportOptions) {
    super({ ...options, dial: () => connect(socketPath), host: 'localhost', wording: (error) => ((error as NodeJS.ErrnoException).code === TIMEOUT ? `Unable to connect to the server: ${error.message}` : error.message) });
  }
}
