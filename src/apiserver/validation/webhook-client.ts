/** Where a webhook is called. Follows apiserver pkg/util/webhook/validation.go. */
import { X509Certificate } from 'node:crypto';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { invalid, required, type FieldError, type Path } from './field.ts';
import { portNumberErrors } from './formats.ts';
import { goBytes } from './go-value.ts';

const PEM_BLOCK = /-----BEGIN ([^-\n]+)-----\r?\n([\s\S]*?)-----END \1-----/g;

/** Why certificates, as base64 of PEM, are none to trust by (client-go transport/transport.go: rootCertPool). */
export function caBundleFault(bundle: string): string | undefined {
  if (bundle === '') return undefined;
  const blocks = [...Buffer.from(bundle, 'base64').toString('latin1').matchAll(PEM_BLOCK)].filter(([, type, body = '']) => type === 'CERTIFICATE' && !body.includes(':'));
  const fault = (text: string): string => `unable to load root certificates: ${text}`;
  if (blocks.some(([, , body = '']) => isCertificate(body))) return undefined;
  return fault(blocks.length > 0 ? 'failed to parse certificate: x509: malformed certificate' : 'unable to parse bytes as PEM block');
}

function isCertificate(body: string): boolean {
  try {
    new X509Certificate(Buffer.from(body, 'base64'));
    return true;
  } catch {
    return false;
  }
}

export function checkCaBundle(bundle: string, path: Path, errors: FieldError[]): void {
  const fault = caBundleFault(bundle);
  if (fault !== undefined) errors.push(invalid(path, goBytes(bundle), fault));
}

interface WebhookClient {
  readonly url?: string;
  readonly service?: { readonly name?: string; readonly namespace?: string; readonly path?: string; readonly port?: number };
}

/** A clientConfig: either a URL or a Service. */
export function checkWebhookClient({ url, service }: WebhookClient, path: Path, errors: FieldError[]): void {
  if ((url === undefined) === (service === undefined)) errors.push(required(path, 'exactly one of url or service is required'));
  else if (url !== undefined) checkWebhookUrl(url, path.child('url'), errors);
  else if (service) checkWebhookService(service, path.child('service'), errors);
}

const FORM = '; desired format: https://host[/path]';
const URL_PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/;

export function checkWebhookUrl(url: string, path: Path, errors: FieldError[]): void {
  const [, scheme = '', authority = '', , query = '', fragment = ''] = URL_PARTS.exec(url) ?? [];
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : authority.slice(0, at);
  if (scheme.toLowerCase() !== 'https') errors.push(invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`));
  if (authority.slice(at + 1) === '') errors.push(invalid(path, '', `host must be specified${FORM}`));
  if (user !== undefined) errors.push(invalid(path, user, 'user information is not permitted in the URL'));
  if (fragment) errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query) errors.push(invalid(path, query, 'query parameters are not permitted in the URL'));
}

export function checkWebhookService({ name, namespace, path: url = '', port = 0 }: NonNullable<WebhookClient['service']>, path: Path, errors: FieldError[]): void {
  // Upstream hands the two over in the wrong order: a missing name is reported as a missing namespace.
  if (!namespace) errors.push(required(path.child('name')));
  if (!name) errors.push(required(path.child('namespace')));
  const faults = portNumberErrors(port);
  if (faults.length > 0) errors.push(invalid(path.child('port'), port, `port is not valid: ${faults.join(', ')}`));
  if (url === '' || url === '/') return;
  const at = path.child('path');
  if (url === '//') {
    errors.push(invalid(at, url, 'segment[0] may not be empty'));
    return;
  }
  if (!url.startsWith('/')) errors.push(invalid(at, url, "must start with a '/'"));
  url.slice(1).replace(/\/$/, '').split('/').forEach((step, i) => {
    if (step === '') errors.push(invalid(at, url, `segment[${i}] may not be empty`));
    else for (const text of dns1123SubdomainErrors(step)) errors.push(invalid(at, url, `segment[${i}]: ${text}`));
  });
}
