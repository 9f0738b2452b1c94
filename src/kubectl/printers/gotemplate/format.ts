/** fmt.Sprintf and fmt.Sprint for the values that templates know. */
import { goQuote } from '../../../api/quote.ts';
import { goFloat, goSyntax, goText } from '../../../api/go-value.ts';
import { Float, Int } from './values.ts';

/** %v */
export function show(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (value instanceof Int) return String(value.value);
  if (value instanceof Float) return goFloat(value.value);
  return goText(value, 'int64');
}

const typeName = (value: unknown): string => {
  if (value instanceof Int) return 'int';
  if (value instanceof Float) return 'float64';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (value === null || value === undefined) return '<nil>';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
};

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

/** fmt.Sprintf */
export function sprintf(format: string, values: readonly unknown[]): string {
  let used = 0;
  const text = format.replace(/%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(.)?/gs, (whole: string, flags: string, widthText: string | undefined, precisionText: string | undefined, verb: string | undefined) => {
    if (verb === undefined) return '%!(NOVERB)';
    if (verb === '%') return '%';
    const star = (given: string | undefined): number | undefined => (given === '*' ? Number(numeric(values[used++])?.value ?? 0) : given === undefined ? undefined : Number(given));
    const width = star(widthText);
    const precision = whole.includes('.') ? (star(precisionText) ?? 0) : undefined;
    if (used >= values.length) return `%!${verb}(MISSING)`;
    return pad(verbText(verb, values[used++], flags, precision), width, flags);
  });
  if (used >= values.length) return text;
  return `${text}%!(EXTRA ${values.slice(used).map((value) => `${typeName(value)}=${show(value)}`).join(', ')})`;
}

function numeric(value: unknown): { value: number; float: boolean } | undefined {
  if (value instanceof Int) return { value: value.value, float: false };
  if (value instanceof Float) return { value: value.value, float: true };
  return typeof value === 'number' ? { value, float: !Number.isInteger(value) } : undefined;
}

function pad(text: string, width: number | undefined, flags: string): string {
  if (width === undefined) return text;
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (flags.includes('0')) {
    const sign = /^[-+]/.exec(text)?.[0] ?? '';
    return sign + '0'.repeat(missing) + text.slice(sign.length);
  }
  return ' '.repeat(missing) + text;
}

function verbText(verb: string, value: unknown, flags: string, precision: number | undefined): string {
  const bad = `%!${verb}(${typeName(value)}${value === null || value === undefined ? '' : `=${show(value)}`})`;
  const number = numeric(value);
  const signed = (text: string): string => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : text);
  switch (verb) {
    case 'v':
      return flags.includes('#') ? goSyntax(number ? number.value : value, 'int64') : number ? signed(show(value)) : show(value);
    case 'T':
      return typeName(value);
    case 't':
      return typeof value === 'boolean' ? String(value) : bad;
    case 's':
      return typeof value === 'string' ? cut(value, precision) : Array.isArray(value) ? `[${value.map((item) => verbText('s', item, flags, precision)).join(' ')}]` : bad;
    case 'q':
      return typeof value === 'string' ? goQuote(cut(value, precision)) : number && !number.float ? `'${String.fromCodePoint(number.value)}'` : bad;
    case 'd':
      return number && !number.float ? signed(String(number.value)) : bad;
    case 'b':
    case 'o':
    case 'x':
    case 'X':
      return based(verb, value, number, flags) ?? bad;
    case 'c':
      return number && !number.float ? String.fromCodePoint(number.value) : bad;
    case 'f':
    case 'F':
      return number?.float ? signed(number.value.toFixed(precision ?? 6)) : bad;
    case 'e':
      return number?.float ? signed(number.value.toExponential(precision ?? 6).replace(/e([-+])(\d)$/, 'e$10$2')) : bad;
    case 'g':
      return number?.float ? signed(precision === undefined ? goFloat(number.value) : goFloat(Number(number.value.toPrecision(precision || 1)))) : bad;
    default:
      return bad;
  }
}

const cut = (text: string, precision: number | undefined): string => (precision === undefined ? text : [...text].slice(0, precision).join(''));

function based(verb: 'b' | 'o' | 'x' | 'X', value: unknown, number: ReturnType<typeof numeric>, flags: string): string | undefined {
  if (typeof value === 'string' && (verb === 'x' || verb === 'X')) {
    const hex = Buffer.from(value).toString('hex');
    return verb === 'X' ? hex.toUpperCase() : hex;
  }
  if (!number || number.float) return undefined;
  const base = verb === 'b' ? 2 : verb === 'o' ? 8 : 16;
  const digits = Math.abs(number.value).toString(base);
  const prefix = flags.includes('#') ? (base === 2 ? '0b' : base === 8 ? '0' : `0${verb}`) : '';
  return `${number.value < 0 ? '-' : ''}${prefix}${verb === 'X' ? digits.toUpperCase() : digits}`;
}
