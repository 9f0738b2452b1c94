import fc from '../../support/property.ts';
import { readYaml } from '../../../src/kubectl/builder/yaml-reader.ts';
import { toYaml } from '../../../src/kubectl/printers/yaml.ts';

const lines = (value: unknown): string[] => toYaml(value).split('\n').slice(0, -1);

describe('yaml', () => {
  it('sorts keys, numbers in them by value', () => expect(lines({ b: 1, a10: 2, a2: 3, A: 4 })).toEqual(['A: 4', 'a2: 3', 'a10: 2', 'b: 1']));
  it('keeps lists at the indentation of their key', () => expect(lines({ a: [{ b: 1, c: [2, []] }, [3]] })).toEqual(['a:', '- b: 1', '  c:', '  - 2', '  - []', '- - 3']));
  it('writes what is empty', () => expect(lines({ a: {}, b: [], c: null, d: '', e: undefined })).toEqual(['a: {}', 'b: []', 'c: null', 'd: ""']));
  it.each([
    ['plain text', 'plain text'], ['true', '"true"'], ['no', '"no"'], ['1', '"1"'], ['1e3', '"1e3"'], ['0x1f', '"0x1f"'], ['1:30', '"1:30"'], ['2025-01-02', '"2025-01-02"'], ['1.2.3', '1.2.3'], ['a: b', "'a: b'"], ["it's: x", "'it''s: x'"], ['- x', "'- x'"], ['#x', "'#x'"], [' x', "' x'"], ['x\ty', '"x\\ty"'], ['😀', '"\\U0001F600"'], ['é', 'é'], ['*', "'*'"], ['10.0.0.1', '10.0.0.1'], ['nginx:1.27', 'nginx:1.27'],
  ])('%j', (text, written) => expect(toYaml({ a: text })).toBe(`a: ${written}\n`));
  it('writes several lines as a block', () => {
    expect(lines({ a: 'x\ny' })).toEqual(['a: |-', '  x', '  y']);
    expect(lines({ a: 'x\n\n' })).toEqual(['a: |+', '  x', '']);
    expect(lines({ a: ' x\ny\n' })).toEqual(['a: |2', '   x', '  y']);
  });
  it('folds long text at its spaces', () => expect(lines({ message: `${'word '.repeat(20)}end` })).toEqual([`message: ${'word '.repeat(14)}word`, `  ${'word '.repeat(5)}end`]));

  it('is read back as it was', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', '\n', ':', '#', '-', "'", '"', '\\', '\t', '.', '{', '[', 'é', '😀', '~', '%', '&', '*', '!', '|', '>', '@') });
    const value = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(text, tie('value'), { maxKeys: 3 })),
    })).value;
    fc.assert(fc.property(fc.dictionary(text, value, { minKeys: 1, maxKeys: 4 }), (object) => {
      expect(readYaml(toYaml(object))).toEqual({ ...object });
    }), { numRuns: 300 });
  });
});
