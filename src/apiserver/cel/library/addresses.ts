/** IP addresses, networks and URLs: apiserver pkg/cel/library/{ip,cidr,urls}.go. */
import { isIPv4, isIPv6 } from 'node:net';
import { urlFault } from '../../../api/go-url.ts';
import { goQuote } from '../../../api/quote.ts';
import { CelError } from '../errors.ts';
import { opaque } from '../types.ts';
import { CelList, CelOpaque, LiteralMap } from '../values.ts';
import { overload, traversal, type Overload } from './library.ts';

const IP = opaque('net.IP');
const CIDR = opaque('net.CIDR');
const URL_TYPE = opaque('kubernetes.URL');

/** An address as the bits of a big number. */
export class Ip extends CelOpaque {
  readonly type = IP;
  constructor(
    readonly bits: bigint,
    readonly family: 4 | 6,
  ) {
    super();
  }
  get length(): number {
    return this.family === 4 ? 32 : 128;
  }
  equals(other: CelOpaque): boolean {
    return other instanceof Ip && other.family === this.family && other.bits === this.bits;
  }
  override toString(): string {
    if (this.family === 4) return [24n, 16n, 8n, 0n].map((shift) => (this.bits >> shift) & 255n).join('.');
    const groups = Array.from({ length: 8 }, (_, i) => ((this.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':');
    return new URL(`http://[${groups}]`).hostname.slice(1, -1);
  }
}

class Cidr extends CelOpaque {
  readonly type = CIDR;
  constructor(
    readonly ip: Ip,
    readonly prefix: number,
  ) {
    super();
  }
  equals(other: CelOpaque): boolean {
    return other instanceof Cidr && other.prefix === this.prefix && other.ip.equals(this.ip);
  }
  mask(ip: Ip): bigint {
    const host = BigInt(ip.length - this.prefix);
    return (ip.bits >> host) << host;
  }
  holds(ip: Ip): boolean {
    return ip.family === this.ip.family && this.mask(ip) === this.mask(this.ip);
  }
  override toString(): string {
    return `${this.ip.toString()}/${this.prefix}`;
  }
}

function bitsOf(text: string): Ip | undefined {
  if (isIPv4(text)) return new Ip(text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n), 4);
  if (!isIPv6(text)) return undefined;
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return new Ip(groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n), 6);
}

const isMapped = (ip: Ip): boolean => ip.family === 6 && ip.bits >> 32n === 0xffffn;

export function readIp(text: string): Ip {
  if (text.includes('%') && isIPv6(text.slice(0, text.indexOf('%')))) throw new CelError(`IP address ${goQuote(text)} with zone value is not allowed`);
  const ip = bitsOf(text);
  if (!ip) throw new CelError(`IP Address ${goQuote(text)} parse error during conversion from string: ParseAddr(${goQuote(text)}): unable to parse IP`);
  if (isMapped(ip)) throw new CelError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
  return ip;
}

function readCidr(text: string): Cidr {
  const slash = text.lastIndexOf('/');
  const fail = (why: string): CelError => new CelError(`network address parse error during conversion from string: netip.ParsePrefix(${goQuote(text)}): ${why}`);
  if (slash < 0) throw fail("no '/'");
  const ip = bitsOf(text.slice(0, slash));
  if (!ip) throw fail(`ParseAddr(${goQuote(text.slice(0, slash))}): unable to parse IP`);
  const bits = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(bits)) throw fail(`bad bits after slash: ${goQuote(bits)}`);
  if (Number(bits) > ip.length) throw fail('prefix length out of range');
  if (isMapped(ip)) throw new CelError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
  return new Cidr(ip, Number(bits));
}

const works = (read: (text: string) => unknown) => (text: string): boolean => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

const within = (ip: Ip, ...networks: string[]): boolean => networks.some((network) => readCidr(network).holds(ip));
const loopback = (ip: Ip): boolean => within(ip, '127.0.0.0/8', '::1/128');
const linkLocal = (ip: Ip): boolean => within(ip, '169.254.0.0/16', 'fe80::/10');
const unspecified = (ip: Ip): boolean => ip.bits === 0n;
const globalUnicast = (ip: Ip): boolean => !unspecified(ip) && !loopback(ip) && !linkLocal(ip) && !within(ip, '224.0.0.0/4', 'ff00::/8', '255.255.255.255/32');

const containsCidr = (outer: Cidr, inner: Cidr): boolean => inner.prefix >= outer.prefix && outer.holds(inner.ip);

class Url extends CelOpaque {
  readonly type = URL_TYPE;
  readonly #parts: RegExpExecArray;
  constructor(readonly text: string) {
    super();
    const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:[^@/?#]*@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(text);
    const fail = (why: string): CelError => new CelError(`URL parse error during conversion from string: parse ${goQuote(text)}: ${why}`);
    if (!parts || text === '') throw fail(text === '' ? 'empty url' : 'invalid URI for request');
    if ([...text].some((char) => char < ' ' || char === '\x7f')) throw fail('net/url: invalid control character in URL');
    if (parts[1] === undefined && !text.startsWith('/')) throw fail(/^[^/]*:/.test(text) ? 'first path segment in URL cannot contain colon' : 'invalid URI for request');
    const fault = urlFault(text);
    if (fault !== undefined) throw fail(fault);
    this.#parts = parts;
  }
  equals(other: CelOpaque): boolean {
    return other instanceof Url && other.text === this.text;
  }
  get scheme(): string {
    return (this.#parts[1] ?? '').toLowerCase();
  }
  get host(): string {
    return this.#parts[2] ?? '';
  }
  get hostname(): string {
    return this.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  }
  get port(): string {
    return /:(\d*)$/.exec(this.host)?.[1] ?? '';
  }
  get path(): string {
    return encodeURI(decodeURI(this.#parts[3] ?? ''));
  }
  query(): LiteralMap {
    const query = new URLSearchParams(this.#parts[4] ?? '');
    return LiteralMap.of([...new Set(query.keys())].map((key) => [key, new CelList(query.getAll(key))] as const));
  }
}

const own = (text: string): number => traversal(text.length);

export const ADDRESSES: readonly Overload[] = [
  overload('ip(string): net.IP', readIp, own),
  overload('net.IP.family(): int', (ip: Ip) => BigInt(ip.family)),
  overload('ip.isCanonical(string): bool', (text: string) => readIp(text).toString() === text, (text: string) => traversal(2 * text.length)),
  overload('net.IP.isUnspecified(): bool', unspecified),
  overload('net.IP.isLoopback(): bool', loopback),
  overload('net.IP.isLinkLocalMulticast(): bool', (ip: Ip) => within(ip, '224.0.0.0/24', 'ff02::/16')),
  overload('net.IP.isLinkLocalUnicast(): bool', linkLocal),
  overload('net.IP.isGlobalUnicast(): bool', globalUnicast),
  overload('isIP(string): bool', works(readIp), own),
  overload('string(net.IP): string', (ip: Ip) => ip.toString()),
  overload('cidr(string): net.CIDR', readCidr, own),
  overload('net.CIDR.containsIP(string): bool', (cidr: Cidr, text: string) => cidr.holds(readIp(text))),
  overload('net.CIDR.containsIP(net.IP): bool', (cidr: Cidr, ip: Ip) => cidr.holds(ip)),
  overload('net.CIDR.containsCIDR(string): bool', (cidr: Cidr, text: string) => containsCidr(cidr, readCidr(text))),
  overload('net.CIDR.containsCIDR(net.CIDR): bool', containsCidr),
  overload('net.CIDR.ip(): net.IP', (cidr: Cidr) => cidr.ip),
  overload('net.CIDR.prefixLength(): int', (cidr: Cidr) => BigInt(cidr.prefix)),
  overload('net.CIDR.masked(): net.CIDR', (cidr: Cidr) => new Cidr(new Ip(cidr.mask(cidr.ip), cidr.ip.family), cidr.prefix)),
  overload('isCIDR(string): bool', works(readCidr), own),
  overload('string(net.CIDR): string', (cidr: Cidr) => cidr.toString()),
  overload('url(string): kubernetes.URL', (text: string) => new Url(text), own),
  overload('kubernetes.URL.getScheme(): string', (url: Url) => url.scheme),
  overload('kubernetes.URL.getHost(): string', (url: Url) => url.host),
  overload('kubernetes.URL.getHostname(): string', (url: Url) => url.hostname),
  overload('kubernetes.URL.getPort(): string', (url: Url) => url.port),
  overload('kubernetes.URL.getEscapedPath(): string', (url: Url) => url.path),
  overload('kubernetes.URL.getQuery(): map(string, list(string))', (url: Url) => url.query()),
  overload('isURL(string): bool', works((text) => new Url(text))),
];
