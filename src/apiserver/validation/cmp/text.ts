/** The text of a difference: a tree that stands on one line where it can. Follows go-cmp v0.7 cmp/report_text.go. */

export type Mark = '' | '-' | '+';

export type Text = Line | Wrap | List;
export interface Line {
  readonly kind: 'line';
  readonly text: string;
}
interface Wrap {
  readonly kind: 'wrap';
  readonly prefix: string;
  readonly inner: Text;
  readonly suffix: string;
}
interface List {
  readonly kind: 'list';
  readonly records: readonly TextRecord[];
}
export interface TextRecord {
  readonly mark?: Mark;
  readonly key?: string;
  readonly value: Text;
  readonly withoutComma?: boolean;
  readonly comment?: Stats | string;
}

export interface Stats {
  readonly name: string;
  readonly identical: number;
  readonly removed: number;
  readonly inserted: number;
  readonly modified: number;
}

export const NO_STATS = (name: string): Stats => ({ name, identical: 0, removed: 0, inserted: 0, modified: 0 });
export const countDiffs = (stats: Stats): number => stats.removed + stats.inserted + stats.modified;
export const isEmptyStats = (stats: Stats): boolean => stats.identical + countDiffs(stats) === 0;
export function addStats(a: Stats, b: Stats): Stats {
  return { name: a.name, identical: a.identical + b.identical, removed: a.removed + b.removed, inserted: a.inserted + b.inserted, modified: a.modified + b.modified };
}

const LABELS = ['identical', 'removed', 'inserted', 'modified'] as const;

function statsText(stats: Stats): string {
  const parts = LABELS.filter((label) => stats[label] > 0).map((label) => `${stats[label]} ${label}`);
  const many = stats.identical + countDiffs(stats) > 1;
  const name = !many ? stats.name : stats.name.endsWith('y') ? `${stats.name.slice(0, -1)}ies` : `${stats.name}s`;
  return `${parts.length > 2 ? `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1) ?? ''}` : parts.join(' and ')} ${name}`;
}

export const line = (text: string): Line => ({ kind: 'line', text });
export const wrap = (prefix: string, inner: Text, suffix: string): Wrap => ({ kind: 'wrap', prefix, inner, suffix });
export const braces = (records: readonly TextRecord[]): Wrap => wrap('{', { kind: 'list', records }, '}');
export const list = (records: readonly TextRecord[]): List => ({ kind: 'list', records });
export const NIL = line('nil');
const ELLIPSIS = '...';

export const isEllipsis = (text: Text): boolean => text.kind === 'line' && text.text === ELLIPSIS;

/** Says that something was left out; what and how much, if `stats` are given. */
export function pushEllipsis(records: TextRecord[], stats?: Stats): void {
  const last = records.at(-1);
  if (!last || !isEllipsis(last.value)) records.push({ value: line(ELLIPSIS), withoutComma: true, ...(stats ? { comment: stats } : {}) });
  else if (stats && typeof last.comment === 'object') records[records.length - 1] = { ...last, comment: addStats(last.comment, stats) };
}

const MAX_COLUMN = 80;

/** The tree on one line, and the same tree with all parts that may be so on one line. */
function compact(node: Text, mark: Mark): { readonly text: string; readonly node: Text } {
  if (node.kind === 'line') return { text: node.text, node };
  if (node.kind === 'wrap') {
    const inner = compact(node.inner, mark);
    const text = node.prefix + inner.text + node.suffix;
    return { text, node: inner.node.kind === 'line' ? line(text) : { ...node, inner: inner.node } };
  }
  const parts = node.records.map((record) => ({ record, ...compact(record.value, mark || (record.mark ?? '')) }));
  const text = parts.map((part) => (part.record.key ? `${part.record.key}: ${part.text}` : part.text)).join(', ');
  const isLong = mark !== '' && Buffer.byteLength(text) > MAX_COLUMN;
  const isSplit = isLong || parts.some((part) => part.record.mark || part.node.kind !== 'line' || part.record.comment !== undefined);
  return { text, node: isSplit ? list(parts.map((part) => ({ ...part.record, value: part.node }))) : line(text) };
}

const indent = (mark: Mark, depth: number): string => `${mark || ' '} ${'\t'.repeat(depth)}`;

/** Spaces that bring neighbours to the same length; `length` is undefined where a run of neighbours ends. */
function padding(records: readonly TextRecord[], length: (record: TextRecord) => number | undefined): number[] {
  const pads = records.map(() => 0);
  let run: number[] = [];
  const close = (): void => {
    const longest = Math.max(0, ...run.map((i) => length(records[i]!) ?? 0));
    for (const i of run) pads[i] = longest - (length(records[i]!) ?? 0);
    run = [];
  };
  records.forEach((record, i) => {
    if (length(record) === undefined) close();
    else run.push(i);
  });
  close();
  return pads;
}

const characters = (text: string): number => [...text].length;

function expand(node: Text, mark: Mark, depth: number): string {
  if (node.kind === 'line') return node.text;
  if (node.kind === 'wrap') return node.prefix + expand(node.inner, mark, depth) + node.suffix;
  const { records } = node;
  const end = `\n${indent(mark, depth)}`;
  if (records.length > 0 && records.every((record) => !record.mark && !record.key && record.value.kind === 'line' && record.comment === undefined)) return batches(records, mark, depth + 1) + end;
  const keyPads = padding(records, ({ key, value }) => (key && value.kind === 'line' ? characters(key) : undefined));
  const valuePads = padding(records, ({ value, comment }) => (value.kind === 'line' && !isEllipsis(value) && comment !== undefined ? characters(value.text) : undefined));
  const lines = records.map((record, i) => {
    const own = mark || (record.mark ?? '');
    const value = expand(record.value, own, depth + 1);
    const comment = record.comment === undefined ? '' : ` // ${typeof record.comment === 'string' ? record.comment : statsText(record.comment)}`;
    return `\n${indent(own, depth + 1)}${record.key ? `${record.key}: ` : ''}${' '.repeat(keyPads[i] ?? 0)}${value}${record.withoutComma ? '' : ','}${' '.repeat(valuePads[i] ?? 0)}${comment}`;
  });
  return lines.join('') + end;
}

/** Plain values, as many on a line as fit. */
function batches(records: readonly TextRecord[], mark: Mark, depth: number): string {
  const rows: string[] = [];
  let row = '';
  for (const { value } of records) {
    const text = value.kind === 'line' ? value.text : '';
    if (Buffer.byteLength(row + text) + 2 > MAX_COLUMN && row) {
      rows.push(row);
      row = '';
    }
    row += `${text}, `;
  }
  if (row) rows.push(row);
  return rows.map((each) => `\n${indent(mark, depth)}${each.trimEnd()}`).join('');
}

export const render = (node: Text): string => `${indent('', 0)}${expand(compact(node, '').node, '', 0)}\n`;

export const size = (node: Text): number => Buffer.byteLength(compact(node, '').text);

export function sameText(a: Text, b: Text): boolean {
  if (a.kind === 'line') return b.kind === 'line' && a.text === b.text;
  if (a.kind === 'wrap') return b.kind === 'wrap' && a.prefix === b.prefix && a.suffix === b.suffix && sameText(a.inner, b.inner);
  return b.kind === 'list' && a.records.length === b.records.length && a.records.every((record, i) => {
    const other = b.records[i];
    return other !== undefined && record.mark === other.mark && record.key === other.key && sameText(record.value, other.value);
  });
}
