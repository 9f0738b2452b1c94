import { readTime } from '../../src/api/decode/go-time.ts';

test.each([
  ['2020-01-02T03:04:05Z', '2020-01-02T03:04:05Z'],
  ['2020-01-02T03:04:05.999Z', '2020-01-02T03:04:05Z'],
  ['2020-01-02T03:04:05+02:00', '2020-01-02T01:04:05Z'],
  ['2020-02-29T00:00:00-01:30', '2020-02-29T01:30:00Z'],
])('%s is %s', (text, time) => {
  expect(readTime(text, false)).toEqual({ time });
});

test.each([
  ['', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
  ['2020-01-02', 'parsing time "2020-01-02" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
  ['2020-13-02T00:00:00Z', 'parsing time "2020-13-02T00:00:00Z": month out of range'],
  ['2020-02-30T00:00:00Z', 'parsing time "2020-02-30T00:00:00Z": day out of range'],
  ['2020-01-02T24:00:00Z', 'parsing time "2020-01-02T24:00:00Z": hour out of range'],
  ['2020-01-02T03:04:05', 'parsing time "2020-01-02T03:04:05" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"'],
  ['2020-01-02T03:04:05Zx', 'parsing time "2020-01-02T03:04:05Zx": extra text: "x"'],
])('%s: %s', (text, error) => {
  expect(readTime(text, false)).toEqual({ error });
});

test('micro times keep six digits', () => {
  expect(readTime('2020-01-02T03:04:05.123456+01:00', true)).toEqual({ time: '2020-01-02T02:04:05.123456Z' });
  expect(readTime('2020-01-02T03:04:05Z', true)).toEqual({ error: 'parsing time "2020-01-02T03:04:05Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"' });
});
