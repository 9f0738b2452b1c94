/**
 * Resource quantities: "500m", "1Gi", "1e3". Exact arithmetic on nano-units in a BigInt where needed, and the canonical
 * form that the API server stores. Follows apimachinery pkg/api/resource/quantity.go.
 */

type Format = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

const PATTERN = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Decimal suffixes by their power of ten. */
const DECIMAL: ReadonlyMap<string, number> = new Map([['n', -9], ['u', -6], ['m', -3], ['', 0], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18]]);
const NANO = 1_000_000_000n;
/** What binary amounts are cut to: the largest number of 64 bits. */
const MAX_BINARY = (2n ** 63n - 1n) * NANO;

/** The largest power of ten. Upstream keeps powers apart and takes some of billions; nobody has so much of anything, and its digits have to be written out here. */
const MAX_POWER = 100_000;
const POWER_ERROR = "unable to parse quantity's suffix";

/** What is wrong with a text that is no quantity (resource.ErrFormatWrong). */
export const QUANTITY_FORMAT_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** An immutable amount. */
export class Quantity {
  /** @param nano the amount in billionths */
  constructor(
    readonly nano: bigint,
    readonly format: Format,
  ) {}

  /** The amount as an integer, rounded away from zero. */
  value(): number {
    return Number(divideAway(this.nano, NANO));
  }

  /** Thousandths, rounded away from zero: millicores for CPU. */
  milliValue(): number {
    return Number(divideAway(this.nano, 1_000_000n));
  }

  compare(other: Quantity): -1 | 0 | 1 {
    return this.nano < other.nano ? -1 : this.nano > other.nano ? 1 : 0;
  }
  add(other: Quantity): Quantity {
    return new Quantity(this.nano + other.nano, this.nano === 0n ? other.format : this.format);
  }
  sub(other: Quantity): Quantity {
    return new Quantity(this.nano - other.nano, this.nano === 0n ? other.format : this.format);
  }
  isZero(): boolean {
    return this.nano === 0n;
  }

  /** The canonical form: no fraction, the largest suffix that needs none. */
  toString(): string {
    const { nano } = this;
    if (nano === 0n) return '0';
    const sign = nano < 0n ? '-' : '';
    const amount = nano < 0n ? -nano : nano;
    if (this.format === 'BinarySI' && amount % NANO === 0n && amount / NANO >= 1024n) {
      let whole = amount / NANO;
      let power = 0;
      while (whole % 1024n === 0n && power < 6) {
        whole /= 1024n;
        power++;
      }
      return `${sign}${whole}${BINARY[power]}`;
    }
    const text = String(amount);
    let dropped = 0;
    while (text.endsWith('000', text.length - dropped)) dropped += 3;
    const digits = text.slice(0, text.length - dropped);
    const exponent = dropped - 9;
    if (this.format === 'DecimalExponent') return `${sign}${digits}${exponent === 0 ? '' : `e${exponent}`}`;
    for (const [suffix, power] of DECIMAL) if (power === exponent) return `${sign}${digits}${suffix}`;
    // Upstream has no suffix beyond E, and writes none.
    return `${sign}${digits}`;
  }
}

function divideAway(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  const rest = value % by;
  return rest === 0n ? quotient : rest > 0n ? quotient + 1n : quotient - 1n;
}

/** Reads a quantity; a JSON number is taken as its decimal text. Throws an Error with upstream's text. */
export function parseQuantity(text: string | number): Quantity {
  const match = PATTERN.exec(String(text));
  if (!match) throw new Error(QUANTITY_FORMAT_ERROR);
  const [, sign, number = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = number.split('.');
  let format: Format = 'DecimalSI';
  let scale = 1n;
  let power = 0;
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) {
    format = 'BinarySI';
    scale = 1024n ** BigInt(binary);
  } else if (DECIMAL.has(suffix)) power = DECIMAL.get(suffix) ?? 0;
  else {
    format = 'DecimalExponent';
    power = Number(suffix.slice(1));
  }
  if (power > MAX_POWER) throw new Error(POWER_ERROR);
  const digits = BigInt(`${whole}${fraction}` || '0') * scale;
  // However small it is, it is rounded up to one billionth.
  const shift = Math.max(power, -MAX_POWER) - fraction.length + 9;
  const exact = shift >= 0 ? digits * 10n ** BigInt(shift) : divideAway(digits, 10n ** BigInt(-shift));
  const magnitude = format === 'BinarySI' && exact > MAX_BINARY ? MAX_BINARY : exact;
  return new Quantity(sign === '-' ? -magnitude : magnitude, format);
}

/** The stored form of a quantity's text: the text itself, where Go takes it for canonical at a glance ("+1", "1.500"; ParseQuantity's fast path). */
export function canonicalQuantity(text: string | number): string {
  return looksCanonical(String(text)) ? String(text) : parseQuantity(text).toString();
}

/** The most digits and the smallest power of ten that are certain to fit into 64 bits. */
const FAST_DIGITS = 18;
const FAST_BINARY_DIGITS = 14;
const NANO_POWER = -9;

function looksCanonical(text: string): boolean {
  const [, , number = '', suffix = ''] = PATTERN.exec(text) ?? [];
  const [whole = '', fraction = ''] = number.split('.');
  const digits = `${whole.replace(/^0+/, '') || '0'}${fraction}`;
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return fraction === '' && digits.length + 3 * binary <= FAST_BINARY_DIGITS && Number(digits) % 8 !== 0;
  const power = (DECIMAL.get(suffix) ?? Number(suffix.slice(1))) - fraction.length;
  return digits.length <= FAST_DIGITS && power >= NANO_POWER && power <= MAX_POWER && power % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
}
