/** Objects made from the API model: any of its fields with any value that fits the field's type, or hardly. */
import fc from '../../support/property.ts';
import model from '../../../src/api/generated/model.json' with { type: 'json' };

type Shape = { readonly type?: string; readonly ref?: string; readonly array?: Shape; readonly map?: Shape };
type Json = Record<string, unknown>;
/** Draws a value, in fast-check's way. */
type Draw = fc.GeneratorValue;

const models = model as unknown as Readonly<Record<string, { readonly fields: Readonly<Record<string, Shape>> } | undefined>>;

const TEXTS = ['', 'a', 'b-1', 'Always', 'None', 'A_b', '-', 'kubernetes.io/x', '1.2.3.4', '1.2.3.4/24', '::1', '100%', '* * * * *', 'é\u0000', '../a', '/a', 'cpu', 'spec.a', 'x'.repeat(300)];

function scalarOf(type: string | undefined): fc.Arbitrary<unknown> {
  switch (type) {
    case 'int32':
      return fc.constantFrom(0, 1, -1, 3, 65536, 2147483647, -2147483648);
    case 'int64':
    case 'double':
      return fc.constantFrom(0, 1, -1, 3600, 2 ** 40, -(2 ** 40));
    case 'boolean':
      return fc.boolean();
    case 'time':
    case 'microtime':
      return fc.constantFrom('2025-01-01T00:00:00Z', null);
    case 'int-or-string':
      return fc.constantFrom(0, 1, -1, 70000, '50%', '101%', 'x', '');
    case 'quantity':
      return fc.constantFrom('1', '0', '-1', '500m', '1Gi', '1e30', '1n', '0.5');
    case 'bytes':
      return fc.constantFrom('', 'YQ==');
    case 'any':
      return fc.constantFrom(null, {}, [], 1, 'a', { a: [] });
    default:
      return fc.constantFrom(...TEXTS);
  }
}

/** Values that fit a field's type. */
function valueOf(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  if (shape.array) return fc.array(valueOf(shape.array, depth - 1), { maxLength: 2 });
  if (shape.map) return fc.dictionary(fc.constantFrom('a', 'b', '', 'cpu', 'memory'), valueOf(shape.map, depth - 1), { maxKeys: 2 });
  if (shape.ref) return depth <= 0 || !models[shape.ref] ? fc.constant({}) : objectOf(shape.ref, depth - 1);
  return scalarOf(shape.type);
}

export function objectOf(name: string, depth: number): fc.Arbitrary<Json> {
  const fields = Object.fromEntries(Object.entries(models[name]?.fields ?? {}).map(([field, shape]) => [field, valueOf(shape, depth)]));
  return fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Json>;
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Changes one field somewhere in an object of a model. */
export function change(draw: Draw, object: Json, name: string): void {
  const fields = Object.entries(models[name]?.fields ?? {}).filter(([field]) => field !== 'apiVersion' && field !== 'kind');
  if (fields.length === 0) return;
  const [field, shape] = draw(fc.constantFrom, ...fields) as [string, Shape];
  object[field] = changed(draw, object[field], shape);
  if (object[field] === undefined) delete object[field];
}

function changed(draw: Draw, value: unknown, shape: Shape): unknown {
  const how = draw(fc.nat, 9) as number;
  if (how === 0) return undefined;
  if (how === 1) return null;
  if (shape.ref && how < 9) {
    const inner = isObject(value) ? value : {};
    change(draw, inner, shape.ref);
    return inner;
  }
  if (shape.array && Array.isArray(value) && value.length > 0 && how < 8) {
    const at = draw(fc.nat, value.length - 1) as number;
    const list = [...(value as unknown[])];
    if (how < 6) list[at] = changed(draw, list[at], shape.array) ?? {};
    else if (how === 6) list.splice(at, 1);
    else list.push(structuredClone(list[at]));
    return list;
  }
  return draw(valueOf, shape, 2);
}
