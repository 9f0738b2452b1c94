/** Objects read as Go's types hold them, and printed with %#v: what errors of the API server (v1.33) show of structs. */
import type { PodSpec } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { goKind, type GoField } from './go-types.ts';
import { GoValue, quantityParts } from './go-value.ts';

type Json = Readonly<Record<string, unknown>>;

/** Go prints pointers inside of structs as addresses; ours is a fixed one. */
export const ADDRESS = '0xc000000000';

/** What Go keeps in pieces that are one value in JSON. */
function asStruct(type: string, value: unknown): Json {
  if (type === 'resource.Quantity') {
    const { value: integer, scale, text, format } = quantityParts(typeof value === 'string' ? value : '0');
    return { i: { value: integer, scale }, s: text, format };
  }
  if (type === 'intstr.IntOrString') return typeof value === 'string' ? { type: 1, strVal: value } : { intVal: value };
  return (value ?? {}) as Json;
}

/** The API server keeps these in the security context. */
function internalContext(spec: PodSpec): Json {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  return { ...spec.securityContext, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
}

export interface TypedField {
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
}

/** A struct's fields with their values; undefined for nil and for what was left out. */
export function typedFields(type: string, fields: readonly GoField[], value: unknown): TypedField[] {
  const object = asStruct(type, value);
  return fields.map(({ name, json, type: fieldType }) => {
    if (type === 'core.PodSpec' && json === 'securityContext') return { name, type: fieldType, value: internalContext(object as unknown as PodSpec) };
    return { name, type: fieldType, value: json === '' ? object : (object[json] ?? undefined) };
  });
}

/** reflect.Value.IsZero. */
export function isZero(type: string, value: unknown): boolean {
  const known = goKind(type);
  if (known.kind !== 'struct') return known.kind === 'pointer' || known.kind === 'slice' || known.kind === 'map' ? value === undefined : !value;
  if (type === 'resource.Quantity') return value === undefined;
  return typedFields(type, known.fields, value).every((field) => isZero(field.type, field.value));
}

export const sortedEntries = (map: unknown): [string, unknown][] => Object.entries(map as Json).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** time.Time.GoString. A time that was read from JSON is in the server's own zone. */
function goTimeSyntax(time: unknown): string {
  const parts = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/.exec(typeof time === 'string' ? time : '')?.slice(1).map(Number);
  const [year = 1, month = 1, day = 1, ...clock] = parts ?? [1, 1, 1, 0, 0, 0];
  return `time.Date(${year}, time.${MONTHS[month - 1]}, ${day}, ${clock.join(', ')}, 0, time.${parts ? 'Local' : 'UTC'})`;
}

function syntax(type: string, value: unknown): string {
  if (type === 'v1.Time') return goTimeSyntax(value);
  if (type === '*v1.Time') return value === undefined ? '<nil>' : goTimeSyntax(value);
  const known = goKind(type);
  switch (known.kind) {
    case 'pointer':
      return `(${type})(${value === undefined ? 'nil' : ADDRESS})`;
    case 'slice':
      return value === undefined ? `${type}(nil)` : `${type}{${(value as readonly unknown[]).map((item) => syntax(known.item, item)).join(', ')}}`;
    case 'map':
      return value === undefined ? `${type}(nil)` : `${type}{${sortedEntries(value).map(([key, item]) => `${goQuote(key)}:${syntax(known.item, item)}`).join(', ')}}`;
    case 'struct':
      return `${type}{${typedFields(type, known.fields, value).map((field) => `${field.name}:${syntax(field.type, field.value)}`).join(', ')}}`;
    case 'string':
      return goQuote(String(value ?? ''));
    case 'int':
      return String(value ?? 0);
    case 'bool':
      return String(value ?? false);
  }
}

/** A value of a type of go-types.ts; null for nil. */
export const goTyped = (type: string, value: unknown): GoValue | null => (value === undefined ? null : new GoValue(syntax(type, value)));
