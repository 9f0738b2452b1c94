/** fmt.Sprintf and fmt.Sprint for the values that templates know (fmt/print.go and fmt/format.go). */
import { goQuote } from '../../../api/quote.ts';
import { goFloat, goSyntax, goText, sortedKeys } from '../../../api/go-value.ts';
import { Boxed, Complex, Float, Int, isMap, typeOf, unboxed } from './values.ts';

/** %v */
export function show(value: unknown): string {
  if (value instanceof Boxed) return show(value.value);
  if (value === null || value === undefined) return '<nil>';
  if (value instanceof Int) return String(value.value);
  if (value instanceof Float) return goFloat(value.value);
  if (value instanceof Complex) return `(0${signed(goFloat(value.imaginary))}i)`;
  return goText(value, 'int64');
}

const signed = (text: string): string => (/^[-+]/.test(text) ? text : `+${text}`);

/** fmt.Sprint: a space between two operands when neither is a string. */
export function sprint(values: readonly unknown[]): string {
  let text = '';
  values.forEach((value, index) => {
    if (index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string') text += ' ';
    text += show(value);
  });
  return text;
}

/** fmt.Sprintln */
export const sprintln = (values: readonly unknown[]): string => `${values.map(show).join(' ')}\n`;

/** One directive: flags, width and precision. */
interface Spec {
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** fmt.Sprintf */
export function sprintf(format: string, values: readonly unknown[]): string {
  return new Printf(format, values).run();
}

/** The largest width and precision that Go takes. */
const TOO_LARGE = 1_000_000;

class Printf {
  #at = 0;
  #argument = 0;
  #reordered = false;
  #goodIndex = true;
  /** An index stands directly before where we are. */
  #afterIndex = false;

  constructor(
    private readonly format: string,
    private readonly values: readonly unknown[],
  ) {}

  run(): string {
    let text = '';
    for (;;) {
      const percent = this.format.indexOf('%', this.#at);
      if (percent < 0) break;
      text += this.format.slice(this.#at, percent);
      this.#at = percent + 1;
      text += this.#directive();
    }
    text += this.format.slice(this.#at);
    if (this.#reordered || this.#argument >= this.values.length) return text;
    const extra = this.values.slice(this.#argument).map((value) => (value === null || value === undefined ? '<nil>' : `${typeOf(value)}=${show(value)}`));
    return `${text}%!(EXTRA ${extra.join(', ')})`;
  }

  #directive(): string {
    this.#goodIndex = true;
    this.#afterIndex = false;
    let text = '';
    const flags = /[-+# 0]*/y;
    flags.lastIndex = this.#at;
    const given = flags.exec(this.format)?.[0] ?? '';
    this.#at += given.length;
    let minus = given.includes('-');
    let zero = given.includes('0');
    this.#index();
    let width: number | undefined;
    if (this.format[this.#at] === '*') {
      this.#at++;
      width = this.#integer();
      if (width === undefined) text += '%!(BADWIDTH)';
      else if (width < 0) {
        width = -width;
        minus = true;
        zero = false;
      }
      this.#afterIndex = false;
    } else {
      width = this.#number();
      if (this.#afterIndex && width !== undefined) this.#goodIndex = false;
    }
    let precision: number | undefined;
    if (this.format[this.#at] === '.') {
      this.#at++;
      if (this.#afterIndex) this.#goodIndex = false;
      this.#index();
      if (this.format[this.#at] === '*') {
        this.#at++;
        precision = this.#integer();
        if (precision !== undefined && precision < 0) precision = undefined;
        if (precision === undefined) text += '%!(BADPREC)';
        this.#afterIndex = false;
      } else precision = this.#number() ?? 0;
    }
    if (!this.#afterIndex) this.#index();
    const code = this.format.codePointAt(this.#at);
    if (code === undefined) return `${text}%!(NOVERB)`;
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    if (verb === '%') return `${text}%`;
    if (!this.#goodIndex) return `${text}%!${verb}(BADINDEX)`;
    if (this.#argument >= this.values.length) return `${text}%!${verb}(MISSING)`;
    const spec: Spec = { plus: given.includes('+'), minus, sharp: given.includes('#'), space: given.includes(' '), zero: zero && !minus, width, precision };
    return text + formatValue(this.values[this.#argument++], verb, spec, true);
  }

  /** "[3]" chooses the argument. */
  #index(): void {
    if (this.format[this.#at] !== '[') return;
    this.#reordered = true;
    const close = this.format.indexOf(']', this.#at);
    const digits = close < 0 ? '' : this.format.slice(this.#at + 1, close);
    this.#at = close < 0 ? this.#at + 1 : close + 1;
    const chosen = /^\d+$/.test(digits) ? Number(digits) : 0;
    if (chosen >= 1 && chosen <= this.values.length) {
      this.#argument = chosen - 1;
      this.#afterIndex = true;
    } else {
      this.#goodIndex = false;
      this.#afterIndex = close >= 0 && /^\d+$/.test(digits);
    }
  }

  #number(): number | undefined {
    const digits = /\d+/y;
    digits.lastIndex = this.#at;
    const text = digits.exec(this.format)?.[0];
    if (text === undefined) return undefined;
    this.#at += text.length;
    return Number(text) > TOO_LARGE ? undefined : Number(text);
  }

  #integer(): number | undefined {
    if (this.#argument >= this.values.length) return undefined;
    const value = unboxed(this.values[this.#argument++]);
    const whole = value instanceof Int ? value.value : typeof value === 'number' && Number.isInteger(value) ? value : undefined;
    return whole !== undefined && Math.abs(whole) <= TOO_LARGE ? whole : undefined;
  }
}

function pad(text: string, { width, minus }: Spec, zero = false): string {
  const missing = (width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  if (minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}

/** print.go: printArg and printValue. A verb goes to the elements of lists and maps. */
function formatValue(given: unknown, verb: string, spec: Spec, top: boolean): string {
  const value = unboxed(given);
  if (value === null || value === undefined) {
    if (!top) return verb === 'v' && spec.sharp ? 'interface {}(nil)' : '<nil>';
    return verb === 'T' || verb === 'v' ? pad('<nil>', spec) : `%!${verb}(<nil>)`;
  }
  if (verb === 'T') return pad(typeOf(value), spec);
  if (verb === 'v' && spec.sharp && typeof value === 'object' && (Array.isArray(value) || isMap(value))) return goSyntax(value, 'int64');
  if (Array.isArray(value)) return `[${value.map((item: unknown) => formatValue(item, verb, spec, false)).join(' ')}]`;
  if (isMap(value)) return `map[${sortedKeys(value).map((key) => `${formatValue(key, verb, spec, false)}:${formatValue(value[key], verb, spec, false)}`).join(' ')}]`;
  return formatScalar(value, verb, spec) ?? `%!${verb}(${typeOf(value)}=${formatScalar(value, 'v', { ...spec, sharp: false }) ?? ''})`;
}

/** Undefined where the verb is none for the value. */
function formatScalar(value: unknown, verb: string, spec: Spec): string | undefined {
  if (typeof value === 'boolean') return verb === 't' || verb === 'v' ? pad(String(value), spec, spec.zero) : undefined;
  if (typeof value === 'string') return formatString(value, verb, spec);
  if (value instanceof Complex) return formatComplex(value, verb, spec);
  if (value instanceof Float) return formatFloat(value.value, verb, spec);
  if (value instanceof Int) return formatInteger(value.value, verb, spec, value.type === 'uint8');
  if (typeof value !== 'number') return undefined;
  return typeOf(value) === 'int64' ? formatInteger(value, verb, spec) : formatFloat(value, verb, spec);
}

function formatString(text: string, verb: string, spec: Spec): string | undefined {
  const { precision } = spec;
  const cut = precision === undefined ? text : [...text].slice(0, precision).join('');
  switch (verb) {
    case 'v':
      if (spec.sharp) return pad(goQuote(cut), spec, spec.zero);
      return pad(cut, spec, spec.zero);
    case 's':
      return pad(cut, spec, spec.zero);
    case 'q':
      if (spec.sharp && !/[`\x00-\x08\x0a-\x1f\x7f\ufeff]/.test(cut)) return pad(`\`${cut}\``, spec, spec.zero);
      return pad(spec.plus ? asciiQuote(goQuote(cut)) : goQuote(cut), spec, spec.zero);
    case 'x':
    case 'X': {
      const bytes = Buffer.from(text).subarray(0, precision);
      const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
      const prefix = spec.sharp ? '0x' : '';
      const hex = digits.length === 0 ? '' : spec.space ? digits.map((each) => prefix + each).join(' ') : prefix + digits.join('');
      return pad(verb === 'X' ? hex.toUpperCase() : hex, spec, spec.zero);
    }
    default:
      return undefined;
  }
}

/** Characters beyond ASCII as \u escapes. */
const asciiQuote = (quoted: string): string => quoted.replace(/[^\x00-\x7f]/gu, (char) => {
  const code = char.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
});

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatInteger(value: number, verb: string, spec: Spec, unsigned = false): string | undefined {
  if (verb === 'v' && spec.sharp && unsigned) return formatInteger(value, 'x', spec);
  const base = BASES[verb];
  if (base === undefined) return formatRune(value, verb, spec);
  const { precision, width } = spec;
  if (precision === 0 && value === 0) return ' '.repeat(width ?? 0);
  const sign = value < 0 ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  const least = precision ?? (spec.zero && width !== undefined ? width - sign.length : 0);
  let digits = BigInt(Math.abs(value)).toString(base).padStart(least, '0');
  if (spec.sharp && verb !== 'v') digits = `${base === 2 ? '0b' : base === 16 ? '0x' : base === 8 && !digits.startsWith('0') ? '0' : ''}${digits}`;
  if (verb === 'O') digits = `0o${digits}`;
  return pad(sign + (verb === 'X' ? digits.toUpperCase() : digits), spec);
}

function formatRune(value: number, verb: string, spec: Spec): string | undefined {
  const valid = value >= 0 && value <= 0x10ffff && !(value >= 0xd800 && value < 0xe000);
  const char = valid ? String.fromCodePoint(value) : '\ufffd';
  switch (verb) {
    case 'c':
      return pad(char, spec, spec.zero);
    case 'q': {
      const quoted = char === "'" ? "'\\''" : char === '"' ? `'"'` : `'${goQuote(char).slice(1, -1)}'`;
      return pad(spec.plus ? asciiQuote(quoted) : quoted, spec, spec.zero);
    }
    case 'U': {
      const shown = value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value);
      const text = `U+${shown.toString(16).toUpperCase().padStart(Math.max(4, spec.precision ?? 0), '0')}`;
      return pad(spec.sharp && valid ? `${text} '${char}'` : text, spec);
    }
    default:
      return undefined;
  }
}

function formatFloat(value: number, verb: string, spec: Spec): string | undefined {
  const digits = floatDigits(value, verb, spec.precision);
  if (digits === undefined) return undefined;
  const negative = digits.startsWith('-');
  const sign = negative ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  const text = negative ? digits.slice(1) : digits.replace(/^\+/, '');
  if (!Number.isFinite(value)) return pad((sign === '' && value === Infinity ? '+' : sign) + text, spec);
  return spec.zero && spec.width !== undefined ? sign + text.padStart(spec.width - sign.length, '0') : pad(sign + text, spec);
}

const twoDigits = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2');

/** strconv.FormatFloat */
function floatDigits(value: number, verb: string, precision: number | undefined): string | undefined {
  if (!Number.isFinite(value) && 'veEfFgG'.includes(verb)) return goFloat(value);
  switch (verb) {
    case 'f':
    case 'F':
      return value.toFixed(Math.min(precision ?? 6, 100));
    case 'e':
      return twoDigits(value.toExponential(Math.min(precision ?? 6, 100)));
    case 'E':
      return twoDigits(value.toExponential(Math.min(precision ?? 6, 100))).toUpperCase();
    case 'v':
    case 'g':
    case 'G': {
      if (precision === undefined) return verb === 'G' ? goFloat(value).toUpperCase() : goFloat(value);
      const significant = Math.min(precision || 1, 100);
      const [mantissa = '0', exponent = '0'] = value.toExponential(significant - 1).split('e');
      const power = Number(exponent);
      const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
      const text = power < -4 || power >= significant ? `${trim(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}` : trim(value.toFixed(Math.max(0, significant - 1 - power)));
      return verb === 'G' ? text.toUpperCase() : text;
    }
    case 'b':
      return binary(value);
    case 'x':
    case 'X': {
      const text = hexadecimal(value, precision);
      return verb === 'X' ? text.toUpperCase() : text;
    }
    default:
      return undefined;
  }
}

/** The bits of a float64: mantissa with the hidden bit, exponent of its last bit. */
function bitsOf(value: number): { sign: string; mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return { sign: bits >> 63n ? '-' : '', mantissa: biased === 0 ? fraction : fraction | (1n << 52n), exponent: (biased === 0 ? 1 : biased) - 1023 - 52 };
}

function binary(value: number): string {
  const { sign, mantissa, exponent } = bitsOf(value);
  return `${sign}${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

function hexadecimal(value: number, precision: number | undefined): string {
  let { mantissa, exponent } = bitsOf(value);
  const { sign } = bitsOf(value);
  exponent = mantissa === 0n ? 0 : exponent + 52;
  if (precision !== undefined && precision < 13) {
    const shift = BigInt(52 - precision * 4);
    const half = 1n << (shift - 1n);
    const rest = mantissa & ((1n << shift) - 1n);
    mantissa >>= shift;
    if (rest > half || (rest === half && mantissa & 1n)) mantissa++;
    mantissa <<= shift;
    if (mantissa >> 53n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const fraction = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const shown = precision === undefined ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0');
  return `${sign}0x${mantissa >> 52n}${shown === '' ? '' : `.${shown}`}p${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function formatComplex({ imaginary }: Complex, verb: string, spec: Spec): string | undefined {
  const real = formatFloat(0, verb, spec);
  const other = formatFloat(imaginary, verb, { ...spec, plus: true });
  return real === undefined || other === undefined ? undefined : `(${real}${other}i)`;
}
