/** `-o custom-columns` and `-o custom-columns-file` (kubectl pkg/cmd/get/customcolumn.go). */
import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../api/object.ts';
import { systemText } from '../builder/files.ts';
import { CommandError, OutputError } from '../errors.ts';
import { goText } from '../../api/go-value.ts';
import { JsonPath, JsonPathError, relaxedJsonPath } from '../../api/jsonpath/jsonpath.ts';
import { TabWriter } from './tab-writer.ts';

interface Column {
  readonly header: string;
  readonly path: string;
}

/** The printer that an -o asks for; undefined where it asks for another format. */
export function customColumnsPrinter(output: string, template: string, noHeaders: boolean): ((object: KubeObject) => string) | undefined {
  let format = output;
  let value = template;
  if (template === '') {
    const match = /^(custom-columns|custom-columns-file)=(.*)$/s.exec(output);
    if (match) [format, value] = [match[1] as string, match[2] as string];
  }
  if (format !== 'custom-columns' && format !== 'custom-columns-file') return undefined;
  if (value === '') throw new CommandError('custom-columns format specified but no custom columns given');
  const fromFile = format === 'custom-columns-file';
  const columns = worded(() => (fromFile ? columnsOfFile(value) : columnsOfSpec(value)));
  return printer(columns, noHeaders && !fromFile);
}

/** Faults of a template are the user's, and are worded as they are. */
function worded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof JsonPathError ? new CommandError(error.message) : error;
  }
}

function columnsOfSpec(spec: string): Column[] {
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new CommandError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: relaxedJsonPath(part.slice(colon + 1)) };
  });
}

function columnsOfFile(file: string): Column[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`error reading template ${file}, ${systemText(error, file)}\n`);
  }
  const lines = text.split(/\r?\n/);
  if (text.endsWith('\n')) lines.pop();
  const expected = 'Expected format is one line of space separated headers, one line of space separated column specs.';
  if (lines[0] === undefined || text === '') throw new CommandError(`invalid template, missing header line. ${expected}`);
  if (lines[1] === undefined) throw new CommandError(`invalid template, missing spec line. ${expected}`);
  const words = (line: string): string[] => line.split(/\s+/).filter((word) => word !== '');
  const headers = words(lines[0]);
  const specs = words(lines[1]);
  if (headers.length !== specs.length) throw new CommandError(`number of headers (${headers.length}) and field specifications (${specs.length}) don't match`);
  return headers.map((header, index) => ({ header, path: relaxedJsonPath(specs[index] as string) }));
}

function printer(columns: readonly Column[], noHeaders: boolean): (object: KubeObject) => string {
  const writer = new TabWriter();
  let lastType = '';
  return (object) => {
    const items = (object as { readonly items?: unknown }).items;
    const type = Array.isArray(items) ? 'list' : 'object';
    if (!noHeaders && type !== lastType) writer.row(columns.map(({ header }) => header));
    lastType = type;
    try {
      const paths = columns.map(({ path }) => new JsonPath(path));
      for (const item of Array.isArray(items) ? (items as unknown[]) : [object]) writer.row(paths.map((path) => cell(path, item)));
    } catch (error) {
      // What came before the fault is printed.
      throw error instanceof JsonPathError ? new OutputError(error.message, writer.flush()) : error;
    }
    return writer.flush();
  };
}

function cell(path: JsonPath, object: unknown): string {
  const values = path.find(object);
  const texts = (values[0]?.length ?? 0) === 0 ? ['<none>'] : [];
  for (const each of values) for (const value of each) texts.push(goText(value, 'int64').replaceAll('\x1b', '^[').replaceAll('\r', '\\r'));
  return texts.join(',');
}
