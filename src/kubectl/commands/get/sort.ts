/** --sort-by, for objects and for the rows of Tables (kubectl pkg/cmd/get/sorter.go). */
import { goType } from '../../../api/go-value.ts';
import { JsonPath, JsonPathError, relaxedJsonPath } from '../../../api/jsonpath/jsonpath.ts';
import { parseQuantity } from '../../../api/quantity.ts';
import { goQuote } from '../../../api/quote.ts';
import type { Info } from '../../builder/info.ts';
import { goSort } from '../../describe/go-sort.ts';
import { CommandError, PlainError } from '../../errors.ts';
import { klogLine } from '../../klog.ts';
import { isTable, type Table, type TableRow } from '../../printers/table.ts';

/** Sorts objects among themselves, in place. */
export function sortInfos(infos: Info[], sortBy: string): void {
  infos.splice(0, infos.length, ...sorted(infos, (info) => info.object, sortBy));
}

/**
 * Sorts Tables in place. Several answers are sorted as answers first, by fields of the Tables themselves, which fails
 * for most expressions; then each Table its rows. A Table whose rows cannot be sorted is left out, as kubectl drops the
 * error that its printer reports.
 */
export function sortTables(infos: Info[], sortBy: string): void {
  if (infos.length > 1) sortInfos(infos, sortBy);
  const left = infos.filter((info) => {
    const table = info.object as unknown as { rows?: readonly TableRow[] } & Table;
    if (!isTable(table) || (table.rows?.length ?? 0) < 2) return true;
    try {
      table.rows = sorted(table.rows ?? [], (row) => row.object, sortBy);
      return true;
    } catch (error) {
      if (error instanceof PlainError) throw error;
      return false;
    }
  });
  infos.splice(0, infos.length, ...left);
}

function sorted<T>(items: readonly T[], objectOf: (item: T) => unknown, sortBy: string): T[] {
  if (items.length === 0) return [];
  const field = worded(() => relaxedJsonPath(sortBy));
  const path = worded(() => new JsonPath(field));
  const keysOf = (item: T): readonly unknown[] => path.find(objectOf(item))[0] ?? [];
  // The first object that has the field will do; those after it are only asked when they are compared.
  if (!worded(() => items.some((item) => keysOf(item).length > 0))) throw new CommandError(`couldn't find any field with path ${goQuote(field)} in the list of objects`);
  const less = (a: T, b: T): boolean => {
    const [left, right] = [a, b].map(keysOf) as [readonly unknown[], readonly unknown[]];
    if (left.length === 0) return true;
    return right.length > 0 && isLess(left[0], right[0], field);
  };
  return goSort(items, less);
}

function worded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof JsonPathError ? new CommandError(error.message) : error;
  }
}

/** Strings that are quantities are compared as such; nothing comes before anything. */
function isLess(a: unknown, b: unknown, field: string): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return (a === null || a === undefined) && b !== null && b !== undefined;
  const type = goType(a, 'int64');
  if (typeof a === 'number' && type === goType(b, 'int64')) return a < (b as number);
  if (typeof a === 'string' && typeof b === 'string') {
    const [left, right] = [quantity(a), quantity(b)];
    return left && right ? left.compare(right) < 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  }
  const problem = typeof a === 'number' || typeof a === 'string' ? 'unsortable interface: interface' : `unsortable type: ${type}`;
  throw new PlainError(klogLine('F', 'sorter.go:375', `Field ${field} in [][][]reflect.Value is an unsortable type: interface, err: ${problem}`));
}

function quantity(text: string): ReturnType<typeof parseQuantity> | undefined {
  try {
    return parseQuantity(text);
  } catch {
    return undefined;
  }
}
