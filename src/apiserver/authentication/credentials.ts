/** What a request over HTTP brings along to show who asks. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { ClientCertificate } from './client-certificate.ts';
import { impersonationOf, type Impersonation } from './impersonation.ts';

export interface Credentials {
  /** Came through the home's own socket: whoever can open it owns the home. */
  readonly owner: boolean;
  readonly certificate?: ClientCertificate;
  /** The Authorization header. */
  readonly authorization?: string;
  /** As whom the request wants to be seen. */
  readonly impersonation?: Impersonation;
}

/** A TLS connection shows its certificate once, at its beginning. */
const certificates = new WeakMap<TLSSocket, { readonly certificate: ClientCertificate | undefined }>();

/** Browsers cannot set headers on WebSockets: a token comes as one of the protocols (apiserver pkg/authentication/request/websocket). */
export const TOKEN_PROTOCOL = 'base64url.bearer.authorization.k8s.io.';

function protocolToken(protocols: string | undefined): string | undefined {
  const protocol = protocols?.split(',').map((each) => each.trim()).find((each) => each.startsWith(TOKEN_PROTOCOL));
  return protocol === undefined ? undefined : `Bearer ${Buffer.from(protocol.slice(TOKEN_PROTOCOL.length), 'base64url').toString()}`;
}

/** The request's credentials; undefined where it has none and needs none. */
export function credentialsOf(request: IncomingMessage): Credentials | undefined {
  const { socket } = request;
  const authorization = request.headers.authorization ?? protocolToken(request.headers['sec-websocket-protocol']);
  const owner = !(socket instanceof TLSSocket);
  const impersonation = impersonationOf(request.headers, request.rawHeaders);
  if (owner && authorization === undefined && !impersonation) return undefined;
  const certificate = socket instanceof TLSSocket ? certificateOf(socket) : undefined;
  return { owner, ...(certificate ? { certificate } : {}), ...(authorization === undefined ? {} : { authorization }), ...(impersonation ? { impersonation } : {}) };
}

function certificateOf(socket: TLSSocket): ClientCertificate | undefined {
  const known = certificates.get(socket);
  if (known) return known.certificate;
  const certificate = readCertificate(socket);
  certificates.set(socket, { certificate });
  return certificate;
}

function readCertificate(socket: TLSSocket): ClientCertificate | undefined {
  const { subject, fingerprint256 } = socket.getPeerCertificate();
  if (!subject) return undefined;
  const values = subject as unknown as Readonly<Record<string, string | readonly string[] | undefined>>;
  return { verified: socket.authorized, subject: { ...values }, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() };
}
