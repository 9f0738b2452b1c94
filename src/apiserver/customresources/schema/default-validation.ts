/** Whether a schema's defaults are what the schema asks for. Follows apiextensions-apiserver pkg/apiserver/schema/defaulting/validation.go. */
import { draft, equal } from '../../../api/json.ts';
import { invalid, type FieldError, type Path } from '../../validation/field.ts';
import { untyped } from '../../validation/go-value.ts';
import { needsRules, rulesModule } from '../rules-loader.ts';
import { decodeEmbedded, decodeMeta, validateEmbedded } from './object-meta.ts';
import { prune } from './pruning.ts';
import { asResource, isFields, META_FIELDS, type Fields, type Schema } from './schema.ts';
import { validateSchema } from './validation.ts';

/** Faults of all defaults of a resource's schema. */
export function validateDefaults(schema: Schema, path: Path, requirePruned: boolean): FieldError[] {
  return validate(asResource(schema), path, requirePruned, undefined, true);
}

/** @param around puts a value at its place in the object whose metadata it is part of; undefined outside of metadata */
function validate(schema: Schema, path: Path, requirePruned: boolean, around: ((value: unknown) => Fields) | undefined, root: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const embedded = schema['x-kubernetes-embedded-resource'] ?? false;
  const inside = embedded ? undefined : around;
  if (schema.default !== undefined && schema.default !== null) errors.push(...(inside ? metaDefault(schema, path, inside) : plainDefault(schema, path, requirePruned, root)));
  const below = (place: (value: unknown) => unknown) => inside && ((value: unknown) => inside(place(value)));
  if (schema.items) errors.push(...validate(schema.items, path.child('items'), requirePruned, below((value) => [value]), false));
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const next = embedded && META_FIELDS.has(name) ? (value: unknown): Fields => ({ apiVersion: 'validation/v1', kind: 'Validation', [name]: value }) : below((value) => ({ [name]: value }));
    errors.push(...validate(property, path.child('properties').key(name), requirePruned, next, false));
  }
  return errors;
}

function plainDefault(schema: Schema, path: Path, requirePruned: boolean, root: boolean): FieldError[] {
  const at = path.child('default');
  const errors: FieldError[] = [];
  const embedded = schema['x-kubernetes-embedded-resource'] ?? false;
  if (requirePruned) {
    const pruned = draft(schema.default);
    prune(pruned, embedded ? asResource(schema) : schema);
    if (!equal(pruned, schema.default)) errors.push(invalid(at, untyped(schema.default), 'must not have unknown fields'));
  }
  const fault = decodeEmbedded(draft(schema.default), schema, '', () => undefined);
  if (fault !== undefined) return [...errors, invalid(at, untyped(schema.default), fault)];
  const faults = validateEmbedded(schema.default, schema, at);
  if (faults.length > 0) return [...errors, ...faults];
  return [...errors, ...valueFaults(schema, at, root || embedded)];
}

/** A default within metadata has to give metadata. */
function metaDefault(schema: Schema, path: Path, around: (value: unknown) => Fields): FieldError[] {
  const object = around(draft(schema.default));
  const fault = isFields(object) ? decodeMeta(object, '', () => undefined) : undefined;
  if (fault !== undefined) return [invalid(path.child('default'), untyped(schema.default), `must result in valid metadata: ${fault}`)];
  return valueFaults(schema, path.child('default'), false);
}

function valueFaults(schema: Schema, at: Path, root: boolean): FieldError[] {
  const faults = validateSchema(schema.default, schema, at.toString());
  if (faults.length > 0 || !needsRules(schema)) return faults;
  const rules = new (rulesModule().SchemaRules)(schema, root);
  const changed = rules.validate(schema.default, schema.default, at, false);
  return changed.length > 0 ? changed : rules.validate(schema.default, undefined, at);
}
