/**
 * How Go's fmt prints a value with %#v. Errors of the API server (v1.33) quote values that are neither text nor number
 * that way: `v1.LabelSelector{MatchLabels:map[string]string{"app":"a"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}`.
 */
import { parseQuantity } from '../../api/quantity.ts';
import { goSyntax as goUntypedSyntax } from '../../api/go-value.ts';
import { goQuote } from '../../api/quote.ts';

/** A value whose Go text is known already (quantities, enumerations' %#v, structs made by the functions below). */
export class GoValue {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A value of a custom resource, which Go has no type for; texts and numbers are quoted as always. */
export const untyped = (value: unknown): unknown => (typeof value === 'object' && value !== null ? new GoValue(goUntypedSyntax(value, 'int64')) : value);

/** map[string]string, keys sorted as fmt does; a missing map is nil. */
export function goStringMap(map: Readonly<Record<string, string | undefined>> | undefined): string {
  if (!map) return 'map[string]string(nil)';
  const keys = Object.keys(map).sort();
  return `map[string]string{${keys.map((key) => `${goQuote(key)}:${goQuote(map[key] ?? '')}`).join(', ')}}`;
}

/** []T; a missing or empty list reads as nil, which is what decoding leaves of one that was absent. */
export function goSlice<T>(type: string, items: readonly T[] | undefined, format: (item: T) => string): string {
  return items ? `[]${type}{${items.map(format).join(', ')}}` : `[]${type}(nil)`;
}

export const goStrings = (items: readonly string[] | undefined): string => goSlice('string', items, goQuote);

interface LabelSelectorLike {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

/** metav1.LabelSelector. */
export function goLabelSelector(selector: LabelSelectorLike | undefined): GoValue | null {
  if (!selector) return null;
  const expressions = goSlice(
    'v1.LabelSelectorRequirement',
    selector.matchExpressions,
    (e) => `v1.LabelSelectorRequirement{Key:${goQuote(e.key)}, Operator:${goQuote(e.operator)}, Values:${goStrings(e.values)}}`,
  );
  return new GoValue(`v1.LabelSelector{MatchLabels:${goStringMap(selector.matchLabels)}, MatchExpressions:${expressions}}`);
}

/** The nearest Go text for a value of which no Go type is known here: lists of text and maps of text are exact. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? goStrings(value as string[]) : `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  const entries = Object.entries(value as Record<string, unknown>).filter(([, child]) => child !== undefined);
  if (entries.every(([, child]) => typeof child === 'string')) return goStringMap(value as Record<string, string>);
  return `{${entries.map(([key, child]) => `${key[0]?.toUpperCase() ?? ''}${key.slice(1)}:${goSyntax(child)}`).join(', ')}}`;
}

/** intstr.IntOrString. */
export function goIntOrString(value: number | string | undefined): GoValue {
  return new GoValue(typeof value === 'string' ? `intstr.IntOrString{Type:1, IntVal:0, StrVal:${goQuote(value)}}` : `intstr.IntOrString{Type:0, IntVal:${value ?? 0}, StrVal:""}`);
}

const POWERS: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** resource.Quantity as Go keeps it: an integer and a power of ten, with the text where that was canonical (ParseQuantity). */
export function quantityParts(text: string): { readonly value: bigint; readonly scale: number; readonly text: string; readonly format: string; readonly exact: boolean } {
  const [, sign = '', num = '', denom = '', suffix = ''] = /^([+-]?)0*(\d*)(?:\.(\d*))?(.*)$/.exec(text) ?? [];
  const canonical = parseQuantity(text);
  const digits = (num || '0') + denom;
  const binary = suffix.endsWith('i');
  const scale = binary ? 0 : (POWERS[suffix] ?? Number(suffix.slice(1))) - denom.length;
  const value = BigInt(digits) << BigInt(binary ? 10 * ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].indexOf(suffix) + 10 : 0);
  const kept = text === '0' || (binary ? (BigInt(digits) & 7n) !== 0n : scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0'));
  // Fractions of binary powers are kept as decimals of any length.
  const exact = binary && denom !== '';
  return { value: exact ? 0n : sign === '-' ? -value : value, scale: exact ? 0 : scale, text: kept && !exact ? text : '', format: canonical.format, exact };
}

/** resource.Quantity. `printed`: the text is known since somebody asked for it. */
export function goQuantity(text: string, printed = false): GoValue {
  const { value, scale, text: kept, format, exact } = quantityParts(text);
  const shown = printed ? parseQuantity(text).toString() : kept;
  return new GoValue(`resource.Quantity{i:resource.int64Amount{value:${value}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(${exact ? '0xc000000000' : 'nil'})}, s:${goQuote(shown)}, Format:"${format}"}`);
}

/** core.ResourceList. */
export function goResourceList(list: Readonly<Record<string, string>> | undefined): GoValue {
  if (!list) return new GoValue('core.ResourceList(nil)');
  return new GoValue(`core.ResourceList{${Object.keys(list).sort().map((name) => `${goQuote(name)}:${goQuantity(list[name] ?? '0').text}`).join(', ')}}`);
}

/** A list of a named text type, e.g. []core.IPFamily. */
export const goTexts = (type: string, items: readonly string[] | undefined): GoValue => new GoValue(goSlice(type, items, goQuote));

/** %#v of bytes, given as base64. */
export const goBytes = (base64: string): GoValue => new GoValue(`[]byte{${[...Buffer.from(base64, 'base64')].map((byte) => `0x${byte.toString(16)}`).join(', ')}}`);
