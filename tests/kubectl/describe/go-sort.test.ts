import fc from '../../support/property.ts';
import { goSort } from '../../../src/kubectl/describe/go-sort.ts';

interface Item {
  readonly key: number;
  readonly place: number;
}
const items = (keys: readonly number[]): Item[] => keys.map((key, place) => ({ key, place }));
const less = (a: Item, b: Item): boolean => a.key < b.key;

describe('goSort', () => {
  test('sorts, and loses nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 }), (keys) => {
        const given = items(keys);
        const sorted = goSort(given, less);
        expect(sorted.map(({ key }) => key)).toEqual([...keys].sort((a, b) => a - b));
        expect(new Set(sorted)).toEqual(new Set(given));
      }),
      { numRuns: 300 },
    );
  });

  test('leaves up to twelve equal items as they were', () => {
    const given = items(Array.from({ length: 12 }, () => 1));
    expect(goSort(given, less)).toEqual(given);
  });

  // The order of many equal items is checked against the real kubectl: golden/deploy-recreate.txt.
  test('sorts what is made to be slow: organ pipes, saws, falling and equal keys', () => {
    const patterns = [(i: number) => Math.min(i, 1000 - i), (i: number) => i % 7, (i: number) => 1000 - i, () => 1, (i: number) => (i * 7919) % 1000];
    for (const pattern of patterns) {
      const keys = Array.from({ length: 1000 }, (_, index) => pattern(index));
      expect(goSort(items(keys), less).map(({ key }) => key)).toEqual([...keys].sort((a, b) => a - b));
    }
  });
});
