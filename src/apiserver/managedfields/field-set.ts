/**
 * Sets of field paths, kept in the form in which they are written, fieldsV1: a tree of path elements. A path is in the
 * set where its node is empty or has the element ".". Follows structured-merge-diff fieldpath/set.go and serialize.go.
 *
 * Sets that are stored are canonical: sorted, frozen, and one object for all that are equal, so that a thousand pods of
 * one ReplicaSet share theirs.
 */
import { isObject } from '../../api/json.ts';
import { SELF, checkElement, compareElements } from './path-element.ts';

export interface FieldSet {
  readonly [element: string]: FieldSet;
}
export interface Growing {
  [element: string]: FieldSet;
}

export const EMPTY: FieldSet = Object.freeze({});

const isLeaf = (node: FieldSet): boolean => {
  for (const _ in node) return false;
  return true;
};
const isMember = (node: FieldSet): boolean => SELF in node || isLeaf(node);

/** What grows has no class of its own in V8: with keys that are seldom the same, each would get one. */
export const blank = (): Growing => Object.create(null) as Growing;

/** Of a node's children and its own membership a node; undefined where nothing is in it. */
function nodeOf(children: FieldSet, member: boolean): FieldSet | undefined {
  if (isEmpty(children)) return member ? EMPTY : undefined;
  if (SELF in children === member) return children;
  const result = blank();
  if (member) result[SELF] = EMPTY;
  for (const element in children) if (element !== SELF) result[element] = children[element] as FieldSet;
  return result;
}

/** Whether there is nothing in a set. */
export function isEmpty(set: FieldSet): boolean {
  for (const element in set) if (element !== SELF) return false;
  return true;
}

/** The set of these paths. */
export function setOf(...paths: readonly (readonly string[])[]): FieldSet {
  return paths.map((path) => path.reduceRight<FieldSet>((below, element) => ({ [element]: below }), EMPTY)).reduce(unionOf, EMPTY);
}

function unionOf(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  const result = blank();
  for (const element in a) {
    if (element === SELF) continue;
    const [left, right] = [a[element] as FieldSet, b[element]];
    result[element] = right === undefined || right === left ? left : (nodeOf(unionOf(left, right), isMember(left) || isMember(right)) as FieldSet);
  }
  for (const element in b) if (element !== SELF && !(element in a)) result[element] = b[element] as FieldSet;
  return result;
}

function intersectionOf(a: FieldSet, b: FieldSet): FieldSet {
  let result: Growing | undefined;
  for (const element in b) {
    const [left, right] = [a[element], b[element] as FieldSet];
    if (element === SELF || left === undefined) continue;
    const node = nodeOf(intersectionOf(left, right), isMember(left) && isMember(right));
    if (node) (result ??= blank())[element] = node;
  }
  return result ?? EMPTY;
}

function differenceOf(a: FieldSet, b: FieldSet): FieldSet {
  return without(a, b, (left, right) => nodeOf(differenceOf(left, right), isMember(left) && !isMember(right)));
}

function recursiveDifferenceOf(a: FieldSet, b: FieldSet): FieldSet {
  return without(a, b, (left, right) => (isMember(right) ? undefined : nodeOf(recursiveDifferenceOf(left, right), isMember(left))));
}

/** `a` with what is left of the nodes that `b` has, too; `a` itself where that is everything. */
function without(a: FieldSet, b: FieldSet, leave: (left: FieldSet, right: FieldSet) => FieldSet | undefined): FieldSet {
  let result: Growing | undefined;
  for (const element in b) {
    const left = a[element];
    if (element === SELF || left === undefined) continue;
    const node = leave(left, b[element] as FieldSet);
    if (node === left) continue;
    if (!result) {
      result = blank();
      for (const other in a) if (other !== SELF) result[other] = a[other] as FieldSet;
    }
    if (node) result[element] = node;
    else delete result[element];
  }
  return result ?? a;
}

type Operation = (a: FieldSet, b: FieldSet) => FieldSet;

/** Knows what it has made of canonical sets, in canonical form: like objects are written alike, a thousand times. */
function remembering(operation: Operation): Operation {
  const made = new WeakMap<FieldSet, WeakMap<FieldSet, FieldSet>>();
  return (a, b) => {
    if (!ids.has(a) || !ids.has(b)) return operation(a, b);
    let ofFirst = made.get(a);
    if (!ofFirst) made.set(a, (ofFirst = new WeakMap()));
    let result = ofFirst.get(b);
    if (!result) ofFirst.set(b, (result = canonical(operation(a, b))));
    return result;
  };
}

export const union = remembering(unionOf);
export const intersection = remembering(intersectionOf);
/** The paths of `a` that are not themselves in `b`; `a` itself where that is all of them. */
export const difference = remembering(differenceOf);
/** The paths of `a` that are neither in `b` nor below a path of `b`. */
export const recursiveDifference = remembering(recursiveDifferenceOf);

/** The paths below an element, as a set of their own. */
export function withPrefix(set: FieldSet, element: string): FieldSet {
  const node = set[element];
  return (node && nodeOf(node, false)) ?? EMPTY;
}

export function hasElement(set: FieldSet, element: string): boolean {
  const node = set[element];
  return node !== undefined && isMember(node);
}

export function has(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    node = node[element];
    if (!node) return false;
  }
  return isMember(node);
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  return canonical(a) === canonical(b);
}

/** All paths: at each node its own members first, as upstream lists conflicts. */
export function paths(set: FieldSet): string[][] {
  const result: string[][] = [];
  const walk = (node: FieldSet, prefix: readonly string[]): void => {
    const elements = Object.keys(node).filter((element) => element !== SELF).sort(compareElements);
    for (const element of elements) if (isMember(node[element] as FieldSet)) result.push([...prefix, element]);
    for (const element of elements) walk(node[element] as FieldSet, [...prefix, element]);
  };
  walk(set, []);
  return result;
}

/** How many canonical nodes a generation holds; nodes that two generations have not asked for are forgotten. */
const GENERATION = 5_000;
const ids = new WeakMap<FieldSet, number>();
let nextId = 1;
let young = new Map<string, FieldSet>();
let old = new Map<string, FieldSet>();
ids.set(EMPTY, 0);

/** The one object that stands for all sets equal to this one. */
export function canonical(set: FieldSet): FieldSet {
  if (ids.has(set)) return set;
  const elements: string[] = [];
  const nodes: FieldSet[] = [];
  for (const element in set) {
    elements.push(element);
    nodes.push(canonical(set[element] as FieldSet));
  }
  return elements.length === 0 ? EMPTY : canonicalNode(elements, nodes);
}

/** The canonical node of these elements, in any order, with their canonical nodes. */
export function canonicalNode(elements: readonly string[], nodes: readonly FieldSet[]): FieldSet {
  let key = '';
  for (let i = 0; i < elements.length; i++) {
    const node = nodes[i] as FieldSet;
    key += node === EMPTY ? `${elements[i]}\n` : `${elements[i]}\0${ids.get(node)}\n`;
  }
  const known = young.get(key);
  if (known) return known;
  const found = old.get(key) ?? sorted(elements, nodes);
  remember(key, found);
  return found;
}

/** The node whose elements are in order; the same for whatever order they came in. */
function sorted(elements: readonly string[], nodes: readonly FieldSet[]): FieldSet {
  let keyed = false;
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i] as string;
    if (i > 0 && compareElements(elements[i - 1] as string, element) > 0) {
      const order = elements.map((_, at) => at).sort((a, b) => compareElements(elements[a] as string, elements[b] as string));
      return canonicalNode(order.map((at) => elements[at] as string), order.map((at) => nodes[at] as FieldSet));
    }
    if (element.startsWith('k:') || element.startsWith('v:')) keyed = true;
  }
  const result: Growing = keyed ? blank() : {};
  for (let i = 0; i < elements.length; i++) result[elements[i] as string] = nodes[i] as FieldSet;
  ids.set(result, nextId++);
  return Object.freeze(result);
}

/** The number of a canonical set. */
export function idOf(set: FieldSet): number {
  return ids.get(canonical(set)) ?? 0;
}

function remember(key: string, set: FieldSet): void {
  if (young.has(key)) return;
  if (young.size >= GENERATION) {
    old = young;
    young = new Map();
  }
  young.set(key, set);
}

/** Reads fieldsV1 from outside; elements of kinds that nobody knows yet are left out. Throws where it is no set. */
export function readFields(value: unknown): FieldSet {
  if (isObject(value) && ids.has(value as unknown as FieldSet)) return value as unknown as FieldSet;
  if (!isObject(value)) throw new Error('ReadMapCB: expect { or n');
  const result = blank();
  for (const [element, child] of Object.entries(value)) {
    if (element === SELF) result[SELF] = EMPTY;
    else if (checkElement(element)) result[element] = readFields(child);
  }
  return canonical(result);
}
