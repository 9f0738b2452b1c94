/**
 * Bodies as protocol buffers, in which client-go sends the built-in kinds: an envelope (runtime.Unknown behind "k8s\0")
 * with the object's bytes. They become what the same body would be as JSON; zero values and defaults are the decoder's
 * business, as with JSON. Follows apimachinery pkg/runtime/serializer/protobuf/protobuf.go.
 */
import { structOf, type Shape } from '../../../api/decode/table.ts';
import { badRequest } from '../../../api/status.ts';
import { messageOf, messageOfKind, type Message } from './numbers.ts';
import { fieldsOf, type WireField, type WireValue } from './wire.ts';

export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

const MAGIC = [0x6b, 0x38, 0x73, 0];
type Fields = Record<string, unknown>;

/** The object in a body. Throws the API server's 400 where there is none. */
export function decodeProtobuf(body: Uint8Array): Fields {
  if (!MAGIC.every((byte, at) => body[at] === byte)) throw badRequest('the body of the request was in an unknown format - provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  try {
    const { apiVersion, kind, raw } = envelope(body.subarray(MAGIC.length));
    const message = messageOfKind(apiVersion, kind);
    if (!message) throw new Error(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
    return { apiVersion, kind, ...object(message, message.model, raw) };
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

function envelope(bytes: Uint8Array): { readonly apiVersion: string; readonly kind: string; readonly raw: Uint8Array } {
  let [apiVersion, kind] = ['', ''];
  let raw: Uint8Array = new Uint8Array();
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 1) {
      for (const field of fieldsOf(bytesOf(value))) {
        if (field.number === 1) apiVersion = textOf(field.value);
        if (field.number === 2) kind = textOf(field.value);
      }
    }
    if (number === 2) raw = bytesOf(value);
  }
  return { apiVersion, kind, raw };
}

/** A message's fields; `model` is the one that they belong to, which is another for an inlined message. */
function object(message: Message, model: string, bytes: Uint8Array): Fields {
  const shapes = structOf(model)?.fields;
  const fields: Fields = {};
  for (const field of fieldsOf(bytes)) {
    const { name, inlined } = message.numbers.get(field.number) ?? {};
    if (name === undefined) continue;
    if (inlined) {
      const inner = messageOf(name, message.package);
      if (inner) Object.assign(fields, object(inner, model, bytesOf(field.value)));
      continue;
    }
    const shape = shapes?.get(name)?.shape;
    if (shape) fields[name] = add(fields[name], shape, field);
  }
  return fields;
}

/** A field that repeats goes on where it was. */
function add(before: unknown, shape: Shape, field: WireField): unknown {
  if (shape.type === 'list') {
    const list = (before as unknown[] | undefined) ?? [];
    list.push(...items(shape.items, field));
    return list;
  }
  if (shape.type !== 'map') return single(shape, field);
  let key = '';
  let value: unknown;
  for (const part of fieldsOf(bytesOf(field.value))) {
    if (part.number === 1) key = textOf(part.value);
    else if (part.number === 2) value = single(shape.values, part);
  }
  return { ...(before as Fields | undefined), [key]: value ?? emptyOf(shape.values) };
}

function items(shape: Shape, field: WireField): unknown[] {
  const packed = (shape.type === 'int32' || shape.type === 'int64') && typeof field.value !== 'bigint';
  if (!packed) return [single(shape, field)];
  // Packed numbers lie one behind the other; each is read as a field's value.
  const numbers: number[] = [];
  let [value, shift] = [0n, 0n];
  for (const byte of bytesOf(field.value)) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    numbers.push(Number(BigInt.asIntN(64, value)));
    [value, shift] = [0n, 0n];
  }
  return numbers;
}

function single(shape: Shape, { value, fixed64 }: WireField): unknown {
  switch (shape.type) {
    case 'string':
      return textOf(value);
    case 'boolean':
      return value !== 0n;
    case 'int32':
    case 'int64':
      return Number(value as bigint);
    case 'double':
      return fixed64 ? new Float64Array(new BigInt64Array([value as bigint]).buffer)[0] : Number(value as bigint);
    case 'bytes':
      return Buffer.from(bytesOf(value)).toString('base64');
    case 'quantity':
      return textOf(part(value, 1) ?? new Uint8Array());
    case 'time':
    case 'microtime':
      return timeOf(bytesOf(value), shape.type === 'microtime');
    case 'int-or-string':
      return part(value, 1) === 1n ? textOf(part(value, 3) ?? new Uint8Array()) : Number(part(value, 2) ?? 0n);
    case 'any':
      return JSON.parse(textOf(part(value, 1) ?? new Uint8Array()) || 'null') as unknown;
    case 'struct': {
      const message = messageOf(shape.model);
      return message ? object(message, shape.model, bytesOf(value)) : {};
    }
    // Only definitions of custom resources have them, and those come as JSON.
    case 'union':
      throw new Error(`proto: no message for ${shape.goType}`);
    // A named list type is a message of its own with the list as its only field.
    case 'list':
      return [...fieldsOf(bytesOf(value))].flatMap((field) => items(shape.items, field));
    case 'map':
      return {};
  }
}

/** What a map's value is when it was left out: its type's zero value. */
function emptyOf(shape: Shape): unknown {
  return shape.type === 'string' || shape.type === 'bytes' ? '' : shape.type === 'list' ? [] : shape.type === 'struct' ? {} : shape.type === 'boolean' ? false : 0;
}

/** meta/v1 Time: seconds and nanoseconds; nothing at all is the zero time. */
function timeOf(bytes: Uint8Array, micro: boolean): string | null {
  if (bytes.length === 0) return null;
  const seconds = Number(part(bytes, 1) ?? 0n);
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return micro ? `${text}.${String((part(bytes, 2) as bigint | undefined) ?? 0n).padStart(9, '0').slice(0, 6)}Z` : `${text}Z`;
}

/** The last field of a number in a message. */
function part(message: WireValue, number: number): WireValue | undefined {
  let found: WireValue | undefined;
  for (const field of fieldsOf(bytesOf(message))) if (field.number === number) found = field.value;
  return found;
}

function bytesOf(value: WireValue): Uint8Array {
  if (typeof value === 'bigint') throw new Error('proto: wrong wireType');
  return value;
}

function textOf(value: WireValue): string {
  return Buffer.from(bytesOf(value)).toString('utf8');
}
