/** Long texts, and lists of numbers, of which a part differs. Follows go-cmp v0.7 cmp/report_slices.go. */
import { goQuote, isPrintable } from '../../../api/quote.ts';
import { goKind } from '../go-types.ts';
import type { Node } from './compare.ts';
import { editsBetween, type Edit } from './edits.ts';
import { quoted, withType, type Options } from './options.ts';
import { addStats, braces, countDiffs, isEllipsis, isEmptyStats, line, list, NO_STATS, pushEllipsis, wrap, type Mark, type Stats, type Text, type TextRecord } from './text.ts';

const LEAST_LENGTH = 32;
const CONTEXT = 2;
const TEXT_CHUNK = 64;
const NUMBER_CHUNK = 8;

/** Whether a difference is worth looking for inside of the value. */
export function isDiffedInside({ type, x, y, same, differing }: Node): boolean {
  if (differing === 0 || !x || !y) return false;
  const known = goKind(type);
  if (known.kind === 'string') return String(x.value ?? '').length >= LEAST_LENGTH && String(y.value ?? '').length >= LEAST_LENGTH;
  if (known.kind !== 'slice' || goKind(known.item).kind !== 'int') return false;
  const [before, after] = [x.value, y.value].map((value) => (value as readonly unknown[] | undefined)?.length ?? 0) as [number, number];
  return before > 0 && after > 0 && (differing > same || (before >= LEAST_LENGTH && after >= LEAST_LENGTH));
}

export function formatDiffSlice(options: Options, node: Node): Text {
  const known = goKind(node.type);
  if (known.kind === 'slice') {
    const [x, y] = [node.x?.value as readonly number[], node.y?.value as readonly number[]];
    return withType(options, node.type, braces(chunks(x, y, NUMBER_CHUNK, known.item, options, (items) => line(items.join(', ')))));
  }
  const [x, y] = [String(node.x?.value ?? ''), String(node.y?.value ?? '')];
  if (isLined(x, y)) return formatLines(options, node.type, x, y);
  const text = wrap('strings.Join(', braces(chunks([...x], [...y], TEXT_CHUNK, 'byte', options, (letters) => line(quoted(letters.join(''))))), ', "")');
  return node.type === 'string' ? text : withType(options, node.type, text);
}

/** Whether a text is better compared by lines than by letters. */
function isLined(x: string, y: string): boolean {
  const both = x + y;
  const lines = both.split('\n');
  if (lines.length < 5 || lines.some((each) => each.length > 1024) || [...both].some((char) => !isPrintable(char) && !/\s/.test(char))) return false;
  const share = (a: readonly string[], b: readonly string[]): number => {
    const edits = editsBetween(a.length, b.length, (i, j) => (a[i] === b[j] ? 'equal' : 'different'));
    return edits.filter((edit) => edit !== '=').length / edits.length;
  };
  return share(x.split('\n'), y.split('\n')) < 4 * share([...x], [...y]) || goQuote(both).length / both.length > 1.1;
}

function formatLines(options: Options, type: string, x: string, y: string): Text {
  const records = chunks(x.split('\n'), y.split('\n'), 1, 'line', options, ([each = '']) => line(each));
  const text = isPlain(records) ? wrap('(', list([quotes(), ...withoutLastEmpty(records).map((record) => ({ ...record, withoutComma: true })), quotes()]), ')') : undefined;
  if (text) return type === 'string' ? text : withType(options, type, text);
  const joined = wrap('strings.Join(', braces(records.map((record) => (isEllipsis(record.value) || record.value.kind !== 'line' ? record : { ...record, value: line(quoted(record.value.text)) }))), ', "\\n")');
  return type === 'string' ? joined : withType(options, type, joined);
}

const quotes = (): TextRecord => ({ value: line('"""'), withoutComma: true });
const withoutLastEmpty = (records: readonly TextRecord[]): readonly TextRecord[] => {
  const last = records.at(-1);
  return last && !last.mark && last.value.kind === 'line' && last.value.text === '' ? records.slice(0, -1) : records;
};

/** Whether lines can stand as they are: nothing in them ends the quotes, and what differs does so by more than spaces. */
function isPlain(records: readonly TextRecord[]): boolean {
  let removed = new Set<string>();
  let inserted = new Set<string>();
  for (const { mark = '', value } of records) {
    if (mark === '') [removed, inserted] = [new Set(), new Set()];
    if (value.kind !== 'line' || isEllipsis(value)) continue;
    const { text } = value;
    if (text.startsWith('"""') || text.startsWith('...') || [...text].some((char) => char !== '\t' && !isPrintable(char))) return false;
    const bare = text.replaceAll(/\s/g, '');
    if ((mark === '-' && inserted.has(bare)) || (mark === '+' && removed.has(bare))) return false;
    if (mark === '-') removed.add(bare);
    if (mark === '+') inserted.add(bare);
  }
  return true;
}

/** Both lists in pieces of one size: what differs whole, what is the same near it. */
function chunks<T>(x: readonly T[], y: readonly T[], chunk: number, name: string, options: Options, show: (items: readonly T[]) => Text): TextRecord[] {
  const records: TextRecord[] = [];
  const push = (items: readonly T[], mark: Mark): void => {
    for (let i = 0; i < items.length; i += chunk) records.push({ ...(mark ? { mark } : {}), value: show(items.slice(i, i + chunk)) });
  };
  const most = options.verbosity === undefined ? Infinity : (1 << Math.max(0, Math.min(16, options.verbosity))) << 2;
  const isSame = (i: number, j: number): boolean => x[i] === y[j];
  const edits = editsBetween(x.length, y.length, (i, j) => (isSame(i, j) ? 'equal' : 'different'));
  const groups = settle(joinNear(groupEdits(name, edits), chunk / 4), isSame);
  let [i, j, shown] = [0, 0, 0];
  let left = NO_STATS(name);
  groups.forEach((group, g) => {
    if (shown >= most) {
      left = addStats(left, group);
      return;
    }
    if (countDiffs(group) === 0) {
      const count = group.identical;
      const low = g > 0 ? Math.min(chunk * CONTEXT, count) : 0;
      let high = g < groups.length - 1 ? Math.min(chunk * CONTEXT, count - low) : 0;
      if (count - low - high <= chunk) high = count - low;
      push(x.slice(i, i + low), '');
      if (count > low + high) pushEllipsis(records, { ...group, identical: count - low - high });
      push(x.slice(i + count - high, i + count), '');
      [i, j] = [i + count, j + count];
      return;
    }
    const before = records.length;
    const gone = group.identical + group.removed + group.modified;
    const come = group.identical + group.inserted + group.modified;
    push(x.slice(i, i + gone), '-');
    push(y.slice(j, j + come), '+');
    [i, j] = [i + gone, j + come];
    shown += records.length - before;
  });
  if (!isEmptyStats(left)) pushEllipsis(records, left);
  return records;
}

function groupEdits(name: string, edits: readonly Edit[]): Stats[] {
  const groups: Stats[] = [];
  let wasSame: boolean | undefined;
  for (const edit of edits) {
    if ((edit === '=') !== wasSame) groups.push(NO_STATS(name));
    wasSame = edit === '=';
    const kind = ({ '=': 'identical', '~': 'modified', '-': 'removed', '+': 'inserted' } as const)[edit];
    groups[groups.length - 1] = addStats(groups.at(-1)!, { ...NO_STATS(name), [kind]: 1 });
  }
  return groups;
}

/** Differences with little between them are one. */
function joinNear(groups: readonly Stats[], most: number): Stats[] {
  const joined: Stats[] = [];
  for (const group of groups) {
    const [before, between] = joined.slice(-2);
    if (before && between && countDiffs(group) > 0 && before.removed + group.removed > 0 && before.inserted + group.inserted > 0 && between.identical <= most)
      joined.splice(-2, 2, addStats(addStats(before, between), group));
    else joined.push(group);
  }
  return joined;
}

/** What is the same at the ends of a joined difference goes to its neighbours. */
function settle(given: readonly Stats[], isSame: (i: number, j: number) => boolean): Stats[] {
  const groups = [...given];
  let [i, j] = [0, 0];
  let first: Stats | undefined;
  let last: Stats | undefined;
  given.forEach((_, g) => {
    const group = groups[g]!;
    if (countDiffs(group) === 0) {
      [i, j] = [i + group.identical, j + group.identical];
      return;
    }
    let gone = group.identical + group.removed + group.modified;
    let come = group.identical + group.inserted + group.modified;
    const least = Math.min(gone, come);
    let leading = 0;
    while (leading < least && isSame(i + leading, j + leading)) leading++;
    let trailing = 0;
    while (trailing < least && isSame(i + gone - 1 - trailing, j + come - 1 - trailing)) trailing++;
    const alike = (identical: number): Stats => ({ ...NO_STATS(group.name), identical });
    if (leading > 0) {
      if (g > 0) groups[g - 1] = addStats(groups[g - 1]!, alike(leading));
      else first = alike(leading);
      [i, j] = [i + leading, j + leading];
    }
    if (trailing > 0) {
      if (g + 1 < groups.length) groups[g + 1] = addStats(groups[g + 1]!, alike(trailing));
      else last = alike(trailing);
    }
    if (leading + trailing > 0) {
      [gone, come] = [gone - leading - trailing, come - leading - trailing];
      groups[g] = { ...NO_STATS(group.name), removed: gone, inserted: come };
    }
    [i, j] = [i + gone, j + come];
  });
  return [...(first ? [first] : []), ...groups, ...(last ? [last] : [])];
}
