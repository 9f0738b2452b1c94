/** The types of built-in kinds, made of the generated model; field by field, when somebody looks. */
import models from '../../../api/generated/model.json' with { type: 'json' };
import { BOOL, BYTES, DOUBLE, DYN, INT, listOf, mapOf, memoized, objectType, STRING, TIMESTAMP, unescapeProperty, type CelType } from '../../cel/index.ts';

interface Field {
  readonly type?: string;
  readonly ref?: string;
  readonly array?: Field;
  readonly map?: Field;
}

const MODELS = models as unknown as Readonly<Record<string, { readonly fields: Readonly<Record<string, Field>> }>>;
const SIMPLE: Readonly<Record<string, CelType>> = { string: STRING, quantity: STRING, boolean: BOOL, int32: INT, int64: INT, double: DOUBLE, bytes: BYTES, time: TIMESTAMP, microtime: TIMESTAMP };

/** @param name what errors call it: fields are called by their paths from there */
export function modelType(model: string, name: string): CelType {
  return objectType(name, memoized((field) => {
    // Names that CEL reserves are written as they are, too: "object.metadata.namespace".
    const found = MODELS[model]?.fields[unescapeProperty(field) ?? field];
    return found && fieldType(found, `${name}.${field}`);
  }));
}

function fieldType({ type, ref, array, map }: Field, name: string): CelType {
  if (array) return listOf(fieldType(array, `${name}.@idx`));
  if (map) return mapOf(STRING, fieldType(map, `${name}.@elem`));
  if (ref) return modelType(ref, name);
  return SIMPLE[type ?? ''] ?? DYN;
}
