import fc from '../../support/property.ts';
import { applyJsonPatch, applyPatch } from '../../../src/api/patch/index.ts';

const apply = (document: unknown, ...operations: object[]) => applyJsonPatch(document, operations);

describe('JSON patch', () => {
  const pod = { metadata: { labels: { 'a/b': '1', 'c~d': '2' } }, spec: { list: ['x', 'y', 'z'] } };

  test('adds, replaces and removes by pointer, with escapes', () => {
    expect(apply(pod, { op: 'replace', path: '/metadata/labels/a~1b', value: '9' }, { op: 'remove', path: '/metadata/labels/c~0d' }, { op: 'add', path: '/spec/list/-', value: 'w' }, { op: 'add', path: '/spec/list/0', value: 'v' }))
      .toEqual({ metadata: { labels: { 'a/b': '9' } }, spec: { list: ['v', 'x', 'y', 'z', 'w'] } });
  });

  test('counts negative indexes from the end', () => {
    expect(apply({ list: [1, 2, 3] }, { op: 'remove', path: '/list/-1' }, { op: 'replace', path: '/list/-2', value: 9 })).toEqual({ list: [9, 2] });
  });

  test('moves and copies', () => {
    expect(apply({ a: { x: 1 }, b: {} }, { op: 'copy', from: '/a', path: '/b/c' }, { op: 'move', from: '/a/x', path: '/y' })).toEqual({ a: {}, b: { c: { x: 1 } }, y: 1 });
  });

  test('leaves the document alone', () => {
    const before = JSON.stringify(pod);
    apply(pod, { op: 'remove', path: '/spec' });
    expect(JSON.stringify(pod)).toBe(before);
  });

  test.each([
    [{ op: 'test', path: '/spec/list/0', value: 'q' }, 'testing value /spec/list/0 failed: test failed'],
    [{ op: 'remove', path: '/nope' }, "error in remove for path: '/nope': Unable to remove nonexistent key: nope: missing value"],
    [{ op: 'add', path: '/a/b/c', value: 1 }, 'add operation does not apply: doc is missing path: "/a/b/c": missing value'],
    [{ op: 'replace', path: '/a/b', value: 1 }, 'replace operation does not apply: doc is missing path: /a/b: missing value'],
    [{ op: 'add', path: '/spec/list/7', value: 1 }, "error in add for path: '/spec/list/7': Unable to access invalid index: 7: invalid index referenced"],
    [{ op: 'frob', path: '/a' }, 'Unexpected kind: frob'],
    [{ op: 'add', value: 1 }, 'add operation failed to decode path: missing value'],
  ])('refuses %j', (operation, message) => {
    expect(() => apply(pod, operation)).toThrow(message);
  });

  test('test of a missing key passes for null only', () => {
    expect(apply({ a: 1 }, { op: 'test', path: '/b', value: null })).toEqual({ a: 1 });
    expect(() => apply({ a: 1 }, { op: 'test', path: '/b', value: 1 })).toThrow('test failed');
  });

  test('the API server says little about operations that do not apply', () => {
    expect(() => applyPatch('json', pod, [{ op: 'remove', path: '/nope' }])).toThrow('the server rejected our request due to an error in our request');
    expect(() => applyPatch('json', pod, {})).toThrow('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp');
    expect(() => applyPatch('json', pod, [{ op: 3 }])).toThrow('error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string');
    expect(() => applyPatch('merge', pod, [])).toThrow('error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}');
  });

  test('add then remove gives back the document', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (document, key, value) => {
      fc.pre(!Object.hasOwn(document, key) && key !== '__proto__' && !Object.hasOwn(document, '__proto__'));
      const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      expect(apply(document, { op: 'add', path, value }, { op: 'test', path, value }, { op: 'remove', path })).toEqual(document);
    }));
  });
});
