/**
 * The API server's Tables as text (cli-runtime pkg/printers/tableprinter.go): header, wide columns, namespace, kind and
 * label columns, event column of a watch.
 */
import type { KubeObject } from '../../api/object.ts';
import type { TabWriter } from './tab-writer.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly priority: number;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  /** The object itself or its metadata, as includeObject asked. */
  readonly object?: KubeObject;
}

/** A meta.k8s.io/v1 Table. */
export interface Table extends KubeObject {
  readonly columnDefinitions?: readonly TableColumn[];
  readonly rows?: readonly TableRow[];
}

export const isTable = (object: unknown): object is Table => (object as KubeObject | undefined)?.kind === 'Table' && ((object as KubeObject).apiVersion ?? '').startsWith('meta.k8s.io/');

export interface TableOptions {
  readonly noHeaders: boolean;
  readonly wide: boolean;
  readonly withNamespace: boolean;
  /** "deployment.apps": goes before each name. */
  readonly kindPrefix?: string;
  readonly columnLabels: readonly string[];
  readonly showLabels: boolean;
}

const EVENT_TYPES: Readonly<Record<string, string>> = { ADDED: 'ADDED   ', MODIFIED: 'MODIFIED', DELETED: 'DELETED ', ERROR: 'ERROR   ' };

/** Prints one Table after the other; the header comes again only when the columns change. */
export class TablePrinter {
  #columns: readonly TableColumn[] = [];
  #headersPrinted = false;

  constructor(
    private readonly options: TableOptions,
    private readonly writer: TabWriter,
  ) {}

  /** `eventType` prints a column with it first (--output-watch-events). */
  print(table: Table, eventType?: string): void {
    const rows = table.rows ?? [];
    const given = table.columnDefinitions ?? [];
    const same = given.length === 0 || sameColumns(given, this.#columns);
    const quiet = this.options.noHeaders || (this.#headersPrinted && same);
    if (!same) {
      this.#columns = given;
      this.#headersPrinted = false;
    }
    if (rows.length > 0) this.#headersPrinted = true;
    const columns = this.#columns;
    const shown = columns.map((column) => this.options.wide || column.priority === 0);
    if (!quiet && rows.length > 0) this.writer.row(this.#header(columns, shown, eventType));
    const nameColumn = this.options.kindPrefix === undefined ? -1 : columns.findIndex((column) => column.format === 'name' && column.type === 'string');
    for (const row of rows) this.writer.row(this.#row(row, shown, nameColumn, eventType));
  }

  #header(columns: readonly TableColumn[], shown: readonly boolean[], eventType: string | undefined): string[] {
    const { withNamespace, columnLabels, showLabels } = this.options;
    return [
      ...(eventType === undefined ? [] : ['EVENT']),
      ...(withNamespace ? ['NAMESPACE'] : []),
      ...columns.filter((_, index) => shown[index]).map((column) => column.name.toUpperCase()),
      ...labelHeaders(columnLabels),
      ...(showLabels ? ['LABELS'] : []),
    ];
  }

  #row(row: TableRow, shown: readonly boolean[], nameColumn: number, eventType: string | undefined): string[] {
    const { withNamespace, columnLabels, showLabels, kindPrefix } = this.options;
    const cells: string[] = [];
    if (eventType !== undefined) cells.push(EVENT_TYPES[eventType] ?? eventType);
    if (withNamespace) cells.push(row.object?.metadata?.namespace ?? '');
    for (let index = 0; index < row.cells.length && index < shown.length; index++) {
      if (!shown[index]) continue;
      const text = cellText(row.cells[index]);
      cells.push(index === nameColumn ? `${kindPrefix}/${text}` : text);
    }
    for (const label of columnLabels) cells.push(row.object?.metadata?.labels?.[label] ?? '');
    if (showLabels) cells.push(formatLabels(row.object?.metadata?.labels));
    return cells;
  }
}

function sameColumns(a: readonly TableColumn[], b: readonly TableColumn[]): boolean {
  return a.length === b.length && a.every((column, index) => column.name === b[index]?.name && column.type === b[index]?.type && column.priority === b[index]?.priority);
}

/** "kubernetes.io/os" → "OS" */
export const labelHeaders = (labels: readonly string[]): string[] => labels.map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase());

/** "a=b,c=d", sorted; "<none>" where there is none (labels.FormatLabels). */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const text = Object.keys(labels ?? {}).sort().map((key) => `${key}=${labels?.[key]}`).join(',');
  return text === '' ? '<none>' : text;
}

const CELL_SPECIALS = /[\n\r\f\t\v\x1b]/;

/** A cell is cut at its first line break; what would move the cursor is shown as text (printers/terminal.go). */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return Array.isArray(cell) ? `[${cell.map(cellText).join(' ')}]` : String(cell);
  if (!CELL_SPECIALS.test(cell)) return cell;
  const end = cell.search(/[\f\n\r]/);
  const line = end < 0 ? cell : `${cell.slice(0, end)}...`;
  return line.replaceAll('\x1b', '^[').replaceAll('\t', ' ').replaceAll('\v', ' ');
}
