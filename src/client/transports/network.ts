/** API servers in the network: Kubernetes REST over HTTPS, or over plain HTTP where the address says so. */
import { connect } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate } from 'node:tls';
import type { Headers } from './http1.ts';
import { RestTransport } from './rest.ts';
import type { WireLog } from './wire-log.ts';

/** How a server is reached, and who one is there (client-go rest.Config). */
export interface ServerAccess {
  /** "https://127.0.0.1:6443", with a path where the server is behind one. */
  readonly server: URL;
  /** PEM texts. */
  readonly ca?: string;
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  readonly insecureSkipVerify?: boolean;
  /** The name that the certificate must have; default: the address's. */
  readonly serverName?: string;
  /** Token and impersonation. */
  readonly headers?: Headers;
  /** See RestTransportOptions. */
  readonly commandHeaders?: Headers;
  readonly spdyFor?: readonly string[];
  readonly timeoutMs?: number;
  readonly log?: WireLog | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

export function networkTransport(access: ServerAccess): RestTransport {
  const { server, ca, clientCertificate, insecureSkipVerify = false, headers, commandHeaders, spdyFor, timeoutMs, log } = access;
  // Brackets are the URL's, not the address's.
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(server.port) || (DEFAULT_PORTS[server.protocol] ?? 443);
  const name = access.serverName ?? host;
  const dial =
    server.protocol === 'http:'
      ? () => connect({ host, port })
      : () =>
          connectTls({
            host, port, rejectUnauthorized: !insecureSkipVerify, ALPNProtocols: ['http/1.1'],
            // Addresses are no names to ask for.
            ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
            ...(ca === undefined ? {} : { ca }),
            ...clientCertificate,
            checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
          });
  return new RestTransport({
    dial, log, origin: server.origin, host: server.host, prefix: server.pathname.replace(/\/+$/, ''), wording: (error) => connectionMessage(error, server.host, name),
    within: (error, { method, path }) => `${method.charAt(0)}${method.slice(1).toLowerCase()} "${server.origin}${server.pathname.replace(/\/+$/, '')}${path}": ${goMessage(error, server.host, name)}`,
    ...(headers ? { headers } : {}), ...(commandHeaders ? { commandHeaders } : {}), ...(spdyFor ? { spdyFor } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

const UNKNOWN_AUTHORITY = new Set(['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_SIGNATURE_FAILURE', 'CERT_UNTRUSTED', 'INVALID_CA']);

/** An error of the connection in kubectl's and Go's words. @param host with port, as the address has it; `name` is the one that the certificate must have */
export function connectionMessage(error: Error, host: string, name: string): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return `The connection to the server ${host} was refused - did you specify the right host or port?`;
  return `Unable to connect to the server: ${goMessage(error, host, name)}`;
}

function goMessage(error: Error, host: string, name: string): string {
  const { code = '', address, port } = error as NodeJS.ErrnoException & { readonly address?: string; readonly port?: number };
  if (UNKNOWN_AUTHORITY.has(code)) return untrusted('certificate signed by unknown authority');
  switch (code) {
    case 'CERT_HAS_EXPIRED': case 'CERT_NOT_YET_VALID':
      return untrusted('certificate has expired or is not yet valid');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return untrusted(wrongName((error as Error & { cert?: PeerCertificate }).cert, name));
    case 'ENOTFOUND': case 'EAI_AGAIN':
      return `dial tcp: lookup ${host.replace(/:\d+$/, '')}: ${code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving'}`;
    case 'ETIMEDOUT':
      return `dial tcp ${host}: i/o timeout`;
    case 'ECONNREFUSED':
      return `dial tcp ${address?.includes(':') ? `[${address}]` : address}:${port}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${host}: connect: no route to host`;
    case 'ENETUNREACH':
      return `dial tcp ${host}: connect: network is unreachable`;
    case 'ECONNRESET':
      return error.message.includes('EOF') || error.message.includes('disconnected') ? 'EOF' : `read tcp ${host}: read: connection reset by peer`;
    case 'EPROTO': case 'ERR_SSL_WRONG_VERSION_NUMBER': case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return /wrong version number|packet length too long/.test(error.message) ? 'http: server gave HTTP response to HTTPS client' : 'remote error: tls: handshake failure';
    default:
      return error.message;
  }
}

const untrusted = (why: string): string => `tls: failed to verify certificate: x509: ${why}`;

/** crypto/x509 HostnameError. */
function wrongName(certificate: PeerCertificate | undefined, name: string): string {
  const names = (certificate?.subjectaltname ?? '').split(', ').map((entry) => entry.split(/:(.*)/, 2) as [string, string]);
  const address = /^[\d.]+$|:/.test(name);
  const valid = names.filter(([kind]) => (address ? kind === 'IP Address' : kind === 'DNS')).map(([, value]) => value);
  if (valid.length > 0) return `certificate is valid for ${valid.join(', ')}, not ${name}`;
  return address ? `cannot validate certificate for ${name} because it doesn't contain any IP SANs` : `certificate is not valid for any names, but wanted to match ${name}`;
}
