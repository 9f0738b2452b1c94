/** Connections to one server that an answer has left open: the next request finds its way made (Go's net/http Transport). */
import type { Socket } from 'node:net';

export class Connections {
  readonly #idle = new Set<Socket>();

  /** @param dial opens a connection; errors come out as the socket's */
  constructor(private readonly dial: () => Socket) {}

  /** One that waits, else a new one. */
  take(): Socket {
    const [waiting] = this.#idle;
    if (waiting) {
      this.#idle.delete(waiting);
      return waiting.ref();
    }
    const socket = this.dial();
    // Also while nobody uses it.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#idle.delete(socket));
    return socket;
  }

  /** Keeps a connection whose answer has come whole. It does not keep the process. */
  keep(socket: Socket): void {
    if (!socket.destroyed) this.#idle.add(socket.unref());
  }
}
