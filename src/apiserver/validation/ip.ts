/**
 * IP addresses and CIDRs as the API server reads them: leading zeros are let through, and an IPv4 address in IPv6's clothes
 * is an IPv4 address. Follows k8s.io/utils/net (ParseIPSloppy) and apimachinery pkg/util/validation/ip.go.
 */
import { isIPv6 } from 'node:net';
import { goQuote } from '../../api/quote.ts';
import type { Path } from './field.ts';

/** 4 or 16 bytes. */
export type IpBytes = readonly number[];

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

function parseV4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

/** Hex groups of one side of "::". */
const groups = (text: string): number[] => (text === '' ? [] : text.split(':').flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]));

/** The address's bytes; undefined for what is none. */
export function parseIp(text: string): IpBytes | undefined {
  if (!text.includes(':')) return parseV4(text);
  let hex = text;
  if (text.includes('.')) {
    const tail = text.lastIndexOf(':') + 1;
    const v4 = parseV4(text.slice(tail));
    if (!v4) return undefined;
    hex = `${text.slice(0, tail)}${((v4[0]! << 8) | v4[1]!).toString(16)}:${((v4[2]! << 8) | v4[3]!).toString(16)}`;
  }
  if (hex.includes('%') || !isIPv6(hex)) return undefined;
  const [head = '', rest] = hex.split('::');
  const front = groups(head);
  const back = rest === undefined ? [] : groups(rest);
  const bytes = [...front, ...new Array<number>(16 - front.length - back.length).fill(0), ...back];
  return MAPPED.every((byte, i) => bytes[i] === byte) ? bytes.slice(12) : bytes;
}

/** Go's IP.String: dotted, or RFC 5952. */
export function formatIp(bytes: IpBytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && words[end] === '0') end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best.length < 2 ? words.join(':') : `${words.slice(0, best.start).join(':')}::${words.slice(best.start + best.length).join(':')}`;
}

export const isIpv6 = (text: string): boolean => parseIp(text)?.length === 16;

export interface Cidr {
  readonly ip: IpBytes;
  /** The address without the bits behind the prefix. */
  readonly network: IpBytes;
  readonly bits: number;
}

export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const prefix = text.slice(slash + 1);
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  if (!ip || !/^\d+$/.test(prefix)) return undefined;
  // Written as IPv6, a mapped address has 128 bits.
  const extra = ip.length === 4 && text.includes(':') ? 96 : 0;
  const bits = Number(prefix) - extra;
  if (bits < 0 || bits > ip.length * 8) return undefined;
  const network = ip.map((byte, i) => byte & (0xff << Math.max(0, Math.min(8, 8 * (i + 1) - bits))) & 0xff);
  return { ip, network, bits };
}

/** Whether addresses or CIDRs are one of each family. */
export function isDualStack(texts: readonly string[]): boolean {
  const families = texts.map((text) => parseIp(text.split('/')[0] ?? '')?.length);
  return families.includes(4) && families.includes(16);
}

const mapped = (text: string): boolean => text.includes(':') && parseIp(text)?.length === 4;
const strict = (text: string): boolean => parseIp(text)?.length === 16 || /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text);

/** Spellings that a later Kubernetes will refuse or write differently (GetWarningsForIP). */
export function ipWarnings(path: Path, value: string): string[] {
  const ip = parseIp(value);
  if (!ip) return [];
  if (mapped(value) || !strict(value)) return [`${path}: non-standard IP address ${goQuote(value)} will be considered invalid in a future Kubernetes release: use ${goQuote(formatIp(ip))}`];
  return ip.length === 16 && formatIp(ip) !== value ? [`${path}: IPv6 address ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(formatIp(ip))})`] : [];
}

/** GetWarningsForCIDR. */
export function cidrWarnings(path: Path, value: string): string[] {
  const cidr = parseCidr(value);
  if (!cidr) return [];
  const warnings: string[] = [];
  const network = `${formatIp(cidr.network)}/${cidr.bits}`;
  const [address = '', prefix = ''] = value.split('/');
  if (formatIp(cidr.ip) !== formatIp(cidr.network)) warnings.push(`${path}: CIDR value ${goQuote(value)} is ambiguous in this context (should be ${goQuote(network)} or ${goQuote(`${formatIp(cidr.ip)}/${cidr.ip.length * 8}`)}?)`);
  if (mapped(address) || !strict(address) || /^0\d/.test(prefix)) warnings.push(`${path}: non-standard CIDR value ${goQuote(value)} will be considered invalid in a future Kubernetes release: use ${goQuote(network)}`);
  const canonical = `${formatIp(cidr.ip)}/${cidr.bits}`;
  if (!warnings.length && cidr.ip.length === 16 && canonical !== value) warnings.push(`${path}: IPv6 CIDR value ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(canonical)})`);
  return warnings;
}

/** What keeps an address from being the one canonical spelling of itself (IsValidIP). */
export function canonicalIpErrors(value: string): string[] {
  const ip = parseIp(value);
  if (!ip) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (mapped(value)) return ['must not be an IPv4-mapped IPv6 address'];
  if (!strict(value)) return ['must not have leading 0s'];
  return formatIp(ip) === value ? [] : [`must be in canonical form (${goQuote(formatIp(ip))})`];
}

/** The same for a CIDR (IsValidCIDR). */
export function canonicalCidrErrors(value: string): string[] {
  const cidr = parseCidr(value);
  if (!cidr) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  const [address = '', prefix = ''] = value.split('/');
  if (mapped(address)) return ['must not have an IPv4-mapped IPv6 address'];
  if (!strict(address) || /^0\d/.test(prefix)) return ['must not have leading 0s in IP or prefix length'];
  const network = formatIp(cidr.network);
  if (network !== formatIp(cidr.ip)) return ['must not have bits set beyond the prefix length'];
  return `${network}/${cidr.bits}` === value ? [] : [`must be in canonical form (${goQuote(`${network}/${cidr.bits}`)})`];
}

/** Whether one CIDR lies in another and is smaller. */
export function isStrictSubset(inner: string, outer: string): boolean {
  const [small, big] = [parseCidr(inner), parseCidr(outer)];
  if (!small || !big || small.ip.length !== big.ip.length || small.bits <= big.bits) return false;
  return formatIp(parseCidr(`${formatIp(small.network)}/${big.bits}`)?.network ?? []) === formatIp(big.network);
}
