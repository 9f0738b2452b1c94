/** Quantities, semantic versions, named formats and searches by pattern: apiserver pkg/cel/library/{quantity,semverlib,format,regex}.go. */
import { dns1035LabelErrors, dns1123LabelErrors, dns1123SubdomainErrors, labelKeyErrors, labelValueErrors } from '../../../api/names.ts';
import { parseQuantity, Quantity } from '../../../api/quantity.ts';
import { nameIsDns1035Label, nameIsDnsLabel, nameIsDnsSubdomain } from '../../validation/formats.ts';
import { CelError } from '../errors.ts';
import { opaque } from '../types.ts';
import { CelList, CelOpaque, CelOptional, type CelValue } from '../values.ts';
import { compiled } from './regexp.ts';
import { overload, traversal, type Overload } from './library.ts';
import { readTimestamp } from './time.ts';

const NANO = 1_000_000_000n;
const own = (text: string): number => traversal(text.length);

class CelQuantity extends CelOpaque {
  readonly type = opaque('kubernetes.Quantity');
  constructor(readonly quantity: Quantity) {
    super();
  }
  equals(other: CelOpaque): boolean {
    return other instanceof CelQuantity && other.quantity.compare(this.quantity) === 0;
  }
}

function readQuantity(text: string): CelQuantity {
  try {
    return new CelQuantity(parseQuantity(text));
  } catch (error) {
    throw new CelError(error instanceof Error ? error.message : String(error));
  }
}

const isWhole = ({ quantity }: CelQuantity): boolean => quantity.nano % NANO === 0n && BigInt.asIntN(64, quantity.nano / NANO) === quantity.nano / NANO;
const times = (amount: bigint): Quantity => new Quantity(amount * NANO, 'DecimalSI');

function asInteger(value: CelQuantity): bigint {
  if (!isWhole(value)) throw new CelError('cannot convert value to integer');
  return value.quantity.nano / NANO;
}

const Q = 'kubernetes.Quantity';
const QUANTITIES: readonly Overload[] = [
  overload(`quantity(string): ${Q}`, readQuantity, own),
  overload('isQuantity(string): bool', (text: string) => succeeds(() => readQuantity(text)), own),
  overload(`sign(${Q}): int`, ({ quantity }: CelQuantity) => (quantity.nano > 0n ? 1n : quantity.nano < 0n ? -1n : 0n)),
  overload(`${Q}.isGreaterThan(${Q}): bool`, (a: CelQuantity, b: CelQuantity) => a.quantity.compare(b.quantity) > 0),
  overload(`${Q}.isLessThan(${Q}): bool`, (a: CelQuantity, b: CelQuantity) => a.quantity.compare(b.quantity) < 0),
  overload(`${Q}.compareTo(${Q}): int`, (a: CelQuantity, b: CelQuantity) => BigInt(a.quantity.compare(b.quantity))),
  overload(`${Q}.asApproximateFloat(): double`, ({ quantity }: CelQuantity) => Number(quantity.nano) / 1e9),
  overload(`${Q}.asInteger(): int`, asInteger),
  overload(`${Q}.isInteger(): bool`, isWhole),
  overload(`${Q}.add(${Q}): ${Q}`, (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.quantity.add(b.quantity))),
  overload(`${Q}.add(int): ${Q}`, (a: CelQuantity, b: bigint) => new CelQuantity(a.quantity.add(times(b)))),
  overload(`${Q}.sub(${Q}): ${Q}`, (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.quantity.sub(b.quantity))),
  overload(`${Q}.sub(int): ${Q}`, (a: CelQuantity, b: bigint) => new CelQuantity(a.quantity.sub(times(b)))),
];

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

class Semver extends CelOpaque {
  readonly type = opaque('kubernetes.Semver');
  constructor(
    readonly numbers: readonly [bigint, bigint, bigint],
    readonly pre: readonly string[],
  ) {
    super();
  }
  equals(other: CelOpaque): boolean {
    return other instanceof Semver && this.compare(other) === 0;
  }
  compare(other: Semver): number {
    for (const [i, number] of this.numbers.entries()) if (number !== other.numbers[i]) return number < (other.numbers[i] ?? 0n) ? -1 : 1;
    if (this.pre.length === 0 || other.pre.length === 0) return Math.sign(other.pre.length - this.pre.length);
    for (const [i, part] of this.pre.entries()) {
      const against = other.pre[i];
      if (against === undefined) return 1;
      const order = comparePre(part, against);
      if (order !== 0) return order;
    }
    return this.pre.length - other.pre.length < 0 ? -1 : 0;
  }
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

function comparePre(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return Number(BigInt(a) > BigInt(b)) - Number(BigInt(a) < BigInt(b));
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function readSemver(text: string): Semver {
  const core = text.replace(/[-+].*$/s, '');
  if (text === '') throw new CelError('Version string empty');
  const numbers = core.split('.');
  if (numbers.length !== 3) throw new CelError('No Major.Minor.Patch elements found');
  for (const [i, number] of numbers.entries()) {
    const what = ['major', 'minor', 'patch'][i];
    if (!isNumber(number)) throw new CelError(`Invalid character(s) found in ${what} number ${JSON.stringify(number)}`);
    if (/^0\d/.test(number)) throw new CelError(`${what === 'patch' ? 'Patch' : what === 'minor' ? 'Minor' : 'Major'} number must not contain leading zeroes ${JSON.stringify(number)}`);
  }
  const pre = /^[^+]*?-([^+]*)/.exec(text)?.[1];
  const parts = pre === undefined ? [] : pre.split('.');
  for (const part of parts) {
    if (part === '') throw new CelError('Prerelease is empty');
    if (isNumber(part) && /^0\d/.test(part)) throw new CelError(`Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(part)}`);
    if (!/^[0-9A-Za-z-]+$/.test(part)) throw new CelError(`Invalid character(s) found in prerelease ${JSON.stringify(part)}`);
  }
  return new Semver(numbers.map(BigInt) as [bigint, bigint, bigint], parts);
}

/** "v1.02" → "1.2.0" */
function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([^-+]*)(.*)$/s.exec(text) ?? [];
  const numbers = core.split('.').map((number) => (number.length > 1 ? number.replace(/^0+/, '') || '0' : number));
  while (numbers.length < 3 && core !== '') numbers.push('0');
  return numbers.join('.') + rest;
}

const readLoosely = (text: string, loose: boolean): Semver => readSemver(loose ? normalized(text) : text);

const S = 'kubernetes.Semver';
const SEMVERS: readonly Overload[] = [
  overload(`semver(string): ${S}`, readSemver, own),
  overload(`semver(string, bool): ${S}`, readLoosely, own),
  overload('isSemver(string): bool', (text: string) => succeeds(() => readSemver(text)), own),
  overload('isSemver(string, bool): bool', (text: string, loose: boolean) => succeeds(() => readLoosely(text, loose)), own),
  overload(`${S}.isGreaterThan(${S}): bool`, (a: Semver, b: Semver) => a.compare(b) > 0),
  overload(`${S}.isLessThan(${S}): bool`, (a: Semver, b: Semver) => a.compare(b) < 0),
  overload(`${S}.compareTo(${S}): int`, (a: Semver, b: Semver) => BigInt(a.compare(b))),
  overload(`${S}.major(): int`, (version: Semver) => version.numbers[0]),
  overload(`${S}.minor(): int`, (version: Semver) => version.numbers[1]),
  overload(`${S}.patch(): int`, (version: Semver) => version.numbers[2]),
];

class Format extends CelOpaque {
  readonly type = opaque('kubernetes.NamedFormat');
  constructor(
    readonly name: string,
    readonly check: (text: string) => readonly string[],
  ) {
    super();
  }
  equals(other: CelOpaque): boolean {
    return other instanceof Format && other.name === this.name;
  }
}

const shape = (name: string, pattern: RegExp, text: string): Format => new Format(name, (value) => (pattern.test(value) ? [] : [text]));
const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && readTimestamp(`${text}T00:00:00Z`) !== undefined;

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['dns1123Label', new Format('DNS1123Label', dns1123LabelErrors)],
  ['dns1123Subdomain', new Format('DNS1123Subdomain', dns1123SubdomainErrors)],
  ['dns1035Label', new Format('DNS1035Label', dns1035LabelErrors)],
  ['qualifiedName', new Format('QualifiedName', labelKeyErrors)],
  ['dns1123LabelPrefix', new Format('DNS1123LabelPrefix', (text) => nameIsDnsLabel(text, true))],
  ['dns1123SubdomainPrefix', new Format('DNS1123SubdomainPrefix', (text) => nameIsDnsSubdomain(text, true))],
  ['dns1035LabelPrefix', new Format('DNS1035LabelPrefix', (text) => nameIsDns1035Label(text, true))],
  ['labelValue', new Format('LabelValue', labelValueErrors)],
  ['uri', new Format('URI', (text) => (/^(\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(text) ? [] : [`parse ${JSON.stringify(text)}: ${text === '' ? 'empty url' : 'invalid URI for request'}`]))],
  ['uuid', shape('uuid', /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i, 'does not match the UUID format')],
  ['byte', shape('byte', /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/, 'invalid base64')],
  ['date', new Format('date', (text) => (isDate(text) ? [] : ['invalid date']))],
  ['datetime', new Format('datetime', (text) => (readTimestamp(text) === undefined ? ['invalid datetime'] : []))],
]);

const NAMED_FORMATS: readonly Overload[] = [
  ...[...FORMATS].map(([name, format]) => overload(`format.${name}(): kubernetes.NamedFormat`, () => format)),
  overload('format.named(string): optional(kubernetes.NamedFormat)', (name: string) => CelOptional.from(FORMATS.get(name))),
  overload('kubernetes.NamedFormat.validate(string): optional(list(string))', (format: Format, text: string) => {
    const errors = format.check(text);
    return errors.length === 0 ? CelOptional.none : CelOptional.of(new CelList(errors));
  }, (_format: Format, text: string) => traversal(1 + text.length) * 15),
];

function search(pattern: string): RegExp {
  try {
    const { source, flags } = compiled(pattern);
    return new RegExp(source, `${flags}g`);
  } catch (error) {
    throw new CelError(`Illegal regex: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function findAll(text: string, pattern: string, most = -1n): CelValue {
  const found = [...text.matchAll(search(pattern))].map(([match]) => match);
  return new CelList(most < 0n ? found : found.slice(0, Number(most)));
}

const searchCost = (text: string, pattern: string): number => traversal(1 + text.length) * Math.ceil(pattern.length * 0.25);

const SEARCHES: readonly Overload[] = [
  overload('string.find(string): string', (text: string, pattern: string) => search(pattern).exec(text)?.[0] ?? '', searchCost),
  overload('string.findAll(string): list(string)', findAll, searchCost),
  overload('string.findAll(string, int): list(string)', findAll, searchCost),
];

export const KUBERNETES: readonly Overload[] = [...QUANTITIES, ...SEMVERS, ...NAMED_FORMATS, ...SEARCHES];
