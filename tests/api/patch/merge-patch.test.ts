import fc from '../../support/property.ts';
import { equal } from '../../../src/api/json.ts';
import { applyMergePatch, createMergePatch, createThreeWayJsonMergePatch, type JsonMap } from '../../../src/api/patch/index.ts';

const json = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }), tie('map')),
  map: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
})).value) as fc.Arbitrary<JsonMap>;

describe('JSON merge patch', () => {
  // The examples of RFC 7386, appendix A, that have an object on both sides.
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j', (document, patch, result) => {
    expect(applyMergePatch(document, patch)).toEqual(result);
  });

  test('a patch made from two documents turns one into the other', () => {
    fc.assert(fc.property(json, json, (original, modified) => {
      expect(applyMergePatch(original, createMergePatch(original, modified))).toEqual(modified);
    }));
  });

  test('three-way: what is applied comes, what is no longer applied goes, what others added stays', () => {
    const original = { spec: { a: 1, gone: 2 }, data: { k: 'v' } };
    const modified = { spec: { a: 5 }, data: { k: 'v' } };
    const current = { spec: { a: 1, gone: 2, theirs: 3 }, data: { k: 'v' }, status: {} };
    const patch = createThreeWayJsonMergePatch(original, modified, current);
    expect(patch).toEqual({ spec: { a: 5, gone: null } });
    expect(applyMergePatch(current, patch)).toEqual({ spec: { a: 5, theirs: 3 }, data: { k: 'v' }, status: {} });
  });

  test('three-way: everything in the manifest is in the result', () => {
    const contains = (whole: unknown, part: unknown): boolean =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? typeof whole === 'object' && whole !== null && Object.entries(part).every(([key, value]) => contains((whole as JsonMap)[key], value))
        : equal(whole, part);
    fc.assert(fc.property(json, json, json, (original, modified, current) => {
      expect(contains(applyMergePatch(current, createThreeWayJsonMergePatch(original, modified, current)), modified)).toBe(true);
    }));
  });
});
