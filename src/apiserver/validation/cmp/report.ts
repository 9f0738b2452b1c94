/** A comparison as text: what changed under "-" and "+", two neighbours on each side, the rest counted. Follows go-cmp v0.7 cmp/report_compare.go and cmp/report_reflect.go. */
import { isPrintable } from '../../../api/quote.ts';
import { isZero, sortedEntries, typedFields } from '../go-typed.ts';
import { goKind, type GoKind } from '../go-types.ts';
import type { Node, Side } from './compare.ts';
import { quoted, withType, type Options } from './options.ts';
import { formatDiffSlice, isDiffedInside } from './slices.ts';
import { addStats, braces, countDiffs, isEmptyStats, line, list, NIL, NO_STATS, pushEllipsis, sameText, size, wrap, type Stats, type Text, type TextRecord } from './text.ts';

const CONTEXT = 2;
const LOUDEST = 6;
const NAMES: Readonly<Record<string, string>> = { struct: 'field', slice: 'element', map: 'entry' };

const level = ({ verbosity = 0 }: Options): number => Math.max(0, Math.min(16, verbosity));
const quieter = (options: Options): Options => (options.verbosity === undefined ? options : { ...options, verbosity: options.verbosity - 1 });
/** How many parts of a value are shown. */
const mostShown = (options: Options, all: number): number => (options.verbosity === undefined ? all : ((1 << level(options)) >> 1) << 2);
const louder = (options: Options, step: number): Options => ({ ...options, verbosity: level(options) + 2 * step, plain: options.plain || step > 0 });

function formatString(options: Options, prefix: string, text: string): Text {
  const isLimited = options.verbosity !== undefined;
  const most = isLimited ? (1 << level(options)) << 5 : text.length;
  const mostLines = isLimited ? (1 << level(options)) << 2 : Infinity;
  const lines = text.replace(/\n$/, '').split('\n').map((each) => each.replace(/\r$/, '').replace(/^\r/, ''));
  const isShown = (each: string): boolean => !each.startsWith('"""') && !each.startsWith('...') && each.length <= most && [...each].every((char) => char === '\t' || isPrintable(char));
  if (lines.length >= 4 && (options.mode === '-' || options.mode === '+') && lines.every(isShown)) {
    const mark = options.mode;
    const row = (value: string, comment?: string): TextRecord => ({ mark, value: line(value), withoutComma: true, ...(comment ? { comment } : {}) });
    const cut = lines.length > mostLines ? mostLines - 1 : lines.length;
    const elided = lines.length - cut;
    return wrap('(', list([row(`${prefix}"""`), ...lines.slice(0, cut).map((each) => row(each)), ...(elided > 0 ? [row('...', `${elided} elided lines`)] : []), row(`${prefix}"""`)]), ')');
  }
  return line(text.length > most + 3 ? `${prefix}${quoted(text.slice(0, most))}...` : prefix + quoted(text));
}

/** Texts that say themselves how they are written (fmt.Stringer). */
const STRINGERS: ReadonlySet<string> = new Set(['core.ResourceName']);

export function formatValue(options: Options, type: string, side: Side): Text | undefined {
  if (!side) return undefined;
  const { value } = side;
  if (!options.plain && STRINGERS.has(type)) return formatString(options, 's', String(value ?? ''));
  const known = goKind(type);
  if (known.kind === 'pointer' && value !== undefined) return wrap('&', formatValue(options, known.item, side) ?? NIL, '');
  return withType(options, type, formatPlain(options, type, known, value));
}

function formatPlain(options: Options, type: string, known: GoKind, value: unknown): Text {
  switch (known.kind) {
    case 'bool':
      return line(String(value ?? false));
    case 'int':
      return line(String(value ?? 0));
    case 'string':
      return formatString(options, '', String(value ?? ''));
    case 'pointer':
      return NIL;
    case 'struct': {
      const fields = typedFields(type, known.fields, value).filter((field) => !isZero(field.type, field.value));
      return parts(options, fields, fields.length, (field, inside) => ({ key: field.name, value: formatValue({ ...inside, types: 'auto' }, field.type, { value: field.value }) ?? NIL }));
    }
    case 'slice': {
      if (value === undefined) return NIL;
      const items = value as readonly unknown[];
      return parts(options, items, items.length, (item, inside) => ({ value: formatValue({ ...inside, types: 'never' }, known.item, { value: item }) ?? NIL }));
    }
    case 'map': {
      if (value === undefined) return NIL;
      const entries = sortedEntries(value);
      return parts(options, entries, entries.length, ([key, item], inside) => ({ key: mapKey(known.key, key), value: formatValue({ ...inside, types: 'never' }, known.item, { value: item }) ?? NIL }));
    }
  }
}

/** The parts of a value in braces, no more than may be shown. */
function parts<T>(options: Options, items: readonly T[], all: number, record: (item: T, inside: Options) => TextRecord): Text {
  const most = mostShown(options, all);
  const inside = quieter(options);
  const records: TextRecord[] = items.slice(0, most).map((item) => record(item, inside));
  if (items.length > most) pushEllipsis(records);
  return braces(records);
}

function mapKey(type: string, key: string): string {
  const text = formatValue({ mode: ' ', types: 'never', verbosity: LOUDEST }, type, { value: key });
  return text?.kind === 'line' ? text.text : key;
}

export function formatDiff(given: Options, node: Node): Text | undefined {
  const options: Options = given.mode === ' ' ? { ...given, verbosity: 1 } : level(given) < 3 ? { ...given, verbosity: 3 } : given;
  if (options.mode === '' && isDiffedInside(node)) return formatDiffSlice(options, node);
  if (node.depth === 0) return formatLeaf(options, node);
  if (node.target) return wrap('&', formatDiff(options, node.target) ?? NIL, '');
  const { kind } = goKind(node.type);
  return withType(options, node.type, options.mode === '' ? formatChanges(options, node, kind) : formatSide(options, node, kind));
}

function formatLeaf(options: Options, node: Node): Text | undefined {
  if (options.mode === '-') return formatValue(options, node.type, node.x);
  if (options.mode === '+') return formatValue(options, node.type, node.y);
  if (node.differing === 0) {
    const [x, y] = [formatValue(options, node.type, node.x), formatValue(options, node.type, node.y)];
    return x && y && size(x) < size(y) ? x : y;
  }
  const bare: Options = { ...options, types: 'never' };
  const [x, y] = distinct((step) => [formatValue(step === undefined ? bare : louder(bare, step), node.type, node.x), formatValue(step === undefined ? bare : louder(bare, step), node.type, node.y)]);
  return withType({ ...options, types: 'always' }, node.type, list([...(x ? [{ mark: '-' as const, value: x }] : []), ...(y ? [{ mark: '+' as const, value: y }] : [])]));
}

type Pair = readonly [Text | undefined, Text | undefined];

/** Two texts that are not the same, by showing more until they are not. */
function distinct(format: (step?: number) => Pair): Pair {
  let pair = format();
  for (let step = 0; step < LOUDEST && pair[0] && pair[1] && sameText(pair[0], pair[1]); step++) pair = format(step);
  return pair;
}

const typesBelow = (kind: GoKind['kind']): Options['types'] => (kind === 'struct' ? 'auto' : 'never');
const keyOf = (node: Node, key: string): string => {
  const known = goKind(node.type);
  return known.kind === 'map' ? mapKey(known.key, key) : key;
};

/** A value of which only one side is shown. */
function formatSide(given: Options, node: Node, kind: GoKind['kind']): Text {
  const most = given.verbosity === undefined ? Infinity : given.mode === ' ' ? mostShown(given, 0) : (1 << level(given)) << 1;
  const options = quieter({ ...given, types: typesBelow(kind) });
  const records: TextRecord[] = [];
  for (const { key, node: child } of node.records) {
    if (records.length === most) {
      pushEllipsis(records);
      break;
    }
    const zero = (side: Side): boolean => side !== undefined && isZero(child.type, side.value);
    if (kind === 'struct' && ((given.mode !== '+' && zero(child.x)) || (given.mode !== '-' && zero(child.y)))) continue;
    const value = formatDiff(options, child);
    if (value) records.push({ key: keyOf(node, key), value });
  }
  return braces(records);
}

/** Neighbours that are all the same or all different, counted. */
function groupsOf(name: string, records: Node['records']): Stats[] {
  const groups: Stats[] = [];
  let wasSame: boolean | undefined;
  for (const { node } of records) {
    const same = node.differing === 0;
    if (same !== wasSame) groups.push(NO_STATS(name));
    wasSame = same;
    const last = groups.length - 1;
    const kind = same ? 'identical' : !node.y ? 'removed' : !node.x ? 'inserted' : 'modified';
    groups[last] = addStats(groups[last]!, { ...NO_STATS(name), [kind]: 1 });
  }
  return groups;
}

/** What differs, with its neighbours. */
function formatChanges(given: Options, node: Node, kind: GoKind['kind']): Text {
  const name = NAMES[kind] ?? '';
  const options = quieter({ ...given, types: typesBelow(kind) });
  const most = given.verbosity === undefined ? Infinity : (1 << level(given)) << 1;
  const records: TextRecord[] = [];
  let rest = node.records;
  let shown = 0;
  let left = NO_STATS(name);
  const groups = groupsOf(name, rest);
  groups.forEach((group, i) => {
    if (shown >= most) {
      left = addStats(left, group);
      return;
    }
    const changed = countDiffs(group);
    if (changed > 0) {
      for (const { key, node: child } of rest.slice(0, changed)) records.push(...formatChange(options, keyOf(node, key), child));
      shown += changed;
    } else records.push(...formatSame(options, node, rest.slice(0, group.identical), i > 0, i < groups.length - 1, name));
    rest = rest.slice(changed || group.identical);
  });
  if (!isEmptyStats(left)) pushEllipsis(records, left);
  return braces(records);
}

/** The neighbours of what differs; those further away are counted. */
function formatSame(options: Options, node: Node, records: Node['records'], isAfter: boolean, isBefore: boolean, name: string): TextRecord[] {
  const count = records.length;
  const low = isAfter ? Math.min(CONTEXT, count) : 0;
  let high = isBefore ? Math.min(CONTEXT, count - low) : 0;
  // One alone is not worth counting.
  if (count - low - high === 1) high++;
  const show = ({ key, node: child }: Node['records'][number]): TextRecord => ({ key: keyOf(node, key), value: formatDiff({ ...options, mode: ' ' }, child) ?? NIL });
  const result = records.slice(0, low).map(show);
  if (count > low + high) pushEllipsis(result, { ...NO_STATS(name), identical: count - low - high });
  return [...result, ...records.slice(count - high).map(show)];
}

function formatChange(options: Options, key: string, node: Node): TextRecord[] {
  if (isDiffedInside(node)) return [{ key, value: formatDiffSlice(options, node) }];
  // A value without branches is shown as a whole, before and after.
  if (node.children !== node.depth) return [{ key, value: formatDiff(options, node) ?? NIL }];
  const [x, y] = distinct((step) => {
    const loud = step === undefined ? options : louder(options, step);
    return [formatDiff({ ...loud, mode: '-' }, node), formatDiff({ ...loud, mode: '+' }, node)];
  });
  return [...(x ? [{ mark: '-' as const, key, value: x }] : []), ...(y ? [{ mark: '+' as const, key, value: y }] : [])];
}

