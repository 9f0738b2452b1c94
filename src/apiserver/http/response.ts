/**
 * Writes answers: the headers that each one has, indentation where a person looks, compression of long ones. Follows
 * apiserver pkg/endpoints/handlers/responsewriters and negotiation, pkg/endpoints/filters/audit_init.go.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TIME_HEADER } from '../../api/rest.ts';
import { internalError, StatusError } from '../../api/status.ts';
import { asksPretty, wireText } from '../../api/wire-form.ts';
import type { Now } from '../../simulation/clock.ts';
import type { Answer } from '../answer.ts';
import type { Classified } from '../flowcontrol/flow-control.ts';

export const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** Longer ones are compressed for clients that take it, quickly rather than well. */
const GZIP_FROM_BYTES = 128 * 1024;
const GZIP_LEVEL = 1;
/** Programs that people read with. */
const READERS = /^(?:curl|Wget|Mozilla\/5\.0)/;
/** The longest id of a client's own. */
const MAX_AUDIT_ID = 64;

/** What Go's mux and go-restful answer where they find nothing to ask; client-go words it by the code. */
const BARE: Readonly<Record<string, string>> = {
  'NotFound the server could not find the requested resource': '404 page not found\n',
  'MethodNotAllowed the server does not allow this method on the requested resource': '405: Method Not Allowed',
};

export class ResponseWriter {
  readonly #auditId: string;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly clock: Now,
  ) {
    const given = request.headers['audit-id'];
    this.#auditId = typeof given === 'string' && given !== '' ? given.slice(0, MAX_AUDIT_ID) : randomUUID();
  }

  /** Headers of an answer that goes out as it comes; what has no body has no type ('') either. */
  head(contentType: string): Record<string, string> {
    const now = this.clock.now();
    return { 'Audit-Id': this.#auditId, 'Cache-Control': 'no-cache, private', ...(contentType === '' ? {} : { 'Content-Type': contentType }), Date: new Date(now).toUTCString(), [TIME_HEADER]: String(now) };
  }

  json(code: number, value: object): Promise<void> {
    return this.text(code, JSON_TYPE, wireText(value, this.#isPretty()));
  }

  async yaml(code: number, value: object): Promise<void> {
    const { stringify } = await import('yaml');
    return this.text(code, 'application/yaml', stringify(value, { sortMapEntries: true }));
  }

  /** A document with headers of its own; to a client that has it already, only that it has. */
  async document({ code, contentType, body, binary = false, headers = {}, immutableMs }: Answer): Promise<void> {
    const all = { ...headers, ...(immutableMs === undefined ? {} : { 'Cache-Control': 'public, immutable', Expires: new Date(this.clock.now() + immutableMs).toUTCString() }) };
    if (headers['ETag'] === undefined || this.request.headers['if-none-match'] !== headers['ETag']) return this.text(code, contentType, body, binary ? 'latin1' : 'utf8', all);
    this.response.writeHead(304, { ...this.head(contentType), ...all });
    this.response.end();
  }

  /** What is text already. */
  async text(code: number, contentType: string, body: string, encoding: 'utf8' | 'latin1' = 'utf8', more: Readonly<Record<string, string>> = {}): Promise<void> {
    let bytes: Buffer = Buffer.from(body, encoding);
    const headers = { ...this.head(contentType), ...more };
    if (bytes.length > GZIP_FROM_BYTES && this.#takesGzip()) {
      bytes = await compress(bytes);
      headers['Content-Encoding'] = 'gzip';
      headers['Vary'] = 'Accept-Encoding';
    }
    this.response.writeHead(code, { ...headers, 'Content-Length': String(bytes.length) });
    this.response.end(bytes);
  }

  async fail(error: unknown): Promise<void> {
    if (this.response.headersSent) {
      this.response.destroy();
      return;
    }
    const { status, code, reason, message, warnings } = error instanceof StatusError ? error : internalError(error instanceof Error ? error.message : String(error));
    this.warn(warnings);
    const bare = BARE[`${reason} ${message}`];
    if (bare !== undefined) return this.text(code, TEXT_TYPE, bare);
    const retryAfter = status.details?.retryAfterSeconds;
    if (retryAfter) this.response.setHeader('Retry-After', String(retryAfter));
    return this.json(code, status);
  }

  /** What flow control has made of the request, in the letters that Go gives to header names. */
  classify({ schemaUid, levelUid }: Classified): void {
    this.response.setHeader('X-Kubernetes-Pf-Flowschema-Uid', schemaUid);
    this.response.setHeader('X-Kubernetes-Pf-Prioritylevel-Uid', levelUid);
  }

  /** Refuses a request that flow control has no place for (pkg/server/filters/maxinflight.go: tooManyRequests). */
  tooMany(): Promise<void> {
    return this.text(429, TEXT_TYPE, 'Too many requests, please try again later.\n', 'utf8', { 'Retry-After': '1', 'X-Content-Type-Options': 'nosniff' });
  }

  /** RFC 7234's warn-code, agent and quoted text; UTF-8 goes out byte by byte, as headers must. */
  warn(texts: readonly string[]): void {
    if (texts.length === 0) return;
    this.response.setHeader('Warning', texts.map((text) => {
      const line = text.replace(/[\r\n]+/g, ' ').replace(/(["\\])/g, '\\$1');
      return `299 - "${Buffer.from(line, 'utf8').toString('latin1')}"`;
    }));
  }

  #isPretty(): boolean {
    const { url = '', headers } = this.request;
    return asksPretty(url) ?? READERS.test(headers['user-agent'] ?? '');
  }

  #takesGzip(): boolean {
    const accepted = this.request.headers['accept-encoding'];
    return typeof accepted === 'string' && accepted.split(',').some((encoding) => encoding.trim() === 'gzip');
  }
}

async function compress(bytes: Buffer): Promise<Buffer> {
  const { gzip } = await import('node:zlib');
  return new Promise((resolve, reject) => gzip(bytes, { level: GZIP_LEVEL }, (error, result) => (error ? reject(error) : resolve(result))));
}
