/**
 * Documents for commands that hold objects in kubectl's structs of their kinds (apimachinery runtime/serializer/json;
 * cli-runtime pkg/resource/visitor.go: FlattenListVisitor).
 */
import { decodeObject } from '../../api/decode/decoder.ts';
import { structOf, type Field, type Shape, type Struct } from '../../api/decode/table.ts';
import { isObject, jsonKind, type JsonObject, type JsonValue } from '../../api/json.ts';
import { toJson } from '../../api/go-json.ts';
import { parseApiVersion, resourceForKind } from '../../api/resource.ts';
import { CommandError } from '../errors.ts';
import { NotRegisteredError, typedObject } from '../shared/typed.ts';
import { DecodeError, type ReadDocument } from './decode.ts';
import type { UnstructuredObject } from './info.ts';

const field = (shape: Shape): Field => ({ shape, pointer: false, always: false });
const TEXT = field({ type: 'string', goType: 'string' });
/** Go's name for a struct without one: part of error texts. */
const TYPE_STRUCT = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
const TYPE: Struct = { goName: '', fields: new Map([['apiVersion', TEXT], ['kind', TEXT]]), implied: [] };

/** What a document's type is (apimachinery meta.go: Interpret). */
function typeOf(value: JsonValue, raw: () => string): { readonly apiVersion: string; readonly kind: string } {
  const fault = isObject(value) ? decodeObject(TYPE, value, 'json').error : `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${TYPE_STRUCT}`;
  if (fault !== undefined) throw new DecodeError(`couldn't get version/kind; json parse error: ${fault}`);
  const { apiVersion, kind } = value as { readonly apiVersion?: string | null; readonly kind?: string | null };
  if ((apiVersion ?? '').split('/').length > 2) throw new DecodeError(`unexpected GroupVersion string: ${apiVersion ?? ''}`);
  if ((kind ?? '') === '') throw new DecodeError(`Object 'Kind' is missing in '${raw()}'`);
  if (parseApiVersion(apiVersion ?? '').version === '') throw new DecodeError(`Object 'apiVersion' is missing in '${raw()}'`);
  return { apiVersion: apiVersion ?? '', kind: kind ?? '' };
}

/** A list's own struct. */
const listStruct = (kind: string, items: Shape): Struct => ({
  goName: kind,
  fields: new Map([['apiVersion', TEXT], ['kind', TEXT], ['metadata', field({ type: 'struct', model: 'ListMeta', goType: 'v1.ListMeta' })], ['items', field({ type: 'list', items, goType: `[]${items.goType}` })]]),
  implied: [],
});

/** The items of a document that is a list, decoded with it; undefined for other documents. */
function listed(value: JsonObject, apiVersion: string, kind: string): readonly unknown[] | undefined {
  const itemKind = kind.replace(/List$/, '');
  const mixed = apiVersion === 'v1' && kind === 'List';
  const model = resourceForKind(apiVersion, itemKind)?.model ?? '';
  if (!mixed && (itemKind === kind || !structOf(model))) return undefined;
  const struct = listStruct(kind, mixed ? { type: 'any', goType: 'runtime.RawExtension' } : { type: 'struct', model, goType: `${parseApiVersion(apiVersion).version}.${itemKind}` });
  const { value: list, error } = decodeObject(struct, value, 'json');
  if (error !== undefined) throw new DecodeError(error);
  const items = (list['items'] ?? []) as readonly object[];
  return mixed ? items : items.map((item) => Object.assign(item, { apiVersion, kind: itemKind }));
}

/** Of an item of a list that kubectl has no struct for. */
const UNTYPED_ITEM = 'unable to get type info from the object "*runtime.Unknown": no kind is registered for the type runtime.Unknown in scheme "pkg/scheme/scheme.go:28"';
const NO_ITEM = 'unable to get type info from the object %!q(<nil>): expected pointer, but got invalid kind';

/** The objects of a document. Throws DecodeError where it has none; items that cannot be decoded take all others along. */
export function readTyped(value: JsonValue, raw: () => string): ReadDocument {
  const { apiVersion, kind } = typeOf(value, raw);
  const items = listed(value as JsonObject, apiVersion, kind);
  if (!items) return { object: typedObject(value as unknown as UnstructuredObject) };
  if (kind !== 'List') return { items: items as UnstructuredObject[] };
  const read: (UnstructuredObject | CommandError)[] = [];
  const broken: CommandError[] = [];
  for (const item of items as readonly JsonValue[]) {
    if (item === null) {
      read.push(new CommandError(NO_ITEM));
      continue;
    }
    try {
      const document = readTyped(item, () => toJson(item, 'given', ''));
      read.push(...('items' in document ? document.items : [document.object]));
    } catch (error) {
      if (error instanceof NotRegisteredError) read.push(new CommandError(UNTYPED_ITEM));
      else if (error instanceof DecodeError) broken.push(error);
      else throw error;
    }
  }
  return { items: broken.length > 0 ? broken : read };
}
