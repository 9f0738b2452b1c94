/** What Go's net/url refuses of an address (url.go: Parse). */
import { goQuote } from './quote.ts';

/** What is wrong with the part between "//" and the path, or with an escape outside of the query; undefined where nothing is. */
export function urlFault(address: string): string | undefined {
  const escape = /%(?![0-9a-f]{2}).{0,2}/is.exec(address.replace(/\?[^#]*/, ''))?.[0];
  if (escape !== undefined) return `invalid URL escape ${goQuote(escape)}`;
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(address)?.[1]?.replace(/^.*@/, '') ?? '';
  const letter = /[ <>"]/.exec(authority)?.[0];
  if (letter !== undefined) return `invalid character ${goQuote(letter)} in host name`;
  if (authority.startsWith('[') && !authority.includes(']')) return "missing ']' in host";
  const port = /:([^\]:]*)$/.exec(authority)?.[1] ?? '';
  return /^\d*$/.test(port) ? undefined : `invalid port ${goQuote(`:${port}`)} after host`;
}
