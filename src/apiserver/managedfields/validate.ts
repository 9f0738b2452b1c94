/** Whether a configuration fits its type, in the words of the API server. Follows structured-merge-diff typed/validate.go. */
import { isObject } from '../../api/json.ts';
import { goFormat } from '../../api/patch/go-format.ts';
import { goQuote } from '../../api/quote.ts';
import { elementOf, ElementError } from './elements.ts';
import { fieldElement, printElement } from './path-element.ts';
import { childType, formOf, type FieldType, type ListType, type MapType, type Scalar } from './schema.ts';

/** The faults of a value as one text; undefined where there are none. */
export function validate(type: FieldType, value: unknown): string | undefined {
  const errors = faults(type, value, '');
  if (errors.length === 0) return undefined;
  return errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

const at = (path: string, message: string): string => (path === '' ? message : `${path}: ${message}`);

function faults(type: FieldType, value: unknown, path: string): string[] {
  if (value === null || value === undefined) return [];
  const form = formOf(type, value);
  if (form === 'map') return ofMap(type.map as MapType, value, path);
  if (form === 'list') return ofList(type.list as ListType, value, path);
  return ofScalar(type.scalar as Scalar, value, path);
}

function ofMap(type: MapType, value: unknown, path: string): string[] {
  if (!isObject(value)) return [at(path, `expected map, got ${describe(value)}`)];
  const errors: string[] = [];
  for (const name of Object.keys(value)) {
    const child = childType(type, name);
    const childPath = path + printElement(fieldElement(name));
    // Upstream looks no further once it has met one.
    if (!child) return [...errors, at(childPath, 'field not declared in schema')];
    errors.push(...faults(child, value[name], childPath));
  }
  return errors;
}

function ofList(type: ListType, value: unknown, path: string): string[] {
  if (!Array.isArray(value)) return [at(path, `expected list, got ${describe(value)}`)];
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const [i, item] of (value as unknown[]).entries()) {
    let element = `i:${i}`;
    if (!type.atomic) {
      try {
        element = elementOf(type, item);
      } catch (error) {
        if (!(error instanceof ElementError)) throw error;
        return [...errors, at(path, `element ${i}: ${error.message}`)];
      }
      if (seen.has(element)) errors.push(at(path, `duplicate entries for key ${printElement(element)}`));
      seen.add(element);
    }
    errors.push(...faults(type.element, item, path + printElement(element)));
  }
  return errors;
}

function ofScalar(type: Scalar, value: unknown, path: string): string[] {
  const fits = type === 'numeric' ? typeof value === 'number' : type === 'untyped' ? typeof value !== 'object' : typeof value === type;
  if (fits) return [];
  switch (type) {
    case 'numeric': return [at(path, `expected numeric (int or float), got ${goType(value)}`)];
    case 'string': return [at(path, `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)];
    case 'boolean': return [at(path, `expected boolean, got ${describe(value)}`)];
    case 'untyped': return [at(path, `expected any scalar, got ${describe(value)}`)];
  }
}

/** A value as upstream prints it: a pointer to its holder (%v). */
function describe(value: unknown): string {
  return `&{${goFormat(value)}}`;
}

/** A value's type in Go (%T). */
function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? 'map[string]interface {}' : typeof value;
}

/** A value in Go's syntax (%#v). */
function goSyntax(value: unknown): string {
  if (typeof value === 'string') return goQuote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isObject(value)) return `map[string]interface {}{${Object.keys(value).sort().map((key) => `${goQuote(key)}:${goSyntax(value[key])}`).join(', ')}}`;
  return value === null ? 'interface {}(nil)' : String(value);
}
