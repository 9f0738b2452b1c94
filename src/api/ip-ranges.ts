/** IPv4 addresses as numbers, and ranges of them. */

/** "10.96.0.1" as a number; undefined for anything that is no IPv4 address. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

export function formatAddress(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

/** The addresses of an IPv4 CIDR. */
export class AddressRange {
  readonly first: number;
  readonly size: number;

  /** Throws an Error for anything that is no IPv4 CIDR. */
  constructor(readonly cidr: string) {
    const [base = '', bits = ''] = cidr.split('/');
    const address = parseAddress(base);
    const length = Number(bits);
    if (address === undefined || !/^\d+$/.test(bits) || length > 32) throw new Error(`invalid CIDR address: ${cidr}`);
    this.size = 2 ** (32 - length);
    this.first = address - (address % this.size);
  }

  get last(): number {
    return this.first + this.size - 1;
  }

  /** Whether an address can be given out: neither the network's own nor the broadcast. */
  usable(address: number): boolean {
    return address > this.first && address < this.last;
  }

  overlaps(other: AddressRange): boolean {
    return this.first <= other.last && other.first <= this.last;
  }

  /** Whether all addresses of the other are this one's, too. */
  covers(other: AddressRange): boolean {
    return this.first <= other.first && other.last <= this.last;
  }
}
