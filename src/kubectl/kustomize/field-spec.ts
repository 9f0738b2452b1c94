/**
 * Paths to fields of certain kinds, through maps and lists alike: "spec/template/spec/containers/image". Follows kustomize
 * api/filters/fieldspec and api/types/fieldspec.go.
 */
import type { JsonValue } from '../../api/json.ts';
import { parseApiVersion } from '../../api/resource.ts';
import { toYaml } from '../printers/yaml.ts';
import { KustomizeError } from './errors.ts';
import { idText, isSelected, type Gvk } from './resid.ts';
import { isFields, type Fields, type Resource } from './resource.ts';

export interface FieldSpec extends Gvk {
  readonly path: string;
  /** Make what is missing on the way. */
  readonly create?: boolean;
}

/** A value in its place: it can be read, and another put there. */
export interface Slot {
  readonly value: unknown;
  set(value: unknown): void;
}

/** What to make where the last field is missing. */
export type CreateKind = 'map' | 'scalar';

/** Calls `visit` for each place that the path leads to, if the resource is of the kind. */
export function visitFields(resource: Resource, spec: FieldSpec, visit: (slot: Slot) => void, createKind?: CreateKind): void {
  if (!matches(resource, spec)) return;
  try {
    walk({ value: resource.fields, set: (value) => (resource.fields = value as Fields) }, splitPath(spec.path), spec.create === true ? createKind : undefined, visit);
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    throw new KustomizeError(`considering field '${spec.path}' of object ${idText(resource.id)}: ${error.message}`);
  }
}

function matches(resource: Resource, { group, version, kind }: Gvk): boolean {
  const own = parseApiVersion(resource.apiVersion);
  return (!kind || kind === resource.kind) && (!group || group === own.group) && (!version || version === own.version);
}

/** Puts a value where a scalar is, or nothing yet. Throws KustomizeError where something else stands. */
export function setScalar(slot: Slot, value: JsonValue): void {
  const { value: before } = slot;
  if (typeof before === 'object' && before !== null) throw wrongKind('ScalarNode', before);
  slot.set(value);
}

/** A value is no map, list or scalar where one is to be. */
export function wrongKind(expected: string, value: unknown): KustomizeError {
  return new KustomizeError(`wrong node kind: expected ${expected} but got ${isFields(value) ? 'MappingNode' : Array.isArray(value) ? 'SequenceNode' : 'ScalarNode'}: node contents:\n${toYaml(value)}`);
}

/** "a/b\/c" -> a, b/c */
export function splitPath(path: string): readonly string[] {
  return path.split(/(?<!\\)\//).map((part) => part.replaceAll('\\/', '/'));
}

function walk(slot: Slot, path: readonly string[], create: CreateKind | undefined, visit: (slot: Slot) => void): void {
  const [step, ...rest] = path;
  if (step === undefined) return visit(slot);
  const { value } = slot;
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    const list = value as unknown[];
    list.forEach((item, index) => walk({ value: item, set: (next) => (list[index] = next) }, path, create, visit));
    return;
  }
  if (!isFields(value)) throw new KustomizeError('expected sequence or mapping node');
  const isList = step.endsWith('[]');
  const name = isList ? step.slice(0, -2) : step;
  if (name === '') throw new KustomizeError('cannot set or create an empty field name');
  if (!Object.hasOwn(value, name) || (value[name] === null && create && !isList)) {
    if (!create || isList) return;
    if (rest.length === 0 && create === 'scalar') return visit({ value: undefined, set: (next) => (value[name] = next as Fields) });
    value[name] = {};
  }
  walk({ value: value[name], set: (next) => (value[name] = next as Fields) }, rest, create, visit);
}

/** The first list with what the second has more. Throws where they disagree on `create`. */
export function mergeSpecs(specs: readonly FieldSpec[], more: readonly FieldSpec[]): readonly FieldSpec[] {
  const merged = [...specs];
  for (const spec of more) {
    const same = merged.find((other) => isSelected(other, spec) && other.path === spec.path);
    if (!same) merged.push(spec);
    else if ((same.create ?? false) !== (spec.create ?? false)) throw new KustomizeError('conflicting fieldspecs');
  }
  return merged;
}
