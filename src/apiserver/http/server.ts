/** Listens for REST requests on a unix socket (on Windows a named pipe), and with TLS on a port of loopback. */
import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { Duplex } from 'node:stream';
import { connect, type AddressInfo, type ListenOptions } from 'node:net';
import { RestHandler, type HandlerOptions, type RestBackend } from './handler.ts';

/** PEM texts for the TLS side. */
export interface ServingCertificate {
  readonly cert: string;
  readonly key: string;
  /** Signs the client certificates that are believed. */
  readonly clientCa: string;
}

const LOOPBACK = '127.0.0.1';

export class HttpServer {
  readonly #servers: (Server | TlsServer)[] = [];
  /** All connections: those that speak no TLS yet, or no HTTP any more, the servers do not know. */
  readonly #connections = new Set<Duplex>();
  readonly #handler: RestHandler;
  /** Serves what `dial` opens. */
  #within: Server | undefined;

  constructor(backend: RestBackend, options: HandlerOptions) {
    this.#handler = new RestHandler(backend, options);
  }

  /** Resolves once requests are taken. A socket that nobody listens on any more is replaced; a living one is an error. */
  async listen(socketPath: string): Promise<void> {
    const server = this.#serve(createServer(SERVER_OPTIONS));
    try {
      await listenPrivately(server, socketPath);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (await answers(socketPath))) throw error;
      unlinkSync(socketPath);
      await listenPrivately(server, socketPath);
    }
    if (process.platform !== 'win32') chmodSync(socketPath, 0o600);
  }

  /** Serves HTTPS on the first port that is free, and tells which; 0 is any free one. Throws when all are taken. */
  async listenSecurely(ports: readonly number[], { cert, key, clientCa }: ServingCertificate): Promise<number> {
    // A client may show a certificate; who shows none, or a wrong one, gets the answer that authentication gives.
    const server = this.#serve(createTlsServer({ ...SERVER_OPTIONS, cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: false }));
    let taken: unknown;
    for (const port of ports) {
      try {
        await listen(server, { host: LOOPBACK, port });
        return (server.address() as AddressInfo).port;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        taken = error;
      }
    }
    throw taken;
  }

  /** A connection from within this process; nothing is listened on for it. */
  dial(): Duplex {
    this.#within ??= this.#serve(createServer(SERVER_OPTIONS));
    const [here, there] = duplexPair();
    this.#within.emit('connection', there);
    return here;
  }

  /** Takes no more requests, lets those in flight finish and ends watches. */
  async close(): Promise<void> {
    const servers = this.#servers.filter((server) => server.listening);
    const closed = Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    for (const server of servers) server.closeIdleConnections();
    await this.#handler.settled();
    // What was written last is on its way by then.
    setImmediate(() => {
      for (const socket of this.#connections) socket.destroy();
    });
    await closed;
  }

  #serve<Listener extends Server | TlsServer>(server: Listener): Listener {
    server.on('request', (request, response) => void this.#handler.serve(request, response));
    server.on('upgrade', (request, socket, head) => void this.#handler.upgrade(request, socket, head));
    server.on('connection', (socket: Duplex) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => answerUnreadable(error, socket));
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.headersTimeout = REQUEST_TIMEOUT_MS;
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    // Watches stay open for as long as somebody listens.
    server.timeout = 0;
    this.#servers.push(server);
    return server;
  }
}

const KEEP_ALIVE_MS = 60_000;
/** How long a request may take to arrive, and how often that is looked at. */
const REQUEST_TIMEOUT_MS = 60_000;
/** net/http DefaultMaxHeaderBytes: tokens and selectors may be long. */
const SERVER_OPTIONS = { maxHeaderSize: 1024 * 1024 };

/** Two ends of one connection: what is written to one is read from the other. */
function duplexPair(): [Duplex, Duplex] {
  const end = (other: () => Duplex): Duplex =>
    new Duplex({
      allowHalfOpen: true,
      read: () => undefined,
      write: (bytes: Buffer, _, done) => {
        other().push(bytes);
        done();
      },
      final: (done) => {
        other().push(null);
        done();
      },
      destroy(this: Duplex, error, done) {
        // Whoever goes without a word breaks the connection off.
        if (!this.writableFinished) other().destroy();
        done(error);
      },
    });
  const ends: [Duplex, Duplex] = [end(() => ends[1]), end(() => ends[0])];
  return ends;
}

/** What is no HTTP, or never ends, gets the short answer of Go's server. */
function answerUnreadable({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || code === 'ECONNRESET') return void socket.destroy();
  const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${status}`);
}

/** Connections that may wait until they are taken; the system may allow fewer. */
const BACKLOG = 4096;

function listen(server: Server | TlsServer, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ backlog: BACKLOG, ...where }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Between making the socket and its chmod nobody else may get in. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const mask = process.platform === 'win32' ? undefined : process.umask(0o077);
  const listening = listen(server, { path });
  if (mask !== undefined) process.umask(mask);
  await listening;
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
