/** --sort-by, for objects and for the rows of Tables (kubectl pkg/cmd/get/sorter.go). */
import { parseQuantity } from '../../../api/quantity.ts';
import { goQuote } from '../../../api/quote.ts';
import type { Info } from '../../builder/info.ts';
import { CommandError, PlainError } from '../../errors.ts';
import { klogLine } from '../../klog.ts';
import { goType } from '../../../api/go-value.ts';
import { JsonPath, JsonPathError, relaxedJsonPath } from '../../../api/jsonpath/jsonpath.ts';
import { isTable, type Table, type TableRow } from '../../printers/table.ts';

/** Sorts objects among themselves, in place. */
export function sortInfos(infos: Info[], sortBy: string): void {
  if (infos.length > 1) replace(infos, sorted(infos, (info) => info.object, sortBy));
}

/**
 * Sorts Tables in place. Several answers are sorted as answers first, by fields of the Tables themselves, which fails
 * for most expressions; then each Table its rows. A Table whose rows cannot be sorted is left out, as kubectl drops the
 * error that its printer reports.
 */
export function sortTables(infos: Info[], sortBy: string): void {
  sortInfos(infos, sortBy);
  replace(infos, infos.filter((info) => {
    const table = info.object as unknown as { rows?: readonly TableRow[] } & Table;
    if (!isTable(table) || (table.rows?.length ?? 0) < 2) return true;
    try {
      table.rows = sorted(table.rows ?? [], (row) => row.object, sortBy);
      return true;
    } catch (error) {
      if (error instanceof PlainError) throw error;
      return false;
    }
  }));
}

function replace<T>(target: T[], items: readonly T[]): void {
  target.splice(0, target.length, ...items);
}

function sorted<T>(items: readonly T[], objectOf: (item: T) => unknown, sortBy: string): T[] {
  const field = expression(sortBy);
  let keyed: { item: T; key: unknown; present: boolean }[];
  try {
    const path = new JsonPath(field);
    keyed = items.map((item) => {
      const values = path.find(objectOf(item))[0] ?? [];
      return { item, key: values[0], present: values.length > 0 };
    });
  } catch (error) {
    throw error instanceof JsonPathError ? new CommandError(error.message) : error;
  }
  if (items.length > 0 && !keyed.some(({ present }) => present)) throw new CommandError(`couldn't find any field with path ${goQuote(field)} in the list of objects`);
  const byKey = (a: (typeof keyed)[number], b: (typeof keyed)[number]): number => {
    if (!a.present || !b.present) return Number(a.present) - Number(b.present);
    return compare(a.key, b.key, field);
  };
  return keyed.sort(byKey).map(({ item }) => item);
}

function expression(sortBy: string): string {
  try {
    return relaxedJsonPath(sortBy);
  } catch (error) {
    throw error instanceof JsonPathError ? new CommandError(error.message) : error;
  }
}

/** sorter.go: isLess. Strings that are quantities are compared as such. */
function compare(a: unknown, b: unknown, field: string): number {
  if (a === null || a === undefined || b === null || b === undefined) return Number(a !== null && a !== undefined) - Number(b !== null && b !== undefined);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') {
    const [left, right] = [quantity(a), quantity(b)];
    if (left && right) return left.compare(right);
    return a === b ? 0 : a < b ? -1 : 1;
  }
  const problem = a !== null && typeof a === typeof b && typeof a === 'object' ? `unsortable type: ${goType(a, 'int64')}` : 'unsortable interface: interface';
  throw new PlainError(klogLine('F', 'sorter.go:375', `Field ${field} in [][][]reflect.Value is an unsortable type: interface, err: ${typeof a === 'boolean' ? 'unsortable type: bool' : problem}`));
}

function quantity(text: string): ReturnType<typeof parseQuantity> | undefined {
  try {
    return parseQuantity(text);
  } catch {
    return undefined;
  }
}
