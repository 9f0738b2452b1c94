/** What `etcd history` says of two versions. */
import fc from '../../support/property.ts';
import { diffValues } from '../../../src/kubectl/etcd/diff.ts';
import { parseRange } from '../../../src/kubectl/etcd/revision.ts';

const told = (before: unknown, after: unknown) => diffValues(before, after).map(({ path, before: old, after: now }) => `${path}: ${JSON.stringify(old) ?? 'none'} -> ${JSON.stringify(now) ?? 'none'}`);

test.each<[string, unknown, unknown, string[]]>([
  ['nothing', { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ['a field', { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, ['spec.replicas: 1 -> 2']],
  ['fields that came and went', { a: { x: 1 } }, { b: { y: [true] } }, ['a.x: 1 -> none', 'b.y[0]: none -> true']],
  ['items by their name', { c: [{ name: 'a', image: 'x' }, { name: 'b', image: 'y' }] }, { c: [{ name: 'b', image: 'z' }, { name: 'a', image: 'x' }] }, ['c[b].image: "y" -> "z"']],
  ['items by their type', { conditions: [{ type: 'Ready', status: 'False' }] }, { conditions: [{ type: 'Ready', status: 'True' }] }, ['conditions[Ready].status: "False" -> "True"']],
  ['items that have no name of their own, by their place', { a: [{ name: 'x' }, { name: 'x', b: 1 }] }, { a: [{ name: 'x' }, { name: 'x', b: 2 }] }, ['a[1].b: 1 -> 2']],
  ['names that do not read as fields', { labels: {} }, { labels: { 'app.kubernetes.io/name': 'x' } }, ['labels["app.kubernetes.io/name"]: none -> "x"']],
  ['a map in the place of a scalar', { a: 1 }, { a: { b: 2 } }, ['a: 1 -> none', 'a.b: none -> 2']],
  ['an empty map that fills', { state: {} }, { state: { running: {} } }, ['state.running: none -> {}']],
  ['an object from nothing', {}, { kind: 'Pod' }, ['kind: none -> "Pod"']],
  ['values that are no JSON', 'two\nlines', 'three', [': "two\\nlines" -> "three"']],
  ['an empty list instead of an empty map', { a: {} }, { a: [] }, ['a: {} -> []']],
])('%s', (_what, before, after, expected) => {
  expect(told(before, after)).toEqual(expected);
});

test('two values differ exactly where something is told', () => {
  const json = fc.jsonValue();
  fc.assert(fc.property(json, json, (one, other) => (diffValues(one, other).length === 0) === (JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)))));
  fc.assert(fc.property(json, (one) => diffValues(one, JSON.parse(JSON.stringify(one))).length === 0));
});

/** With keys in order: the order of fields is no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

test('--rev', () => {
  expect([parseRange('7'), parseRange('3..9')]).toEqual([{ from: 7, to: 7 }, { from: 3, to: 9 }]);
  expect(() => parseRange('9..3')).toThrow('--rev: 9..3 ends before it begins');
  expect(() => parseRange('a')).toThrow('--rev: "a" is neither a revision nor a range of them, like 120..140');
});
