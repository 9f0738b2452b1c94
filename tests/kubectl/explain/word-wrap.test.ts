import fc from '../../support/property.ts';
import { indent, wordWrap } from '../../../src/kubectl/commands/explain/word-wrap.ts';

describe('word wrap', () => {
  it.each([
    ['a b c', 3, 'a b\nc'],
    ['aaaa bb', 3, 'aaaa\nbb'],
    ['aa  bb', 3, 'aa\nbb'],
    ['a\nb c', 2, 'a\nb\nc'],
    ['a b\n', 5, 'a b\n'],
    ['a\u00a0b c', 4, 'a\u00a0b\nc'],
    ['', 5, ''],
  ])('%j at %d', (text, limit, expected) => expect(wordWrap(text, limit)).toBe(expected));

  it('keeps words, and lines within the limit unless a single word is longer', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), fc.integer({ min: 4, max: 30 }), (words, limit) => {
        const lines = wordWrap(words.join(' '), limit).split('\n');
        expect(lines.join(' ').split(' ').filter(Boolean)).toEqual(words);
        for (const line of lines) expect(line.trim().includes(' ') ? line.trim().length <= limit : true).toBe(true);
      }),
    );
  });

  it('indents every line', () => expect(indent(2, 'a\n\nb')).toBe('  a\n  \n  b'));
});
