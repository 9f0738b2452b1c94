/** The types of built-in kinds, from the generated model: one type for each model, made when first asked for. */
import { LIST_TYPES } from '../../api/generated/list-types.ts';
import { structOf, type Field, type Shape } from '../../api/decode/table.ts';
import type { JsonPrimitive } from '../../api/json.ts';
import { DEDUCED, type FieldType, type Scalar } from './schema.ts';

interface ListFacts {
  /** Models that are owned as one. */
  readonly atomic: readonly string[];
  /** Model -> field -> "set", "map:key,key" or "atomic". */
  readonly fields: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** "Model.field" -> what a key is when it is not there. */
  readonly defaults: Readonly<Record<string, JsonPrimitive>>;
}

let facts: (Omit<ListFacts, 'atomic'> & { readonly atomic: ReadonlySet<string> }) | undefined;
const types = new Map<string, FieldType>();

function readFacts() {
  if (facts) return facts;
  const { atomic, ...rest } = JSON.parse(LIST_TYPES) as ListFacts;
  return (facts = { ...rest, atomic: new Set(atomic) });
}

/** The type of a model's objects. */
export function typeOfModel(model: string): FieldType {
  const known = types.get(model);
  if (known) return known;
  const type = structType(model, readFacts().atomic.has(model));
  types.set(model, type);
  return type;
}

function structType(model: string, atomic: boolean): FieldType {
  const struct = structOf(model);
  if (!struct) return DEDUCED;
  const lists = readFacts().fields[model];
  const fields = new Map<string, FieldType>();
  return {
    map: {
      atomic,
      element: undefined,
      field(name) {
        const known = fields.get(name);
        if (known) return known;
        const field = struct.fields.get(name) ?? (name === 'apiVersion' || name === 'kind' ? TYPE_META : undefined);
        const type = field && typeOfShape(field.shape, lists?.[name]);
        if (type) fields.set(name, type);
        return type;
      },
    },
  };
}

const TYPE_META: Field = { shape: { type: 'string', goType: 'string' }, pointer: false, always: false };

const SCALARS: Partial<Record<Shape['type'], Scalar>> = { string: 'string', bytes: 'string', boolean: 'boolean', int32: 'numeric', int64: 'numeric', double: 'numeric', time: 'untyped', microtime: 'untyped' };

function typeOfShape(shape: Shape, fact: string | undefined): FieldType {
  switch (shape.type) {
    case 'struct': return fact === 'atomic' ? structType(shape.model, true) : typeOfModel(shape.model);
    case 'map': return { map: { atomic: fact === 'atomic', field: () => undefined, element: typeOfShape(shape.values, undefined) } };
    case 'list': {
      const { items } = shape;
      const keys = fact?.startsWith('map:') ? fact.slice('map:'.length).split(',') : [];
      return { list: { atomic: fact !== 'set' && keys.length === 0, keys, get element() { return typeOfShape(items, undefined); }, keyDefault: (key) => (items.type === 'struct' ? defaultOf(items.model, key) : undefined) } };
    }
    default: {
      const scalar = SCALARS[shape.type];
      return scalar ? { scalar } : DEDUCED;
    }
  }
}

/** The published default of a field; those that Go always writes have their zero value. */
function defaultOf(model: string, name: string): JsonPrimitive | undefined {
  const published = readFacts().defaults[`${model}.${name}`];
  if (published !== undefined) return published;
  const field = structOf(model)?.fields.get(name);
  if (!field?.always || field.pointer) return undefined;
  const scalar = SCALARS[field.shape.type];
  return scalar === 'numeric' ? 0 : scalar === 'boolean' ? false : scalar === 'string' ? '' : undefined;
}

/** An object of a kind in which nothing is set, as Go writes it: what a new object is compared with. */
export function emptyObject(model: string, apiVersion: string, kind: string): Readonly<Record<string, unknown>> {
  return { ...emptyStruct(model), apiVersion, kind };
}

const empties = new Map<string, Readonly<Record<string, unknown>>>();

function emptyStruct(model: string): Readonly<Record<string, unknown>> {
  const known = empties.get(model);
  if (known) return known;
  const result: Record<string, unknown> = {};
  for (const [name, { shape, pointer, always }] of structOf(model)?.fields ?? []) {
    if (shape.type === 'struct' && !pointer) result[name] = emptyStruct(shape.model);
    else if (shape.type === 'time' && !pointer) result[name] = null;
    else if (always) result[name] = pointer ? null : zeroOf(shape);
  }
  empties.set(model, result);
  return result;
}

function zeroOf({ type }: Shape): unknown {
  const scalar = SCALARS[type];
  return scalar === 'numeric' ? 0 : scalar === 'boolean' ? false : scalar === 'string' ? '' : null;
}
