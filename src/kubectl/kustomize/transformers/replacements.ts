/** Values copied from one resource into others (kustomize ReplacementTransformer, api/filters/replacement, kyaml PathMatcher). */
import { isObject, type JsonValue } from '../../../api/json.ts';
import { goQuote } from '../../../api/quote.ts';
import { parseSelector } from '../../../api/labels.ts';
import { plainScalar } from '../../builder/yaml-reader.ts';
import { decodeYaml } from '../decode.ts';
import { KustomizeError, prefixed } from '../errors.ts';
import type { Slot } from '../field-spec.ts';
import type { FieldOptions, Replacement, ReplacementField } from '../kustomization.ts';
import type { Loader } from '../loader.ts';
import type { PluginContext, Transformer } from '../plugin.ts';
import { idText, isSelectedBy } from '../resid.ts';
import { isFields, text, type Fields, type Resource } from '../resource.ts';
import type { ResourceList, Selector } from '../resource-list.ts';

const DEFAULT_PATH = 'metadata.name';

export interface ReplacementConfig {
  readonly replacements?: readonly ReplacementField[];
}

/** ReplacementTransformer. */
export function replacementTransformer({ replacements = [] }: ReplacementConfig, { loader }: PluginContext): Transformer {
  const loaded = replacements.flatMap((replacement) => load(replacement, loader));
  return { transform: (list) => loaded.forEach((replacement) => apply(list, replacement)) };
}

function apply(list: ResourceList, { source, targets }: Replacement): void {
  if (!source || !targets) throw new KustomizeError('replacements must specify a source and at least one target');
  const value = sourceValue(list, source);
  for (const target of targets) {
    const { select, reject = [], fieldPaths = [], options } = target;
    if (!select) throw new KustomizeError('target must specify resources to select');
    for (const resource of list.resources) {
      if (!isTarget(resource, select, reject)) continue;
      for (const path of fieldPaths.length === 0 ? [DEFAULT_PATH] : fieldPaths) setField(resource, path, value, options);
    }
  }
}

function load(replacement: ReplacementField, loader: Loader): readonly Replacement[] {
  const { path = '', source, targets = [] } = replacement;
  if (path === '') return [replacement];
  if (source || targets.length > 0) throw new KustomizeError('cannot specify both path and inline replacement');
  const text = loader.load(path).toString('utf8');
  const value = decodeYaml<unknown>('interface {}', text);
  if (Array.isArray(value)) return decodeYaml('[]types.Replacement', text);
  if (isObject(value)) return [decodeYaml('types.Replacement', text)];
  throw new KustomizeError(`unsupported replacement type encountered within replacement path: ${value === undefined || value === null ? 'invalid' : typeof value}`);
}

function sourceValue(list: ResourceList, source: NonNullable<Replacement['source']>): unknown {
  const { fieldPath = DEFAULT_PATH, options } = source;
  const matches = list.resources.filter((resource) => resource.ids.some((id) => isSelectedBy(id, source)));
  const shown = `${idText(source)}${source.fieldPath ? `:${source.fieldPath}` : ''}${options?.delimiter || options?.create ? `:${options.delimiter ?? ''}(${options.index ?? 0}), create=${options.create ?? false}` : ''}`;
  if (matches.length > 1) throw new KustomizeError(`multiple matches for selector ${shown}`);
  const [resource] = matches;
  if (!resource) throw new KustomizeError(`nothing selected by ${shown}`);
  const [slot] = find({ value: resource.fields, set: () => undefined }, splitPath(fieldPath), undefined);
  const value = slot?.value;
  if (value === undefined || value === null || (isFields(value) && Object.keys(value).length === 0) || (Array.isArray(value) && value.length === 0)) throw new KustomizeError(`fieldPath \`${fieldPath}\` is missing for replacement source ${idText(source)}`);
  if (!options?.delimiter) return value;
  if (typeof value === 'object') throw new KustomizeError('delimiter option can only be used with scalar nodes');
  const part = text(value).split(options.delimiter)[options.index ?? 0];
  if (part === undefined) throw new KustomizeError(`options.index ${options.index ?? 0} is out of bounds for value ${text(value)}`);
  return part;
}

function isTarget(resource: Resource, select: Selector, reject: readonly Selector[]): boolean {
  if (!matchesLabels(resource, select)) return false;
  if (reject.some((each) => (each.labelSelector || each.annotationSelector) && matchesLabels(resource, each))) return false;
  const { ids } = resource;
  const named = reject.filter(({ group, version, kind, name, namespace }) => group || version || kind || name || namespace);
  return ids.some((id) => isSelectedBy(id, select)) && !named.some((each) => ids.some((id) => isSelectedBy(id, each)));
}

function matchesLabels(resource: Resource, { labelSelector, annotationSelector }: Selector): boolean {
  return (!labelSelector || parseSelector(labelSelector).matches(resource.stringMap('labels'))) && (!annotationSelector || parseSelector(annotationSelector).matches(resource.stringMap('annotations')));
}

function setField(resource: Resource, path: string, value: unknown, options: FieldOptions | undefined): void {
  const create = options?.create === true;
  const fault = `unable to find ${create ? 'or create ' : ''}field ${goQuote(path)} in replacement target`;
  const slots = prefixed(fault, () => find({ value: resource.fields, set: (fields) => (resource.fields = fields as Fields) }, splitPath(path), create ? emptyLike(value) : undefined));
  if (slots.length === 0) throw new KustomizeError(fault);
  for (const slot of slots) slot.set(replaced(slot.value, value, options));
}

/** A scalar that has just been made: its type follows from the text that it gets, as that of a plain one in YAML. */
export const NEW_SCALAR = Symbol('new scalar');

const emptyLike = (value: unknown): unknown => (Array.isArray(value) ? [] : isFields(value) ? {} : NEW_SCALAR);

function replaced(before: unknown, value: unknown, options: FieldOptions | undefined): unknown {
  if (before === NEW_SCALAR) return typeof value === 'object' ? structuredClone(value) : plainScalar(joined('', value, options), 'true-false');
  if (!options?.delimiter) return typeof value === 'object' || typeof before === 'object' ? structuredClone(value) : withType(before, value);
  if (typeof before === 'object' && before !== null) throw new KustomizeError('delimiter option can only be used with scalar nodes');
  return withType(before, joined(text(before), value, options));
}

/** The text with the value as the part that the options name, or as a part more; the value alone without options. */
function joined(before: string, value: unknown, { delimiter = '', index = 0 }: FieldOptions = {}): string {
  if (delimiter === '') return text(value);
  const parts = before.split(delimiter);
  if (index < 0) parts.unshift(text(value));
  else if (index >= parts.length) parts.push(text(value));
  else parts[index] = text(value);
  return parts.join(delimiter);
}

/** A scalar takes another's text and keeps its own type. */
function withType(before: unknown, value: unknown): unknown {
  const given = text(value);
  if (typeof before === 'number' && !/^[-+]?\d+(?:\.\d+)?$/.test(given)) throw new KustomizeError(`map[string]interface {}(nil): yaml: cannot decode !!str \`${given}\` as a !!int`);
  if (typeof before === 'boolean' && given !== 'true' && given !== 'false') throw new KustomizeError(`map[string]interface {}(nil): yaml: cannot decode !!str \`${given}\` as a !!bool`);
  return typeof before === 'number' ? Number(given) : typeof before === 'boolean' ? given === 'true' : given;
}

/** "spec.containers.[name=web].env.0.value", "a\.b" and "[a.b]" for keys with dots. */
function splitPath(path: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let brackets = false;
  for (let at = 0; at < path.length; at++) {
    const char = path[at] as string;
    if (char === '\\' && path[at + 1] === '.') {
      part += '.';
      at++;
    } else if (char === '.' && !brackets) {
      parts.push(part);
      part = '';
    } else {
      if (char === '[') brackets = true;
      if (char === ']') brackets = false;
      part += char;
    }
  }
  parts.push(part);
  // Brackets around a key with dots are no condition.
  return parts.filter((each) => each !== '').map((each) => (/^\[[^=]*\.[^=]*\]$/.test(each) ? each.slice(1, -1) : each));
}

/** The places that a path leads to. `create`: what to put where the last field is missing. */
export function find(slot: Slot, path: readonly string[], create: unknown): Slot[] {
  const [step, ...rest] = path;
  if (step === undefined) return [slot];
  const { value } = slot;
  const inner = (list: unknown[], index: number): Slot[] => find({ value: list[index], set: (next) => (list[index] = next) }, rest, create);
  if (/^\d+$/.test(step) && Array.isArray(value)) {
    const list = value as unknown[];
    if (list.length === Number(step) && create !== undefined) list.push(missing(rest[0], create));
    if (Number(step) >= list.length) throw new KustomizeError(`index ${step} specified but only ${list.length} elements found`);
    return inner(list, Number(step));
  }
  if (/^\[[^=]*\]$/.test(step)) throw new KustomizeError('list path element must contain fieldName=fieldValue for element to match');
  const condition = /^\[([^=]*)=(.*)\]$/s.exec(step);
  if (condition || step === '*') {
    if (!Array.isArray(value)) {
      if (value === undefined || value === null) return [];
      throw new KustomizeError(`wrong node kind: expected SequenceNode but was ${isFields(value) ? 'MappingNode' : 'ScalarNode'}: node contents:\n${text(value)}`);
    }
    const list = value as unknown[];
    const [, field = '', wanted = ''] = condition ?? [];
    const expression = condition && new RegExp(wanted);
    const found = list.flatMap((item, index) => (!expression || expression.test(text(field === '' ? item : isFields(item) ? item[field] : undefined)) ? inner(list, index) : []));
    if (found.length > 0 || create === undefined || !condition) return found;
    list.push(field === '' ? wanted : { [field]: wanted });
    return inner(list, list.length - 1);
  }
  if (!isFields(value)) return [];
  if (!Object.hasOwn(value, step)) {
    if (create === undefined) return [];
    value[step] = missing(rest[0], create) as Fields;
  }
  return find({ value: value[step], set: (next) => (value[step] = next as JsonValue) }, rest, create);
}

function missing(next: string | undefined, create: unknown): unknown {
  if (next === undefined) return create === NEW_SCALAR ? create : structuredClone(create);
  return /^\d+$/.test(next) || /^\[.*=/.test(next) || next === '*' ? [] : {};
}
