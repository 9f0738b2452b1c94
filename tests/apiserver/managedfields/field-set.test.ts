import fc from '../../support/property.ts';
import { canonical, difference, equalSets, has, intersection, paths, readFields, recursiveDifference, setOf, union, type FieldSet } from '../../../src/apiserver/managedfields/field-set.ts';
import { compareElements, keyElement, printPath, valueElement } from '../../../src/apiserver/managedfields/path-element.ts';

const element = fc.constantFrom('f:a', 'f:b', 'f:c', keyElement([['name', 'x']]), keyElement([['port', 80], ['protocol', 'TCP']]), valueElement('v'), valueElement(2));
const path = fc.array(element, { minLength: 1, maxLength: 4 });
const pathList = fc.array(path, { maxLength: 12 });

/** The model: a set of texts. */
const model = (list: readonly (readonly string[])[]): Set<string> => new Set(list.map((one) => JSON.stringify(one)));
const contents = (set: FieldSet): Set<string> => model(paths(set));

describe('sets of field paths against sets of texts', () => {
  test('hold what was put in, and say so', () => {
    fc.assert(fc.property(pathList, path, (list, other) => {
      const set = setOf(...list);
      expect(contents(set)).toEqual(model(list));
      expect(has(set, other)).toBe(model(list).has(JSON.stringify(other)));
    }));
  });

  test('union, intersection and differences', () => {
    fc.assert(fc.property(pathList, pathList, (left, right) => {
      const [a, b] = [setOf(...left), setOf(...right)];
      const [ma, mb] = [model(left), model(right)];
      expect(contents(union(a, b))).toEqual(new Set([...ma, ...mb]));
      expect(contents(intersection(a, b))).toEqual(new Set([...ma].filter((text) => mb.has(text))));
      expect(contents(difference(a, b))).toEqual(new Set([...ma].filter((text) => !mb.has(text))));
      const below = (one: readonly string[]) => right.some((other) => other.every((part, i) => one[i] === part));
      expect(contents(recursiveDifference(a, b))).toEqual(model(left.filter((one) => !below(one))));
      expect([contents(a), contents(b)]).toEqual([ma, mb]);
    }));
  });

  test('equal sets are one canonical object, whatever order they came in, and survive being written', () => {
    fc.assert(fc.property(pathList.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
      const set = canonical(setOf(...list));
      expect(canonical(setOf(...shuffled))).toBe(set);
      expect(Object.isFrozen(set)).toBe(true);
      expect(readFields(JSON.parse(JSON.stringify(set)))).toBe(set);
      expect(equalSets(set, setOf(...shuffled))).toBe(true);
    }));
  });
});

describe('fieldsV1', () => {
  test('is written as upstream writes it', () => {
    const set = setOf(['f:spec', 'f:ports', keyElement([['port', 443], ['protocol', 'TCP']])], ['f:spec', 'f:ports', keyElement([['port', 80], ['protocol', 'TCP']]), 'f:port'], ['f:spec', 'f:ports', keyElement([['port', 80], ['protocol', 'TCP']])], ['f:a']);
    expect(JSON.stringify(canonical(set))).toBe('{"f:a":{},"f:spec":{"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{}},"k:{\\"port\\":443,\\"protocol\\":\\"TCP\\"}":{}}}}');
  });

  test('elements of other versions are left out, faulty ones refused', () => {
    expect(readFields({ 'f:a': {}, 'x:new': {} })).toEqual({ 'f:a': {} });
    expect(() => readFields({ a: {} })).toThrow('key must be 2 characters long');
    expect(() => readFields({ abc: {} })).toThrow('missing colon: abc');
    expect(() => readFields({ 'i:x': {} })).toThrow('strconv.Atoi: parsing "x": invalid syntax');
    expect(() => readFields({ 'k:{': {} })).toThrow();
  });

  test('orders numbers by value, and prints paths', () => {
    expect([valueElement(10), valueElement(9), valueElement('a'), 'f:z'].sort(compareElements)).toEqual(['f:z', 'v:9', 'v:10', 'v:"a"']);
    expect(printPath(['f:spec', keyElement([['name', 'a"b'], ['port', 1]]), valueElement('x'), 'i:3'])).toBe('.spec[name="a\\"b",port=1][="x"][3]');
  });
});
