/**
 * JSON Patch (RFC 6902) with the liberties of the library that the API server uses: `add` to an existing key replaces,
 * `replace` of a missing key adds, negative indexes count from the end, `test` of a missing key passes for null.
 * Follows gopkg.in/evanphx/json-patch.v4 patch.go; texts are its own.
 */
import { draft, equal, jsonKind } from '../json.ts';
import { goQuote } from '../quote.ts';
import { PatchError, has, isMap, setKey, type JsonMap } from './json-map.ts';

export interface JsonPatchOperation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

type Container = JsonMap | unknown[];

/** Applies the operations to a copy. Throws PatchError where one does not apply; nothing is half-applied. */
export function applyJsonPatch(document: unknown, operations: readonly (JsonPatchOperation | null)[]): unknown {
  const holder: { root: Container } = { root: draft(document) as Container };
  // Null is an operation that says nothing.
  for (const operation of operations) applyOperation(holder, operation ?? {});
  return holder.root;
}

function applyOperation(holder: { root: Container }, operation: JsonPatchOperation): void {
  const kind = typeof operation.op === 'string' ? operation.op : 'unknown';
  switch (kind) {
    case 'add': return add(holder.root, operation);
    case 'remove': return remove(holder.root, operation);
    case 'replace': return replace(holder, operation);
    case 'move': return move(holder.root, operation);
    case 'test': return test(holder.root, operation);
    case 'copy': return copy(holder.root, operation);
    default: throw new PatchError(`Unexpected kind: ${kind}`);
  }
}

/** Whatever is wrong with their path, these say that it is missing. */
function pathOnly({ path }: JsonPatchOperation, name: 'add' | 'copy' | 'remove'): string {
  if (typeof path !== 'string') throw new PatchError(`${name} operation failed to decode path: missing value`);
  return path;
}

function add(root: Container, operation: JsonPatchOperation): void {
  const path = pathOnly(operation, 'add');
  const [container, key] = find(root, path, `add operation does not apply: doc is missing path: "${path}"`);
  insert(container, key, draft(operation.value ?? null), `error in add for path: '${path}'`);
}

function remove(root: Container, operation: JsonPatchOperation): void {
  const path = pathOnly(operation, 'remove');
  const [container, key] = find(root, path, `remove operation does not apply: doc is missing path: "${path}"`);
  take(container, key, `error in remove for path: '${path}'`);
}

function replace(holder: { root: Container }, operation: JsonPatchOperation): void {
  const path = pointer(operation.path, 'replace operation failed to decode path', 'operation missing path field');
  if (path === '') {
    // Of another value the library means to say something, and does not.
    if (isMap(operation.value) || Array.isArray(operation.value)) holder.root = draft(operation.value) as Container;
    return;
  }
  const [container, key] = find(holder.root, path, `replace operation does not apply: doc is missing path: ${path}`);
  const value = draft(operation.value ?? null);
  if (!Array.isArray(container)) return setKey(container, key, value);
  const index = existingIndex(container, key);
  if (typeof index === 'string') throw new PatchError(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  container[index] = value;
}

function move(root: Container, operation: JsonPatchOperation): void {
  const from = pointer(operation.from, 'move operation failed to decode from', 'operation, missing from field');
  const [source, key] = find(root, from, `move operation does not apply: doc is missing from path: ${from}`);
  const value = take(source, key, `error in move for path: '${key}'`);
  const path = pointer(operation.path, 'move operation failed to decode path', 'operation missing path field');
  const [target, targetKey] = find(root, path, `move operation does not apply: doc is missing destination path: ${path}`);
  insert(target, targetKey, value, `error in move for path: '${path}'`);
}

function copy(root: Container, operation: JsonPatchOperation): void {
  const from = pointer(operation.from, 'copy operation failed to decode from', 'operation, missing from field');
  const [source, key] = find(root, from, `copy operation does not apply: doc is missing from path: ${from}`);
  const value = draft(read(source, key, `error in copy for from: '${from}'`) ?? null);
  const path = pathOnly(operation, 'copy');
  const [target, targetKey] = find(root, path, `copy operation does not apply: doc is missing destination path: ${path}`);
  insert(target, targetKey, value, 'error while adding value during copy');
}

function test(root: Container, operation: JsonPatchOperation): void {
  const path = pointer(operation.path, 'test operation failed to decode path', 'operation missing path field');
  const failed = new PatchError(`testing value ${path} failed: test failed`);
  if (path === '') {
    if (!equal(root, operation.value)) throw failed;
    return;
  }
  const [container, key] = find(root, path, `test operation does not apply: is missing path: ${path}`);
  if (!equal(read(container, key, `error in test for path: '${path}'`) ?? null, operation.value ?? null)) throw failed;
}

function pointer(value: unknown, what: string, missing: string): string {
  if (value === undefined || value === null) throw new PatchError(`${what}: ${missing}: missing value`);
  if (typeof value !== 'string') throw new PatchError(`${what}: json: cannot unmarshal ${jsonKind(value)} into Go value of type string`);
  return value;
}

/** The container that a JSON pointer's last part lies in. */
function find(root: Container, path: string, missing: string): [Container, string] {
  const parts = path.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = parts.pop();
  if (key === undefined) throw new PatchError(`${missing}: missing value`);
  let container: Container = root;
  for (const part of parts) {
    const index = Array.isArray(container) ? existingIndex(container, part) : part;
    const next: unknown = Array.isArray(container) ? (typeof index === 'number' ? container[index] : undefined) : has(container, part) ? container[part] : undefined;
    if (!Array.isArray(next) && !isMap(next)) throw new PatchError(`${missing}: missing value`);
    container = next;
  }
  return [container, key];
}

function read(container: Container, key: string, what: string): unknown {
  if (!Array.isArray(container)) return has(container, key) ? container[key] : undefined;
  const index = existingIndex(container, key);
  if (typeof index === 'string') throw new PatchError(`${what}: ${index}`);
  return container[index];
}

function take(container: Container, key: string, what: string): unknown {
  if (Array.isArray(container)) {
    const index = existingIndex(container, key);
    if (typeof index === 'string') throw new PatchError(`${what}: ${index}`);
    return container.splice(index, 1)[0];
  }
  if (!has(container, key)) throw new PatchError(`${what}: Unable to remove nonexistent key: ${key}: missing value`);
  const value = container[key];
  delete container[key];
  return value;
}

function insert(container: Container, key: string, value: unknown, what: string): void {
  if (!Array.isArray(container)) return setKey(container, key, value);
  if (key === '-') {
    container.push(value);
    return;
  }
  const index = parseIndex(key);
  if (typeof index === 'string') throw new PatchError(`${what}: value was not a proper array index: '${key}': ${index}`);
  const length = container.length + 1;
  if (index >= length || index < -length) throw new PatchError(`${what}: Unable to access invalid index: ${index}: invalid index referenced`);
  container.splice(index < 0 ? index + length : index, 0, value);
}

/** The position of an existing element, or why there is none. */
function existingIndex(list: readonly unknown[], key: string): number | string {
  const index = parseIndex(key);
  if (typeof index === 'string') return index;
  if (index >= list.length || index < -list.length) return `Unable to access invalid index: ${index}: invalid index referenced`;
  return index < 0 ? index + list.length : index;
}

/** strconv.Atoi, or what it says. */
function parseIndex(key: string): number | string {
  const fault = (what: string): string => `strconv.Atoi: parsing ${goQuote(key)}: ${what}`;
  if (!/^[+-]?\d+$/.test(key)) return fault('invalid syntax');
  const index = BigInt(key.replace('+', ''));
  return BigInt.asIntN(64, index) === index ? Number(index) : fault('value out of range');
}
