/** Random YAML: what go-yaml takes for what, and what it says of texts that are none. */
import fc from '../../support/property.ts';
import type { Line } from './arbitraries.ts';

const PLAIN = ['0', '-1', '+1', '08', '0o7', '010', '0x1F', '-0x1', '0b101', '1_000', '_1', '1.', '.5', '+.5', '1e3', '1.e3', '.e3', '.inf', '-.INF', '.nan', 'inf', '~', 'null', 'nUll', 'true', 'tRue', 'yes', 'no', 'on', 'y', 'N', '2001-01-01', '2001-01-01 00:00:00', '1:20', '9007199254740991', '0.1', '1e400', '1e22', '1e-7', 'a b', 'a: b', 'a #b', 'a#b', '<<', '=', '@a', '`a', '%a', '-', '--', '- - a', '?', '?a', ':', ':a', 'a:', 'é', '\u2028', 'a\tb', 'a\u0085  b', '😀', '---a', '# c', '...', '1.2.3'];
const QUOTED = ['"\\x41"', '"\\U0001F600"', '"\\ud800"', '"\\q"', '"\\u12"', '"a\\\n  b"', '"a\\\n\n   b"', '"a   \n\n\n   b"', '"a\n  b"', "'a\n  b'", "'it''s'", "'a\r\n   b'", '"\\e\\_\\N\\P"', '"', "'a'b", '"a" b', '""', '"a":b'];
const BLOCK = ['|\n    a\n    b', '|-\n    a\n', '>+\n    a\n\n', '|2\n      a\n', '>-\n    a\n     b\n    c\n', '|+\n\n\n   a\n\n\n', '>\n   a\n   b\n\n   c\n      d\n   e\n\n\n', '>2-\n     a\n     b', '|1\n   a', '|x', '|0\n   a', 'a\n   b\n\n   c', 'a #x\n   b'];
const FLOW = ['[1, 2]', '[a, b: c]', '{a, b}', '{a: }', '[]', '{}', '[a, ]', '[a\n  , b]', '[a,\n b]', '[a:b]', '{a:b}', '{"a":b}', '{[a]: 1}', '{{a: b}: 1}', '{1.5: a, 1e6: b, 123456789.5: c, 0.00001: d}', '{0x10: a, 010: b}', '{? a : b}', '[? a : b]', '[: a]', '[,]', '{,}', '{a: b: c}', '{<<: {a: 1}, a: 2}', '{a: 2, <<: {a: 1}}', '{a: 2, <<: [{a: 1, b: 1}, {b: 2, c: 3}]}', '{<<: 1}', '{"<<": {a: 1}}', '{~: 1}', '{18446744073709551615: 1}'];
const NESTED = ['\n   a: 1\n   b: 2', '\n  - a\n  - b: c\n    d: e', '\n    a: 1\n   b: 2', '\n   ? a\n   : b', '\n   ? [a]\n   : b', '? a\n    : b'];
const MARKED = ['!!str 1', '!!int "1"', '!!int x', '!!float 1', '!!bool yes', '!!null ""', '!!null x', '!!binary YQ==', '!!binary "YQ"', '!!timestamp 2001-01-01', '! 1', '!x 1', '!!map {a: 1}', '!<tag:yaml.org,2002:int> 3', '!u!x 1', '&a [1, *a]', '{a: &b 1, c: *b}', '*x', '&a', '!!str', '!!int', '&a !!str b', '!!set {a, b}', '&x 1'];

const key = fc.constantFrom(...PLAIN, ...QUOTED, ...MARKED, '[a]', '{a: b}', '[]');
const single = fc.constantFrom(...PLAIN, ...QUOTED, ...BLOCK, ...FLOW, ...NESTED, ...MARKED);
const value = fc.oneof(
  { weight: 4, arbitrary: single },
  fc.tuple(single, fc.constantFrom(' ', '  # c', '\t', '\n', '\n\n', '\n# c')).map(([text, end]) => `${text}${end}`),
  single.map((text) => `[${text}]`), single.map((text) => `{k: ${text}}`), key.map((text) => `{${text}: 1}`),
  fc.tuple(single, single).map(([a, b]) => `[${a}, ${b}]`), fc.tuple(single, single).map(([a, b]) => `\n    j: ${a}\n    l: ${b}`), fc.tuple(single, single).map(([a, b]) => `\n  - ${a}\n  - ${b}`),
);

export const documents: fc.Arbitrary<Line> = fc.array(value, { minLength: 1, maxLength: 2 }).map((values) => ({
  args: ['label', '--local', '-f', 'DIR/doc.yaml', 'x=y', '-o', 'json'], input: '',
  files: { 'doc.yaml': `apiVersion: a.io/v1\nkind: Widget\nmetadata:\n  name: a\nspec:\n${values.map((each, index) => `  ${'vw'[index] ?? ''}: ${each}\n`).join('')}` },
}));
