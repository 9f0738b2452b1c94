/** The shapes of all kinds as the decoder needs them: read from the generated table, one model at a time. */
import { DECODE_TABLE } from '../generated/decode-table.ts';

export type Primitive = 'string' | 'boolean' | 'int32' | 'int64' | 'double' | 'quantity' | 'time' | 'microtime' | 'int-or-string' | 'bytes' | 'any';

/** What a value must be, with the name of its Go type for errors. */
export type Shape =
  | { readonly type: Primitive; readonly goType: string }
  | { readonly type: 'list'; readonly items: Shape; readonly goType: string }
  | { readonly type: 'map'; readonly values: Shape; readonly goType: string }
  | { readonly type: 'struct'; readonly model: string; readonly goType: string }
  /** A model, a list of it, or something else; Go reads it with a decoder of its own. */
  | { readonly type: 'union'; readonly model: string; readonly goType: string };

export interface Field {
  readonly shape: Shape;
  /** Absent is nil: an empty value that is there stays. */
  readonly pointer: boolean;
  /** Written even when zero. */
  readonly always: boolean;
}

export interface Struct {
  readonly goName: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Fields that are there even when nobody set them: structs, and primitives that are always written. */
  readonly implied: readonly (readonly [name: string, field: Field])[];
}

const PRIMITIVES: Readonly<Record<string, readonly [Primitive, string]>> = {
  s: ['string', 'string'], b: ['boolean', 'bool'], i: ['int32', 'int32'], l: ['int64', 'int64'], d: ['double', 'float64'], q: ['quantity', 'resource.Quantity'],
  t: ['time', 'v1.Time'], m: ['microtime', 'v1.MicroTime'], o: ['int-or-string', 'intstr.IntOrString'], y: ['bytes', '[]uint8'], a: ['any', 'interface {}'],
};

/** A model's line, but for its name; each is taken apart when it is asked for. */
let rows: ReadonlyMap<string, string> | undefined;
const structs = new Map<string, Struct>();

/** A model's fields; undefined for a model that is not there. */
export function structOf(model: string): Struct | undefined {
  const known = structs.get(model);
  if (known) return known;
  const row = rowOf(model);
  if (row === undefined) return undefined;
  const [goName = '', ...members] = row.split('\t');
  const fields = new Map<string, Field>();
  for (const member of members) {
    const equals = member.indexOf('=');
    const name = member.slice(0, equals);
    const [shape = '', flags = '', goType = ''] = member.slice(equals + 1).split('|');
    fields.set(name, { shape: parseShape(shape, goType), pointer: flags.includes('p'), always: flags.includes('w') });
  }
  const implied = [...fields].filter(([, { shape, pointer, always }]) => !pointer && (shape.type === 'struct' || shape.type === 'time' || shape.type === 'microtime' || shape.type === 'quantity' || shape.type === 'int-or-string' || (always && shape.type !== 'list' && shape.type !== 'map')));
  const struct = { goName, fields, implied };
  structs.set(model, struct);
  return struct;
}

function rowOf(model: string): string | undefined {
  rows ??= new Map(DECODE_TABLE.split('\n').map((line) => {
    const space = line.indexOf(' ');
    return [line.slice(0, space), line.slice(space + 1)];
  }));
  return rows.get(model);
}

const goNameOf = (model: string): string => rowOf(model)?.split('\t', 1)[0] ?? model;

function parseShape(text: string, goType: string): Shape {
  switch (text[0]) {
    case '[': {
      const items = parseShape(text.slice(1), goType.startsWith('[]') ? goType.slice(2) : '');
      return { type: 'list', items, goType: goType || `[]${items.goType}` };
    }
    case '{': {
      const values = parseShape(text.slice(1), goType.startsWith('map[string]') ? goType.slice('map[string]'.length) : '');
      return { type: 'map', values, goType: goType || `map[string]${values.goType}` };
    }
    case 'U': return { type: 'union', model: text.slice(1), goType: goType || 'interface {}' };
    case 'R': return { type: 'struct', model: text.slice(1), goType: goType || `v1.${goNameOf(text.slice(1))}` };
    default: {
      const [type, name] = PRIMITIVES[text[0] ?? ''] ?? (['any', 'interface {}'] as const);
      return { type, goType: goType || name };
    }
  }
}
