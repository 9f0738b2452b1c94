/**
 * Asks a webhook over HTTPS, with errors worded as client-go words Go's. Follows apiserver pkg/util/webhook/client.go and
 * client-go rest/request.go. The one place where the server waits for somebody else, in the time of the world outside.
 */
import type { IncomingMessage } from 'node:http';
import { ENDPOINTS, SERVICES } from '../../api/kinds.ts';
import { goQuote } from '../../api/quote.ts';
import type { Lookup } from '../storage/storages.ts';

/** Where a webhook is, as admission webhooks and conversions say it. */
export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string; readonly port?: number };
  /** PEM, base64. */
  readonly caBundle?: string;
}

export interface WebhookCall {
  readonly config: WebhookClientConfig;
  readonly body: unknown;
  readonly timeoutSeconds: number;
}

/** What kept a webhook from being asked, or from answering. */
export class WebhookCallError extends Error {}

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Target {
  readonly url: URL;
  /** Where to connect to instead of the URL's host. */
  readonly address?: Address;
}

const MOST_BYTES = 3 * 1024 * 1024;
const SERVICE_PORT = 443;

/** The JSON that the webhook answers. Throws WebhookCallError. */
export async function callWebhook(call: WebhookCall, cluster: Lookup): Promise<unknown> {
  const { config, timeoutSeconds } = call;
  const base = baseOf(config);
  base.searchParams.set('timeout', `${timeoutSeconds}s`);
  const failed = (why: string): WebhookCallError => new WebhookCallError(`Post ${goQuote(shownUrl(config, base))}: ${why}`);
  const address = config.service ? await addressOf(config.service, cluster, failed) : undefined;
  const { status, text } = await post({ url: base, ...(address ? { address } : {}) }, call, failed);
  if (status < 200 || status > 299) throw new WebhookCallError(statusText(status, text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new WebhookCallError(text.trim() === '' ? "Object 'Kind' is missing in ''" : `couldn't get version/kind; json parse error: invalid character ${goQuote(text.trim()[0] ?? '').replaceAll('"', "'")} looking for beginning of value`);
  }
}

function baseOf({ url, service }: WebhookClientConfig): URL {
  if (service) return new URL(`https://${service.name}.${service.namespace}.svc:${service.port ?? SERVICE_PORT}${service.path ?? '/'}`);
  if (!url) throw new WebhookCallError('webhook configuration must have either service or URL');
  return new URL(url);
}

/** A service's URL is shown with its port even where it is the usual one; URL leaves that out. */
const shownUrl = ({ service }: WebhookClientConfig, url: URL): string => (service && url.port === '' ? url.href.replace(url.host, `${url.host}:${SERVICE_PORT}`) : url.href);

/** Where a Service leads to, as the aggregator's resolver finds it (kube-aggregator pkg/apiserver/resolvers.go, apiserver pkg/util/proxy). */
async function addressOf({ namespace, name, port = SERVICE_PORT }: NonNullable<WebhookClientConfig['service']>, cluster: Lookup, failed: (why: string) => WebhookCallError): Promise<Address> {
  const service = await cluster.get(SERVICES, namespace, name);
  if (!service) throw failed(`service ${goQuote(name)} not found`);
  const { type, externalName = '', clusterIP = '', selector } = service.spec ?? {};
  if (type === 'ExternalName') return { host: externalName, port };
  const found = service.spec?.ports?.find((each) => each.port === port);
  if (!found) throw failed(`no service port ${port} found for service ${goQuote(name)}`);
  // Pods are simulated: nobody listens there, and a cluster refuses such connections. Endpoints that somebody has
  // written down are real addresses.
  const real = selector === undefined ? await endpointOf(namespace, name, found.name, cluster) : undefined;
  if (!real) throw failed(`dial tcp ${clusterIP}:${port}: connect: connection refused`);
  return real;
}

async function endpointOf(namespace: string, name: string, portName: string | undefined, cluster: Lookup): Promise<Address | undefined> {
  const endpoints = await cluster.get(ENDPOINTS, namespace, name);
  for (const { addresses = [], ports = [] } of endpoints?.subsets ?? []) {
    const [address] = addresses;
    const port = ports.find((each) => (each.name ?? '') === (portName ?? ''));
    if (address && port) return { host: address.ip, port: port.port };
  }
  return undefined;
}

async function post({ url, address }: Target, { config, body, timeoutSeconds }: WebhookCall, failed: (why: string) => WebhookCallError): Promise<{ status: number; text: string }> {
  const host = address?.host ?? url.hostname.replace(/^\[|\]$/g, '');
  const port = address?.port ?? Number(url.port || SERVICE_PORT);
  const { request } = await import('node:https');
  const payload = JSON.stringify(body);
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host, port, method: 'POST', path: `${url.pathname}${url.search}`, signal, agent: false,
        servername: /^[\d.]+$|:/.test(url.hostname) ? '' : url.hostname,
        headers: { host: url.host, 'content-type': 'application/json', accept: 'application/json, */*', 'content-length': Buffer.byteLength(payload) },
        ...(config.caBundle ? { ca: Buffer.from(config.caBundle, 'base64') } : {}),
      },
      (answer) => {
        readText(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), (error: unknown) => reject(failed(reason(error, host, port, url))));
      },
    );
    asked.on('error', (error) => reject(failed(signal.aborted ? 'context deadline exceeded' : reason(error, host, port, url))));
    asked.end(payload);
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('request body size of response exceeds limit of 3145728 bytes');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const UNKNOWN_AUTHORITY = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE']);

/** Node's errors in Go's words. */
function reason(error: unknown, host: string, port: number, url: URL): string {
  const { code = '', message = String(error), cert } = error as { code?: string; message?: string; cert?: { subjectaltname?: string } };
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (UNKNOWN_AUTHORITY.has(code)) return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  switch (code) {
    case 'ECONNREFUSED':
      return `dial tcp ${at.replace(/^localhost:/, '127.0.0.1:')}: connect: connection refused`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `dial tcp ${at}: connect: ${code === 'EHOSTUNREACH' ? 'no route to host' : 'network is unreachable'}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${url.hostname}: no such host`;
    case 'ECONNRESET':
      return 'EOF';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `tls: failed to verify certificate: x509: ${wrongName(url.hostname, cert?.subjectaltname ?? '')}`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'http: server gave HTTP response to HTTPS client';
    default:
      return message;
  }
}

/** crypto/x509: HostnameError. */
function wrongName(host: string, subjectAltNames: string): string {
  const isAddress = /^[\d.]+$|:/.test(host);
  const names = subjectAltNames.split(', ').flatMap((name) => (isAddress ? /^IP Address:(.*)$/ : /^DNS:(.*)$/).exec(name)?.[1] ?? []);
  if (names.length > 0) return `certificate is valid for ${names.join(', ')}, not ${host}`;
  return isAddress ? `cannot validate certificate for ${host} because it doesn't contain any IP SANs` : `certificate is not valid for any names, but wanted to match ${host}`;
}

/** What client-go makes of an answer that is no success (apimachinery pkg/api/errors: NewGenericServerResponse). */
function statusText(status: number, text: string): string {
  const body = text.trim();
  switch (status) {
    case 400:
      return body === '' ? 'the server rejected our request for an unknown reason' : body;
    case 401:
      return 'the server has asked for the client to provide credentials';
    case 403:
      return body === '' ? 'unknown' : body;
    case 404:
      return 'the server could not find the requested resource';
    case 405:
      return 'the server does not allow this method on the requested resource';
    case 413:
      return 'the request entity was too large';
    case 429:
      return 'the server has received too many requests and has asked us to try again later';
    case 503:
      return 'the server is currently unable to handle the request';
    case 504:
      return 'the server was unable to return a response in the time allotted, but may still be processing the request';
    default:
      return status >= 500 ? `an error on the server (${goQuote(body === '' ? 'unknown' : body)}) has prevented the request from succeeding` : `the server responded with the status code ${status} but did not return more information`;
  }
}
