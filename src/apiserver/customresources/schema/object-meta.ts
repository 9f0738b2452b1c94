/**
 * Metadata, of the object itself and of Kubernetes objects inside it: decoded as Go's type, and checked. Follows
 * apiextensions-apiserver pkg/apiserver/schema/objectmeta.
 */
import { decodeObject } from '../../../api/decode/decoder.ts';
import { structOf } from '../../../api/decode/table.ts';
import type { ObjectMeta } from '../../../api/generated/types.ts';
import { jsonKind } from '../../../api/json.ts';
import type { JsonNode } from '../../../api/json-scan.ts';
import { dns1035LabelErrors } from '../../../api/names.ts';
import { goQuote } from '../../../api/quote.ts';
import { invalid, Path, required, type FieldError } from '../../validation/field.ts';
import { nameIsPathSegment } from '../../validation/formats.ts';
import { validateObjectMeta } from '../../validation/metadata.ts';
import { additionalOf, isFields, propertyOf, type Fields, type Schema } from './schema.ts';

type Report = (text: string) => void;

/** Puts metadata into the form that Go gives it; reports unknown fields ("unknown field \"metadata.foo\""). Answers with what makes it no metadata at all. */
export function decodeMeta(object: Fields, at: string, report: Report, node?: JsonNode): string | undefined {
  const { metadata } = object;
  if (metadata === undefined || metadata === null) {
    delete object.metadata;
    return undefined;
  }
  if (!isFields(metadata)) return `json: cannot unmarshal ${jsonKind(metadata)} into Go value of type v1.ObjectMeta`;
  const struct = structOf('ObjectMeta');
  if (!struct) return undefined;
  const { value, error, strict } = decodeObject(struct, metadata, 'json', node);
  if (error !== undefined) return error;
  for (const text of strict) report(text.replace(/field "/, `field "${at === '' ? '' : `${at}.`}metadata.`));
  if (value.creationTimestamp === null) delete value.creationTimestamp;
  object.metadata = value;
  return undefined;
}

/** The same for objects inside the object. */
export function decodeEmbedded(value: unknown, schema: Schema | undefined, at: string, report: Report): string | undefined {
  if (!schema) return undefined;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const fault = decodeEmbedded(item, schema.items, `${at}[${i}]`, report);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (!isFields(value)) return undefined;
  if (schema['x-kubernetes-embedded-resource']) {
    for (const key of ['apiVersion', 'kind']) if (Object.hasOwn(value, key) && typeof value[key] !== 'string') return invalidText(`${at}.${key}`, value[key], 'must be a string');
    const fault = decodeMeta(value, at, report);
    if (fault !== undefined) return invalidText(`${at}.metadata`, value.metadata, fault);
  }
  for (const key of Object.keys(value)) {
    const below = at === '' ? key : `${at}.${key}`;
    const fault = decodeEmbedded(value[key], propertyOf(schema, key) ?? additionalOf(schema), below, report);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const invalidText = (path: string, value: unknown, why: string): string => {
  const { field, message } = invalid(path, value, why);
  return `${field}: ${message}`;
};

/** Faults of the Kubernetes objects inside an object. */
export function validateEmbedded(value: unknown, schema: Schema | undefined, path: Path | undefined): FieldError[] {
  if (!schema) return [];
  if (Array.isArray(value)) return schema.items ? value.flatMap((item, i) => validateEmbedded(item, schema.items, path?.index(i))) : [];
  if (!isFields(value)) return [];
  const errors = schema['x-kubernetes-embedded-resource'] && path ? validateResource(value, path) : [];
  for (const key of Object.keys(value)) {
    const property = propertyOf(schema, key);
    errors.push(...validateEmbedded(value[key], property ?? additionalOf(schema), property || !path ? child(path, key) : path.key(key)));
  }
  return errors;
}

/** A name below a path that may be that of the whole object. */
export const child = (path: Path | undefined, key: string): Path => path?.child(key) ?? Path.of(key);

function validateResource(object: Fields, path: Path): FieldError[] {
  const errors: FieldError[] = [];
  const { apiVersion, kind, metadata } = object;
  if (apiVersion === undefined) errors.push(required(path.child('apiVersion'), 'must not be empty'));
  if (kind === undefined) errors.push(required(path.child('kind'), 'must not be empty'));
  if (apiVersion === '') errors.push(invalid(path.child('apiVersion'), apiVersion, 'must not be empty'));
  else if (typeof apiVersion === 'string' && apiVersion.split('/').length > 2) errors.push(invalid(path.child('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  if (kind === '') errors.push(invalid(path.child('kind'), kind, 'must not be empty'));
  else if (typeof kind === 'string') {
    const faults = dns1035LabelErrors(kind.toLowerCase());
    if (faults.length > 0) errors.push(invalid(path.child('kind'), kind, `may have mixed case, but should otherwise match: ${faults.join(',')}`));
  }
  if (isFields(metadata)) {
    const meta = metadata as ObjectMeta;
    const faults = validateObjectMeta({ ...meta, name: meta.name || 'fakename' }, { namespaced: Boolean(meta.namespace), validateName: nameIsPathSegment });
    errors.push(...faults.map((fault) => ({ ...fault, field: `${path.toString()}.${fault.field}` })));
  }
  return errors;
}

/** Unknown fields as strict decoding names them. */
export const unknownField = (path: string): string => `unknown field ${goQuote(path)}`;
