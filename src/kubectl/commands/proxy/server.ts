/** A local HTTP server that passes requests on to the API server, filters them, and serves files beside (kubectl pkg/proxy/proxy_server.go). */
import { rmSync, statSync } from 'node:fs';
import { createServer, request as httpRequest, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerReach } from '../../../client/client.ts';
import { CommandError } from '../../errors.ts';
import { bindMessage } from '../../shared/bind-message.ts';
import { answerText, redirect, serveFile } from './files.ts';

export interface Filter {
  readonly acceptPaths: readonly RegExp[];
  readonly rejectPaths: readonly RegExp[];
  readonly acceptHosts: readonly RegExp[];
  readonly rejectMethods: readonly RegExp[];
}

export interface ProxyOptions {
  readonly reach: ServerReach;
  /** undefined: everything is accepted. */
  readonly filter: Filter | undefined;
  /** With slashes around it. */
  readonly apiPrefix: string;
  readonly files?: { readonly folder: string; readonly prefix: string };
  /** Told of what went wrong between here and the server. */
  readonly report: (text: string) => void;
}

/** They are about one connection, not about the request. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host']);
const OWNER_ONLY = 0o077;

export class ProxyServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly options: ProxyOptions) {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('connection', (socket) => this.#sockets.add(socket.once('close', () => this.#sockets.delete(socket))));
  }

  /** Where it serves: "127.0.0.1:8001", or the socket's path. */
  listen(on: { readonly host: string; readonly port: number } | { readonly path: string }): Promise<string> {
    const umask = 'path' in on ? process.umask(OWNER_ONLY) : undefined;
    if ('path' in on && statSync(on.path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(on.path);
    return new Promise<string>((resolve, reject) => {
      this.#server.once('error', (error) => reject(new CommandError('path' in on ? bindMessage(error, 'unix', on.path) : bindMessage(error, 'tcp', `${on.host}:${on.port}`))));
      this.#server.listen(on, () => {
        const address = this.#server.address() as AddressInfo | string;
        resolve(typeof address === 'string' ? address : `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`);
      });
    }).finally(() => umask !== undefined && process.umask(umask));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { files, apiPrefix } = this.options;
    const path = (request.url ?? '/').split('?')[0] as string;
    const under = (prefix: string): boolean => path.startsWith(prefix);
    // As Go's ServeMux has it: even where another prefix has the path.
    if ([apiPrefix, files?.prefix].includes(`${path}/`)) return redirect(response, `${path}/`);
    if (files && under(files.prefix) && !(apiPrefix.length > files.prefix.length && under(apiPrefix))) return serveFile(response, files.folder, path.slice(files.prefix.length));
    if (!under(apiPrefix)) return answerText(response, 404, '404 page not found');
    const target = this.#target(request);
    if (!this.#accepts(request, target)) return answerText(response, 403, 'Forbidden');
    const outgoing = this.#send(request, target, { 'x-forwarded-for': request.socket.remoteAddress ?? '' });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders.filter((_, at, all) => !HOP_BY_HOP.has((all[at - (at % 2)] as string).toLowerCase())));
      // A watch may have nothing to tell for long.
      response.flushHeaders();
      answer.pipe(response);
    });
    outgoing.on('error', (error) => {
      if (response.headersSent) return void response.destroy();
      this.options.report(`Error while proxying request: ${error.message}`);
      answerText(response, 500, error.message);
    });
    response.on('close', () => outgoing.destroy());
    request.pipe(outgoing);
  }

  /** exec, attach, port-forward and watches over other protocols: once the server agrees, bytes go to and fro. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = this.#target(request);
    socket.on('error', () => socket.destroy());
    if (!(request.url ?? '').startsWith(this.options.apiPrefix) || !this.#accepts(request, target)) return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 10\r\nConnection: close\r\n\r\nForbidden\n');
    const outgoing = this.#send(request, target, { connection: 'Upgrade', upgrade: request.headers.upgrade ?? '' });
    outgoing.on('upgrade', (answer, server, first: Buffer) => {
      socket.write(rawHead(answer));
      if (first.length > 0) socket.write(first);
      if (head.length > 0) server.write(head);
      server.on('error', () => socket.destroy());
      socket.pipe(server).pipe(socket);
    });
    outgoing.on('response', (answer) => {
      socket.write(rawHead(answer));
      answer.pipe(socket);
    });
    outgoing.on('error', () => socket.destroy());
    outgoing.end();
  }

  /** The path at the server: without the prefix, unless that is a part of the API. */
  #target({ url = '/' }: IncomingMessage): string {
    const { apiPrefix } = this.options;
    if (apiPrefix.startsWith('/api')) return url;
    const rest = url.slice(apiPrefix.length);
    return rest.startsWith('/') ? rest : `/${rest}`;
  }

  #accepts({ method = 'GET', headers }: IncomingMessage, target: string): boolean {
    const { filter } = this.options;
    if (!filter) return true;
    const path = target.split('?')[0] as string;
    const host = (headers.host ?? '').replace(/:\d+$/, '');
    const matches = (text: string, patterns: readonly RegExp[]): boolean => patterns.some((pattern) => pattern.test(text));
    return !matches(path, filter.rejectPaths) && !matches(method, filter.rejectMethods) && matches(path, filter.acceptPaths) && matches(host, filter.acceptHosts);
  }

  #send(request: IncomingMessage, target: string, more: OutgoingHttpHeaders): ClientRequest {
    const { dial, host, prefix, headers } = this.options.reach;
    return httpRequest({ createConnection: dial, method: request.method ?? 'GET', path: prefix + target, setHost: false, headers: { ...keptHeaders(request), ...(headers as OutgoingHttpHeaders), host, ...more } });
  }
}

function keptHeaders(message: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(message.headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

function rawHead({ statusCode = 502, statusMessage = '', rawHeaders }: IncomingMessage): string {
  let head = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) head += `${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}\r\n`;
  return `${head}\r\n`;
}
