/** The `continue` of a list: where its next page begins. Follows apiserver pkg/storage/continue.go. */
import { jsonSyntaxError } from '../../api/json-scan.ts';
import { badRequest } from '../../api/status.ts';

const VERSION = 'meta.k8s.io/v1';

/** A page's end: what to go on after, at which revision. A negative revision: the newest. */
export interface Token {
  readonly revision: number;
  /** Relative to the list's prefix. */
  readonly start: string;
}

export function encodeToken({ revision, start }: Token): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: revision, start })).toString('base64url');
}

/** Throws 400 for what no server has given out. */
export function decodeToken(text: string): Token {
  const fault = base64Fault(text);
  if (fault) throw bad(`: ${fault}`);
  const bytes = Buffer.from(text, 'base64url');
  const json = bytes.toString();
  // Go reads byte by byte.
  const syntax = jsonSyntaxError(bytes.toString('latin1'));
  if (syntax) throw bad(`: ${syntax}`);
  const token = JSON.parse(json) as unknown;
  if (typeof token !== 'object' || Array.isArray(token)) throw bad(`: json: cannot unmarshal ${Array.isArray(token) ? 'array' : typeof token} into Go value of type storage.continueToken`);
  const { v = '', rv = 0, start = '' } = (token ?? {}) as { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown };
  if (v !== VERSION) throw bad(`: server does not recognize this encoded version ${String(v)}`);
  if (typeof rv !== 'number' || !Number.isInteger(rv) || rv === 0) throw bad(`: incorrect encoded start resourceVersion (version ${VERSION})`);
  if (typeof start !== 'string' || start === '') throw bad(`: encoded start key empty (version ${VERSION})`);
  const relative = start.startsWith('/') ? start.slice(1) : start;
  // No page begins outside of its list.
  if (relative.split('/').some((part) => part === '..' || part === '.' || part === '')) throw bad(`: ${start}`);
  return { revision: rv, start: relative };
}

const bad = (why: string) => badRequest(`invalid continue token: continue key is not valid${why}`);

/** What Go's encoding/base64 says about a text that is none (RawURLEncoding). */
function base64Fault(text: string): string | undefined {
  const wrong = /[^\w\r\n-]/.exec(text)?.index;
  const at = wrong ?? (text.replace(/[\r\n]/g, '').length % 4 === 1 ? text.length - 1 : undefined);
  return at === undefined ? undefined : `illegal base64 data at input byte ${at}`;
}
