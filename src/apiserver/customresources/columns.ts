/** Columns of custom resources in tables. Follows apiextensions-apiserver pkg/registry/customresource/tableconvertor. */
import type { CustomResourceColumnDefinition } from '../../api/generated/types.ts';
import { JsonPath, JsonPathError } from '../../api/jsonpath/jsonpath.ts';
import type { KubeObject } from '../../api/object.ts';
import { parseTime } from '../../api/time.ts';
import { ageOf, NAME, nameOf, type Cell, type Printer, type RowContext, type TableColumn } from '../tables/table.ts';

/** What is shown of a kind that says nothing of itself. */
const AGE: CustomResourceColumnDefinition = { name: 'Age', type: 'date', description: 'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata', jsonPath: '.metadata.creationTimestamp' };

/** The printer of the columns that a version defines. */
export function columnPrinter(columns: readonly CustomResourceColumnDefinition[] | undefined): Printer<KubeObject> {
  const shown = (columns?.length ? columns : [AGE]).map(columnOf);
  // A column that cannot be read leaves those before it, as upstream.
  const broken = shown.findIndex(({ path }) => path === undefined);
  const usable = broken < 0 ? shown : shown.slice(0, broken);
  return {
    columns: [NAME, ...usable.map(({ column }) => column)],
    row: (object, context) => [nameOf(object), ...usable.map(({ path, column }) => (path ? cellOf(path, column.type, object, context) : null))],
  };
}

function columnOf({ name, type, format = '', description, priority = 0, jsonPath }: CustomResourceColumnDefinition): { readonly column: TableColumn; readonly path: JsonPath | undefined } {
  const column: TableColumn = { name, type: type as TableColumn['type'], format, description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`, priority };
  try {
    return { column, path: new JsonPath(`{${jsonPath}}`) };
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return { column, path: undefined };
  }
}

function cellOf(path: JsonPath, type: string, object: KubeObject, context: RowContext): Cell {
  let value: unknown;
  try {
    value = path.find(object)[0]?.[0];
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    return null;
  }
  if (value === undefined) return null;
  if (type === 'string') return path.text(value);
  if (value === null) return null;
  switch (type) {
    case 'integer': return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number': return typeof value === 'number' ? value : null;
    case 'boolean': return typeof value === 'boolean' ? value : null;
    case 'date': return typeof value !== 'string' ? null : parseTime(value) === undefined || Number.isNaN(parseTime(value)) ? '<invalid>' : ageOf(value, context);
    default: return null;
  }
}
