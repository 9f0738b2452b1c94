/** The tables are facts of structured-merge-diff's own tests (typed/{merge,toset,symdiff,remove}_test.go, merge/*_test.go). */
import fc from '../../support/property.ts';
import { compare } from '../../../src/apiserver/managedfields/compare.ts';
import { typeOfModel } from '../../../src/apiserver/managedfields/builtin-schema.ts';
import { paths, setOf, union } from '../../../src/apiserver/managedfields/field-set.ts';
import { merge } from '../../../src/apiserver/managedfields/merge.ts';
import { printPath } from '../../../src/apiserver/managedfields/path-element.ts';
import { removeItems } from '../../../src/apiserver/managedfields/remove.ts';
import { DEDUCED, type FieldType } from '../../../src/apiserver/managedfields/schema.ts';
import { fieldSetOf } from '../../../src/apiserver/managedfields/to-field-set.ts';
import { validate } from '../../../src/apiserver/managedfields/validate.ts';

const STRING: FieldType = { scalar: 'string' };
const struct = (fields: Record<string, FieldType>): FieldType => ({ map: { atomic: false, field: (name) => fields[name], element: undefined } });
const list = (element: FieldType, keys: readonly string[], atomic = false): FieldType => ({ list: { atomic, keys, element, keyDefault: () => undefined } });
const SET = list(STRING, []);
const ITEM = struct({ name: STRING, value: { scalar: 'numeric' }, list: SET });
const TYPE = struct({
  set: SET, keyed: list(ITEM, ['name']), atomic: list(STRING, [], true), struct: struct({ a: STRING, b: STRING }),
  map: { map: { atomic: false, field: () => undefined, element: STRING } }, whole: { map: { atomic: true, field: () => undefined, element: STRING } }, scalar: STRING, bool: { scalar: 'boolean' },
});
const print = (set: Parameters<typeof paths>[0]) => paths(set).map(printPath).sort();

test.each<[object, string[]]>([
  [{ scalar: 'a' }, ['.scalar']],
  [{ scalar: null }, ['.scalar']],
  [{ set: ['a', 'b'] }, ['.set[="a"]', '.set[="b"]']],
  [{ set: ['a', 'a', 'b'] }, ['.set[="a"]', '.set[="b"]']],
  [{ set: [] }, []],
  [{ keyed: [{ name: 'a', value: 1 }, { name: 'b' }] }, ['.keyed[name="a"]', '.keyed[name="a"].name', '.keyed[name="a"].value', '.keyed[name="b"]', '.keyed[name="b"].name']],
  [{ keyed: [{ name: 'a', value: 1 }, { name: 'a', value: 2 }] }, ['.keyed[name="a"]']],
  [{ atomic: ['x'] }, ['.atomic']],
  [{ struct: { a: 'x' } }, ['.struct.a']],
  [{ struct: {} }, ['.struct']],
  [{ map: { k: 'v' } }, ['.map.k']],
  [{ whole: { k: 'v' } }, ['.whole']],
])('the paths of %j', (value, expected) => {
  expect(print(fieldSetOf(TYPE, value))).toEqual(expected);
});

test.each<[string, object, object, string[], string[]]>([
  ['equal', { scalar: 'a' }, { scalar: 'a' }, [], []],
  ['modified', { scalar: 'a' }, { scalar: 'b' }, [], ['.scalar']],
  ['added struct', {}, { struct: { a: 'x' } }, [], ['.struct', '.struct.a']],
  ['removed struct', { struct: { a: 'x' } }, {}, ['.struct', '.struct.a'], []],
  ['set items', { set: ['a', 'b'] }, { set: ['b', 'c'] }, ['.set[="a"]'], ['.set[="c"]']],
  ['order of a set', { set: ['a', 'b'] }, { set: ['b', 'a'] }, [], []],
  ['keyed item changed', { keyed: [{ name: 'a', value: 1 }] }, { keyed: [{ name: 'a', value: 2 }] }, [], ['.keyed[name="a"].value']],
  ['atomic list', { atomic: ['a'] }, { atomic: ['b'] }, [], ['.atomic']],
  ['atomic map', { whole: { a: 'x' } }, { whole: { a: 'y' } }, [], ['.whole']],
  ['empty to null', { map: {} }, { map: null }, [], ['.map']],
  ['duplicates stay', { set: ['a', 'a'] }, { set: ['a', 'a'] }, [], []],
  ['duplicates go', { keyed: [{ name: 'a', value: 1 }, { name: 'a', value: 2 }] }, { keyed: [{ name: 'a', value: 1 }] }, ['.keyed[name="a"]'], ['.keyed[name="a"]', '.keyed[name="a"].name', '.keyed[name="a"].value']],
  ['duplicates come', { set: ['a'] }, { set: ['a', 'a'] }, ['.set[="a"]'], ['.set[="a"]']],
])('comparing: %s', (_, before, after, removed, changed) => {
  const result = compare(TYPE, before, after);
  expect([print(result.removed), print(result.changed)]).toEqual([removed, changed]);
});

test.each<[string[], string[], string[]]>([
  [['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c']],
  [['a', 'b'], ['b', 'a'], ['b', 'a']],
  [['a', 'b', 'c'], ['c', 'd'], ['a', 'b', 'c', 'd']],
  [['a', 'b', 'c'], ['d', 'b'], ['a', 'd', 'b', 'c']],
  [['a', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c']],
  [['1', '2', '3'], ['4', '5'], ['1', '2', '3', '4', '5']],
  [['a', 'b', 'c', 'd'], ['d', 'a'], ['b', 'c', 'd', 'a']],
])('merging the set %j with %j', (live, config, expected) => {
  expect(merge(TYPE, { set: live }, { set: config })).toEqual({ set: expected });
});

test.each<[object, object, object | undefined]>([
  [{ scalar: 'a', bool: true }, { scalar: 'b' }, { scalar: 'b', bool: true }],
  [{ atomic: ['a', 'b'] }, { atomic: ['c'] }, { atomic: ['c'] }],
  [{ whole: { a: 'x' } }, { whole: { b: 'y' } }, { whole: { b: 'y' } }],
  [{ keyed: [{ name: 'a', value: 1 }, { name: 'b' }] }, { keyed: [{ name: 'b', value: 2 }] }, { keyed: [{ name: 'a', value: 1 }, { name: 'b', value: 2 }] }],
  [{ map: { a: 'x' } }, { map: {} }, { map: { a: 'x' } }],
  [{ map: { a: 'x' } }, { map: null }, { map: { a: 'x' } }],
  [{ scalar: 'a' }, { scalar: null }, { scalar: null }],
  [{}, { map: {} }, { map: {} }],
])('merging %j with %j', (live, config, expected) => {
  expect(merge(TYPE, live, config)).toEqual(expected);
});

test('removing items and fields leaves the rest, and null where nothing is left', () => {
  const value = { set: ['a', 'b'], keyed: [{ name: 'a', value: 1 }], struct: { a: 'x', b: 'y' }, scalar: 's' };
  const all = compare(TYPE, value, {}).removed;
  expect(removeItems(TYPE, value, setOf(['f:set', 'v:"a"'], ['f:struct', 'f:a'], ['f:scalar']))).toEqual({ set: ['b'], keyed: [{ name: 'a', value: 1 }], struct: { b: 'y' } });
  expect(removeItems(TYPE, value, setOf(['f:keyed', 'k:{"name":"a"}'], ['f:set', 'v:"a"'], ['f:set', 'v:"b"']))).toEqual({ set: null, keyed: null, struct: { a: 'x', b: 'y' }, scalar: 's' });
  expect(removeItems(TYPE, value, all)).toBeNull();
});

test.each<[unknown, string]>([
  [{ bool: 'x' }, '.bool: expected boolean, got &{x}'],
  [{ scalar: 1 }, '.scalar: expected string, got &value.valueUnstructured{Value:1}'],
  [{ nope: 1 }, '.nope: field not declared in schema'],
  [{ keyed: [{ value: 1 }] }, '.keyed: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)'],
  [{ keyed: [{ name: 'a' }, { name: 'a' }] }, '.keyed: duplicate entries for key [name="a"]'],
  [{ struct: ['a', 'b'] }, '.struct: expected map, got &{[a b]}'],
  [{ set: { a: 1 } }, '.set: expected list, got &{map[a:1]}'],
])('validating %j', (value, expected) => {
  expect(validate(TYPE, value)).toBe(expected);
});

test('built-in kinds know their keys, defaults and atomic parts', () => {
  const service = { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }], selector: { a: 'b' } } };
  expect(print(fieldSetOf(typeOfModel('Service'), service))).toEqual(['.apiVersion', '.kind', '.spec.ports[port=53,protocol="UDP"]', '.spec.ports[port=53,protocol="UDP"].port', '.spec.ports[port=53,protocol="UDP"].protocol', '.spec.ports[port=80,protocol="TCP"]', '.spec.ports[port=80,protocol="TCP"].port', '.spec.selector']);
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const value = fc.record({
  scalar: name, set: fc.uniqueArray(name), keyed: fc.uniqueArray(fc.record({ name, value: fc.nat(3) }, { requiredKeys: ['name'] }), { selector: (item) => item.name }),
  struct: fc.record({ a: name, b: name }, { requiredKeys: [] }), map: fc.dictionary(name, name), whole: fc.dictionary(name, name), atomic: fc.array(name),
}, { requiredKeys: [] });

test('for all values: comparing tells what to remove and merge to come from one to the other', () => {
  fc.assert(fc.property(value, value, (before, after) => {
    const { removed } = compare(TYPE, before, after);
    const merged = merge(TYPE, removeItems(TYPE, before, removed), after);
    const difference = compare(TYPE, merged ?? {}, after);
    // Empty containers that merging cannot make out of full ones aside, nothing is left.
    expect(paths(difference.changed).filter((path) => path.length > 1)).toEqual([]);
    expect(paths(difference.removed)).toEqual([]);
  }));
});

test('for all values: a merge has the paths of both and is stable', () => {
  fc.assert(fc.property(value, value, (live, config) => {
    const merged = merge(TYPE, live, config);
    const both = union(fieldSetOf(TYPE, live), fieldSetOf(TYPE, config));
    const inMerged = new Set(print(fieldSetOf(TYPE, merged)));
    expect(print(both).filter((path) => !inMerged.has(path) && !['.map', '.struct'].includes(path))).toEqual([]);
    expect(compare(TYPE, merged, merge(TYPE, merged, config))).toEqual({ removed: {}, changed: {} });
    expect(merge(DEDUCED, live, live)).toEqual(Object.keys(live).length > 0 ? live : live);
  }));
});
