import { formatGoDuration, humanDuration, parseGoDuration, shortHumanDuration } from '../../src/api/duration.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

test.each([
  [0, '0s'], [-S, '0s'], [-5 * S, '<invalid>'], [59 * S, '59s'], [119 * S, '119s'], [2 * M, '2m'], [2 * M + 5 * S, '2m5s'], [9 * M + 59 * S, '9m59s'], [10 * M, '10m'], [179 * M, '179m'], [3 * H, '3h'], [3 * H + 5 * M, '3h5m'],
  [7 * H + 59 * M, '7h59m'], [8 * H, '8h'], [47 * H, '47h'], [2 * D, '2d'], [2 * D + 3 * H, '2d3h'], [7 * D + 23 * H, '7d23h'], [8 * D, '8d'], [400 * D, '400d'], [730 * D, '2y'], [740 * D, '2y10d'], [8 * 365 * D, '8y'],
])('an age of %d ms is %s', (ms, expected) => {
  expect(humanDuration(ms)).toBe(expected);
});

test.each([[30 * S, '30s'], [61 * S, '1m'], [3 * H + 5 * M, '3h'], [50 * H, '2d'], [400 * D, '1y']])('a short age of %d ms is %s', (ms, expected) => {
  expect(shortHumanDuration(ms)).toBe(expected);
});

test.each([['1h30m', 5_400_000], ['5m', 300_000], ['1.5s', 1500], ['250ms', 250], ['0', 0], ['-2s', -2000], ['1h0m5s', 3_605_000], ['1.s', 1000], ['.5s', 500], ['+1us', 0.001], ['-9223372036854775808ns', -(2 ** 63) / 1e6]])('%s is %d ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

test.each([['', 'time: invalid duration ""'], ['5', 'time: missing unit in duration "5"'], ['5x', 'time: unknown unit "x" in duration "5x"'], ['abc', 'time: invalid duration "abc"'], ['9223372036854775808ns', 'time: invalid duration "9223372036854775808ns"'], ['-9223372036854775809ns', 'time: invalid'], ['1"\\ü\n', 'time: unknown unit "\\"\\\\\\xc3\\xbc\\x0a" in duration "1\\"\\\\\\xc3\\xbc\\x0a"'], ['99999999999999999999x', 'time: invalid']])('%j is refused', (text, message) => {
  expect(() => parseGoDuration(text)).toThrow(message);
});

test.each([[0, '0s'], [1500, '1.5s'], [250, '250ms'], [3_605_000, '1h0m5s'], [60_000, '1m0s'], [-2000, '-2s']])('%d ms is written %s', (ms, text) => {
  expect(formatGoDuration(ms)).toBe(text);
});
