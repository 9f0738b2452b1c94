/** Evaluates kubectl's JSONPath (client-go util/jsonpath/jsonpath.go). */
import { toJson } from '../go-json.ts';
import { goNumber, goText, goType, sortedKeys, type Numbers } from '../go-value.ts';
import { JsonPathError, parseJsonPath, type PathNode } from './parser.ts';

export { JsonPathError } from './parser.ts';

export interface JsonPathOptions {
  /** A field that no value has gives nothing rather than an error (default true). */
  readonly allowMissingKeys?: boolean;
  readonly numbers?: Numbers;
}

/** A parsed template. */
export class JsonPath {
  readonly #nodes: readonly PathNode[];
  readonly #allowMissing: boolean;
  readonly #numbers: Numbers;
  #openRanges = 0;
  /** Where the next object is begun with: as upstream, which forgets what stands before the range that it has gone through last. */
  #from = 0;

  /** Throws JsonPathError where the template is malformed. */
  constructor(template: string, options: JsonPathOptions = {}) {
    this.#nodes = parseJsonPath(template);
    this.#allowMissing = options.allowMissingKeys ?? true;
    this.#numbers = options.numbers ?? 'int64';
  }

  /** The values of each action and text, in order. */
  find(data: unknown): unknown[][] {
    this.#openRanges = 0;
    return this.#walk(this.#nodes, this.#from, data).results;
  }

  /** The template's text for an object. */
  execute(data: unknown): string {
    return this.find(data).map((values) => values.map((value) => this.text(value)).join(' ')).join('');
  }

  /** `-o jsonpath-as-json`: each action's values as a JSON list. */
  executeAsJson(data: unknown): string {
    return this.find(data).map((values) => `${toJson(values)}\n`).join('');
  }

  /** Walks nodes until the end, or until the "end" of the range that it was called for; says where it stopped. */
  #walk(nodes: readonly PathNode[], from: number, data: unknown): { results: unknown[][]; stopped: number } {
    const results: unknown[][] = [];
    for (let i = from; i < nodes.length; i++) {
      const node = nodes[i] as PathNode;
      const keyword = keywordOf(node);
      if (keyword === 'end') {
        if (this.#openRanges === 0) throw new JsonPathError('not in range, nothing to end');
        return { results, stopped: i };
      }
      const values = this.#evaluate([data], node);
      if (keyword !== 'range') {
        results.push(values);
        continue;
      }
      this.#openRanges++;
      let stopped = nodes.length;
      for (const value of values) {
        this.#from = i + 1;
        const inner = this.#walk(nodes, i + 1, value);
        results.push(...inner.results);
        stopped = inner.stopped;
      }
      // Without values the body is still walked, on nothing, to find where it ends.
      if (values.length === 0) {
        this.#from = i + 1;
        stopped = this.#walk(nodes, i + 1, null).stopped;
      }
      this.#openRanges--;
      if (stopped < nodes.length) i = stopped;
    }
    return { results, stopped: nodes.length };
  }

  #evaluate(input: readonly unknown[], node: PathNode): unknown[] {
    switch (node.type) {
      case 'list': {
        let current = [...input];
        for (const child of node.nodes) current = this.#evaluate(current, child);
        return current;
      }
      case 'text':
        return [node.text];
      case 'number':
        return input.map(() => node.value);
      case 'bool':
        return input.map(() => node.value);
      case 'identifier':
        if (node.name === 'range') return [...input];
        throw new JsonPathError(`unrecognized identifier ${node.name}`);
      case 'field':
        return this.#field(input, node.name);
      case 'wildcard':
        return input.flatMap(children);
      case 'recursive':
        return input.flatMap(descendants);
      case 'union':
        return node.nodes.flatMap((child) => this.#evaluate(input, child));
      case 'array':
        return this.#array(input, node);
      case 'filter':
        return this.#filter(input, node);
    }
  }

  #field(input: readonly unknown[], name: string): unknown[] {
    if (input.length === 0) return [];
    const results = input.flatMap((value) => (isMap(value) && Object.hasOwn(value, name) && value[name] !== undefined ? [value[name]] : []));
    if (results.length === 0 && !this.#allowMissing) throw new JsonPathError(`${name} is not found`);
    return results;
  }

  #array(input: readonly unknown[], node: PathNode & { readonly type: 'array' }): unknown[] {
    const results: unknown[] = [];
    for (const value of input) {
      if (value === null || value === undefined) continue;
      if (!Array.isArray(value)) throw new JsonPathError(`${goType(value, this.#numbers)} is not array or slice`);
      const { length } = value;
      let start = node.start ?? 0;
      if (start < 0) start += length;
      let end = node.end ?? length;
      if (end < 0 || (end === 0 && node.endDerived)) end += length;
      if (start === end) return results;
      if (start >= length || start < 0) throw new JsonPathError(`array index out of bounds: index ${start}, length ${length}`);
      if (end > length || end < 0) throw new JsonPathError(`array index out of bounds: index ${end - 1}, length ${length}`);
      if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`);
      const step = node.step ?? 1;
      if (step <= 0) throw new JsonPathError('step must be > 0');
      for (let i = start; i < end; i += step) results.push(value[i]);
    }
    return results;
  }

  #filter(input: readonly unknown[], node: PathNode & { readonly type: 'filter' }): unknown[] {
    const results: unknown[] = [];
    for (const value of input) {
      if (!Array.isArray(value)) throw new JsonPathError(`${goText(value, this.#numbers)} is not array or slice and cannot be filtered`);
      for (const item of value) if (this.#passes(item, node)) results.push(item);
    }
    return results;
  }

  #passes(item: unknown, node: PathNode & { readonly type: 'filter' }): boolean {
    if (node.operator === 'exists') {
      try {
        return this.#evaluate([item], node.left).length > 0;
      } catch {
        return false;
      }
    }
    const lefts = this.#evaluate([item], node.left);
    if (lefts.length === 0) return false;
    if (lefts.length > 1) throw new JsonPathError('can only compare one element at a time');
    const rights = this.#evaluate([item], node.right);
    if (rights.length === 0) return false;
    if (rights.length > 1) throw new JsonPathError('can only compare one element at a time');
    return compare(lefts[0], node.operator, rights[0]);
  }

  /** A value as a template prints it. */
  text(value: unknown): string {
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'object') return toJson(value, 'sorted', '');
    return typeof value === 'number' ? goNumber(value, this.#numbers) : String(value);
  }
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** "range" or "end" where an action begins with it. */
function keywordOf(node: PathNode): string | undefined {
  if (node.type !== 'list') return undefined;
  const first = node.nodes[0];
  return first?.type === 'identifier' && (first.name === 'range' || first.name === 'end') ? first.name : undefined;
}

/** Go walks maps in no order; ours is that of the keys. Strings are walked as Go does, byte by byte. */
function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (isMap(value)) return sortedKeys(value).map((key) => value[key]);
  return typeof value === 'string' ? [...Buffer.from(value)] : [];
}

function descendants(value: unknown): unknown[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  const below = children(value);
  return below.length === 0 ? [] : [value, ...below.flatMap(descendants)];
}

const OPERATORS = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Go templates' comparisons (third_party/forked/golang/template: basicKind). */
function compare(left: unknown, operator: string, right: unknown): boolean {
  if (!OPERATORS.has(operator)) throw new JsonPathError(`unrecognized filter operator ${operator}`);
  const kinds = [kindOf(left), kindOf(right)];
  if (kinds.includes(undefined)) throw new JsonPathError('invalid type for comparison');
  if (kinds[0] !== kinds[1]) throw new JsonPathError('incompatible types for comparison');
  const a = left as string | number | boolean;
  const b = right as string | number | boolean;
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
  }
  if (typeof a === 'boolean') throw new JsonPathError('invalid type for comparison');
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

function kindOf(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value;
  return typeof value === 'number' ? goType(value, 'int64') : undefined;
}

/** Accepts "metadata.name", ".metadata.name" and "{metadata.name}" for "{.metadata.name}" (get/customcolumn.go). */
export function relaxedJsonPath(path: string): string {
  if (path === '') return path;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path);
  if (!match) throw new JsonPathError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'");
  return `{.${match[1] ?? match[2]}}`;
}
