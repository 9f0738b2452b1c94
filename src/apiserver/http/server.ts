/** Listens for REST requests on a unix socket (on Windows a named pipe). */
import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { RestHandler, type HandlerOptions, type RestBackend } from './handler.ts';

export class HttpServer {
  readonly #server: Server;
  readonly #handler: RestHandler;

  constructor(backend: RestBackend, options: HandlerOptions) {
    this.#handler = new RestHandler(backend, options);
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void this.#handler.serve(request, response));
    // Watches stay open for as long as somebody listens.
    this.#server.requestTimeout = 0;
    this.#server.timeout = 0;
  }

  /** Resolves once requests are taken. A socket that nobody listens on any more is replaced; a living one is an error. */
  async listen(socketPath: string): Promise<void> {
    try {
      await this.#listen(socketPath);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (await answers(socketPath))) throw error;
      unlinkSync(socketPath);
      await this.#listen(socketPath);
    }
    if (process.platform !== 'win32') chmodSync(socketPath, 0o600);
  }

  #listen(socketPath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      // Between making the socket and its chmod nobody else may get in.
      const mask = process.platform === 'win32' ? undefined : process.umask(0o077);
      const restore = () => {
        if (mask !== undefined) process.umask(mask);
      };
      const failed = (error: Error) => {
        restore();
        reject(error);
      };
      this.#server.once('error', failed);
      this.#server.listen(socketPath, () => {
        restore();
        this.#server.off('error', failed);
        resolve();
      });
    });
  }

  /** Takes no more requests, lets those in flight finish and ends watches. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await this.#handler.settled();
    // What was written last is on its way by then.
    setImmediate(() => this.#server.closeAllConnections());
    await closed;
  }
}

/** Whether somebody listens on a socket. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
