import { formatLabelSelector, parseSelector, selectorFromLabelSelector, selectorFromMap } from '../../src/api/labels.ts';

describe('parsing', () => {
  test.each([
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'c' }, false],
    ['a!=b', {}, true],
    ['a in (b,c)', { a: 'c' }, true],
    ['a notin (b,c)', { a: 'c' }, false],
    ['a notin (b,c)', {}, true],
    ['a', { a: '' }, true],
    ['!a', { a: 'x' }, false],
    ['a=b,c!=d', { a: 'b', c: 'e' }, true],
    ['n>3', { n: '4' }, true],
    ['n<3', { n: '4' }, false],
    ['n<3', { n: 'x' }, false],
    ['a=', { a: '' }, true],
    ['x.example.com/y=z', { 'x.example.com/y': 'z' }, true],
    ['', { anything: 'at all' }, true],
  ])('%s on %j: %s', (text, labels, expected) => {
    expect(parseSelector(text).matches(labels)).toBe(expected);
  });

  test.each([
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['=b', "found '=', expected: !, identifier, or 'end of string'"],
    ['a,,b', "found ',', expected: identifier after ','"],
  ])('%s is refused', (text, message) => {
    expect(() => parseSelector(text)).toThrow(message);
  });

  test('values are checked', () => {
    expect(() => parseSelector('a=-b-')).toThrow(/a valid label must be an empty string or consist of alphanumeric characters/);
  });

  test('its text is in the order of keys', () => {
    expect(parseSelector('b=1,a in (z,y),!c').toString()).toBe('a in (y,z),b=1,!c');
  });
});

describe('LabelSelector objects', () => {
  test('none selects nothing, an empty one everything', () => {
    expect(selectorFromLabelSelector(undefined).matches({ a: 'b' })).toBe(false);
    expect(selectorFromLabelSelector({}).matches({ a: 'b' })).toBe(true);
  });

  test('labels and expressions must all hold', () => {
    const selector = selectorFromLabelSelector({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }, { key: 'old', operator: 'DoesNotExist' }] });
    expect(selector.matches({ app: 'web', tier: 'a' })).toBe(true);
    expect(selector.matches({ app: 'web', tier: 'a', old: '' })).toBe(false);
    expect(selector.matches({ app: 'web', tier: 'c' })).toBe(false);
  });

  test('as text', () => {
    expect(formatLabelSelector({ matchLabels: { b: '2', a: '1' } })).toBe('a=1,b=2');
    expect(formatLabelSelector(undefined)).toBe('<none>');
  });
});

test('a map selects what has all its pairs, and keys of Object.prototype are no labels', () => {
  expect(selectorFromMap({ a: '1' }).matches({ a: '1', b: '2' })).toBe(true);
  expect(parseSelector('constructor').matches({})).toBe(false);
});
