import fc from '../support/property.ts';
import { canonicalQuantity, parseQuantity } from '../../src/api/quantity.ts';

describe('canonical form', () => {
  test.each([
    ['0', '0'], ['1', '1'], ['1000', '1k'], ['1500m', '1500m'], ['1000m', '1'], ['0.5', '500m'], ['.25', '250m'], ['1.5Gi', '1536Mi'], ['1024Mi', '1Gi'], ['1024', '1024'], ['1024Ki', '1Mi'],
    ['0.1Ki', '102400m'], ['1e3', '1e3'], ['1E3', '1E3'], ['12e-1', '1200e-3'], ['100u', '100u'], ['1n', '1n'], ['0.1n', '1n'], ['-1500m', '-1500m'], ['+2', '+2'], ['+1.5k', '1500'], ['1.500', '1.500'], ['1.5000', '1500m'], ['5.', '5.'], ['007Gi', '007Gi'], ['+8Ki', '8Ki'], ['00', '0'], ['0.0', '0'], ['1.5e3', '1500'], ['128974848', '128974848'], ['129M', '129M'], ['1E', '1E'],
    ['1e100', '10e99'], ['0.5e30', '500e27'], ['1000E', '1'], ['1000Ei', '9223372036854775807'], ['-1024Ei', '-9223372036854775807'], ['99999999999.0001Gi', '9223372036854775807'],
  ])('%s -> %s', (text, expected) => {
    expect(canonicalQuantity(text)).toBe(expected);
  });

  test.each(['', 'x', '1 Gi', '1Gib', '1.2.3', 'Gi', '--1', '1e', '0x10'])('%j is refused', (text) => {
    expect(() => parseQuantity(text)).toThrow('quantities must match the regular expression');
  });

  test('powers beyond all measure are refused at once, or are next to nothing', () => {
    for (const text of ['1e2147483646', '3e999999999999']) expect(() => canonicalQuantity(text)).toThrow("unable to parse quantity's suffix");
    expect(canonicalQuantity('1e-2147483646')).toBe('1e-9');
    expect(canonicalQuantity('1e100000')).toBe('10e99999');
    expect(canonicalQuantity(`1${'0'.repeat(100_000)}`)).toBe('10');
  });

  test('a number is taken as its text', () => {
    expect(canonicalQuantity(2)).toBe('2');
    expect(canonicalQuantity(0.5)).toBe('500m');
  });
});

describe('amounts', () => {
  test('are rounded up', () => {
    expect(parseQuantity('100m').value()).toBe(1);
    expect(parseQuantity('1500m').value()).toBe(2);
    expect(parseQuantity('100u').milliValue()).toBe(1);
    expect(parseQuantity('1Gi').value()).toBe(1073741824);
  });

  test('add and compare exactly', () => {
    expect(parseQuantity('100m').add(parseQuantity('0.9')).toString()).toBe('1');
    expect(parseQuantity('1Ki').compare(parseQuantity('1024'))).toBe(0);
    expect(parseQuantity('1Gi').sub(parseQuantity('512Mi')).toString()).toBe('512Mi');
  });
});

test('the canonical form says the same amount and is its own canonical form', () => {
  const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'n', 'u', 'e2', 'e-3');
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), suffix, (amount, unit) => {
      const quantity = parseQuantity(`${amount}${unit}`);
      const canonical = quantity.toString();
      expect(parseQuantity(canonical).compare(quantity)).toBe(0);
      expect(canonicalQuantity(canonical)).toBe(canonical);
    }),
  );
});
