/** Tables (meta.k8s.io/v1): how the API server shows objects in rows. Each kind's printer is a list of columns and a function from an object to cells. */
import { humanDuration } from '../../api/duration.ts';
import type { KubeObject } from '../../api/object.ts';
import { parseTime } from '../../api/time.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date' | 'number';
  readonly format: string;
  readonly description: string;
  /** 0: always shown; 1: with -o wide. */
  readonly priority: number;
}

export type Cell = string | number | boolean | null;

export interface RowContext {
  /** The cluster's time, for ages. */
  readonly nowMs: number;
}

/** How a kind is shown. */
export interface Printer<T> {
  readonly columns: readonly TableColumn[];
  row(object: T, context: RowContext): Cell[];
  /** What clients may want to know of a row beside its cells: that the work it stands for is done. */
  conditions?(object: T): readonly RowCondition[] | undefined;
}

export interface RowCondition {
  readonly type: 'Completed';
  readonly status: 'True';
  readonly reason: string;
  readonly message: string;
}

/** A column that is always shown. */
export const column = (name: string, type: TableColumn['type'] = 'string', format = ''): TableColumn => ({ name, type, format, description: '', priority: 0 });
/** A column of -o wide. */
export const wide = (name: string, type: TableColumn['type'] = 'string'): TableColumn => ({ name, type, format: '', description: '', priority: 1 });
export const NAME = column('Name', 'string', 'name');
export const AGE = column('Age');

/** The age of a time: "5m", "<unknown>" where there is none (printers.translateTimestampSince). */
export function ageOf(time: string | undefined, { nowMs }: RowContext): string {
  const ms = parseTime(time);
  return ms === undefined ? '<unknown>' : humanDuration(nowMs - ms);
}

export const createdAge = (object: KubeObject, context: RowContext): string => ageOf(object.metadata?.creationTimestamp, context);
export const nameOf = (object: KubeObject): string => object.metadata?.name ?? '';
export const orNone = (text: string | undefined): string => (text === undefined || text === '' ? '<none>' : text);

/** "a=1,b=2" with sorted keys, or "<none>" (labels.FormatLabels). */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.join(',');
}
