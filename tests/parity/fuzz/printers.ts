/** Templates, custom columns and orders over generated objects: right ones, and such as hold a slip of the pen. */
import fc from '../../support/property.ts';
import { flag, json, maybe, mistyped, words, type Line } from './arbitraries.ts';

const text = fc.constantFrom('', ' ', 'a', '\n', 'é', ':', '\\n', '-');
const field = fc.constantFrom('a', 'b', 'name', 'x\\.y', 'Kind', 'items', 'nope', '1');

const literal = fc.constantFrom('1', '-1', '1.5', '"b"', "'b'", "'1'", 'true', 'false', 'b', 'null', '@.a', '@.b', '$.kind', '80', '""', "'it'");
const comparison = fc.constantFrom('==', '!=', '<', '>', '<=', '>=', '=~', ' == ', '=');
const filter = fc.oneof(fc.tuple(field, comparison, literal).map(([left, operator, right]) => `?(@.${left}${operator}${right})`), field.map((each) => `?(@.${each})`), fc.tuple(comparison, literal).map(([operator, right]) => `?(@${operator}${right})`), fc.tuple(literal, comparison, literal).map((parts) => `?(${parts.join('')})`));
const inBrackets = fc.oneof(fc.constantFrom('0', '-1', '*', '5', ':', '0:2', '-2:', ':1', '::2', '1:0', '0:3:2', '::-1', '0:2:0', '0,1', "'a'", '"a"', "'a','b'", "'x.y'", '0,*', 'a', '', '1.5', '-', '1:2:3:4'), filter);
const step = fc.oneof({ weight: 3, arbitrary: field.map((each) => `.${each}`) }, inBrackets.map((inside) => `[${inside}]`), fc.constantFrom('.*', '..name', '.', '.[0]', ".['a']"));
const path = fc.tuple(fc.constantFrom('', '', '', '$', '@', ' '), fc.constantFrom('.spec', '.spec', '.spec.items', '.spec.items[*]', '', '.metadata', '.kind', '.spec.list[0]', '.spec.list[*]'), fc.array(step, { maxLength: 3 })).map(([root, start, steps]) => `${root}${start}${steps.join('')}`);
const action = fc.oneof({ weight: 4, arbitrary: path }, fc.constantFrom('"\\n"', "'x'", '"a\\"b"', '1', '1.5', 'true', '"\\t"', "'\\''", 'end', '"é"', '"\\u00e9"', '', ' ', '.kind .metadata.name', '.kind,.apiVersion'));
const jsonPathPart: fc.Arbitrary<string> = fc.oneof({ weight: 4, arbitrary: action.map((inside) => `{${inside}}`) }, text, fc.tuple(path, fc.array(fc.oneof(fc.constantFrom('.name', '@', '.a', '"x"', '.items[*]', '[0]').map((inside) => `{${inside}}`), text), { maxLength: 2 })).map(([over, body]) => `{range ${over}}${body.join('')}{end}`));
const jsonPath = fc.array(jsonPathPart, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));

const operand: fc.Arbitrary<string> = fc.letrec<{ any: string; pipeline: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('.', '.kind', '.spec', '.spec.a', '.spec.b', '.spec.name', '.spec.items', '.spec.list', '.metadata.name', '.nope', '.nope.more', '$', '$.kind', '$x', '1', '-1', '0x1F', '0b11', '0o17', '1_000', '1.5', '1e3', "'a'", "'\\n'", '"b"', '"%v"', '"YWJj"', '`raw`', 'true', 'false', 'nil', '2i', '""', '1.', '.5', '1e400', '99999999999999999999'),
    tie('pipeline').map((inside) => `(${inside})`),
    tie('pipeline').map((inside) => `(${inside}).a`),
  ),
  pipeline: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('any'),
    fc.tuple(fc.constantFrom('len', 'index', 'slice', 'print', 'println', 'html', 'js', 'urlquery', 'and', 'or', 'not', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'exists', 'base64decode', 'call', 'nope'), fc.array(tie('any'), { maxLength: 3 })).map(([name, all]) => [name, ...all].join(' ')),
    fc.tuple(fc.constantFrom('%v', '%s', '%d', '%q', '%x', '%5v|', '%-5s|', '%05d', '%.2f', '%t', '%T', '%c', '%U', '%e', '%g', '%#v', '%+v', '%o', '%b', '%%', '%', '%z', '%[2]v', '%*d', '%6.2f|', '% d', '%X', '%+d', '%+q', '%#x', '%s %s'), fc.array(tie('any'), { maxLength: 2 })).map(([format, all]) => ['printf', JSON.stringify(format), ...all].join(' ')),
    fc.tuple(tie('pipeline'), fc.constantFrom('len', 'printf "%v"', 'html', 'js', 'print', 'not', 'base64decode', 'index 0', 'urlquery', 'eq 1', 'printf "%q"', '.x', '1')).map((all) => all.join(' | ')),
  ),
})).pipeline;
const trimmed = (inside: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.tuple(fc.constantFrom('{{', '{{', '{{- ', '{{ '), inside, fc.constantFrom('}}', '}}', ' -}}', ' }}')).map((all) => all.join(''));
const template: fc.Arbitrary<string> = fc.letrec<{ any: string; all: string }>((tie) => ({
  all: fc.array(tie('any'), { maxLength: 3 }).map((parts) => parts.join('')),
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    trimmed(operand),
    text,
    fc.tuple(fc.constantFrom('if', 'with', 'range', 'range $i, $x :=', 'range $x :=', 'with $x :=', 'if $x :=', 'range $x ='), operand, tie('all'), fc.constantFrom('', '{{else}}', '{{else if .kind}}', '{{else with .spec}}', '{{else}}x{{else}}'), tie('all')).map(([word, over, body, otherwise, rest]) => `{{${word} ${over}}}${body}${otherwise}${otherwise === '' ? '' : rest}{{end}}`),
    operand.map((each) => `{{$x := ${each}}}`), operand.map((each) => `{{$x = ${each}}}`),
    fc.constantFrom('{{break}}', '{{continue}}', '{{/* c */}}', '{{- /* c */ -}}', '{{define "t"}}[{{.}}]{{end}}', '{{template "t" .kind}}', '{{template "t"}}', '{{block "b" .spec}}{{.a}}{{end}}', '{{end}}', '{{else}}'),
  ),
})).all;

const thing = fc.tuple(json, json, fc.array(json, { maxLength: 3 })).map(([a, b, list]) => ({
  apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, spec: { a, b, name: 'n', list, items: [{ name: 'x', a: 1 }, { name: 'y', b: [1, 2] }] },
}));

const withSlips = (right: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof({ weight: 3, arbitrary: right }, mistyped(right));
const strictly = maybe(fc.constant(['--allow-missing-template-keys=false']));
const printed = (output: fc.Arbitrary<string>): fc.Arbitrary<Line> => fc.record({ args: words('label', '--local', '-f', '-', 'x=y', flag('output', output), strictly), input: thing.map((object) => JSON.stringify(object)) });

/** `-o jsonpath` and `-o jsonpath-as-json`. */
export const jsonPaths: fc.Arbitrary<Line> = printed(fc.tuple(fc.constantFrom('jsonpath', 'jsonpath', 'jsonpath', 'jsonpath-as-json'), withSlips(jsonPath)).map((parts) => parts.join('=')));
/** `-o go-template`. */
export const goTemplates: fc.Arbitrary<Line> = printed(withSlips(template).map((each) => `go-template=${each}`));

const relaxed = fc.tuple(path, fc.constantFrom((each: string) => each, (each: string) => `{${each}}`, (each: string) => each.replace(/^\./, ''))).map(([each, form]) => form(each));
const column = fc.tuple(fc.constantFrom('NAME', 'A', '', 'a b', 'É'), fc.constantFrom(':', ':', ':', ':', '', '::'), withSlips(relaxed)).map((parts) => parts.join(''));
const columns = fc.array(column, { minLength: 1, maxLength: 3 }).map((all) => all.join(','));
const several = fc.array(thing, { minLength: 1, maxLength: 3 }).map((all) => all.map((object, index) => ({ ...object, metadata: { name: `web-${index}`, namespace: 'default' } })));
const asked = (output: fc.Arbitrary<readonly string[]>): fc.Arbitrary<Line> => fc.record({ args: words('get', 'configmaps', output), input: fc.constant(''), objects: several });

/** `-o custom-columns`. */
export const customColumns: fc.Arbitrary<Line> = asked(words(flag('output', columns.map((each) => `custom-columns=${each}`)), maybe(fc.constant(['--no-headers']))));
/** `--sort-by`. */
export const orders: fc.Arbitrary<Line> = asked(words(flag('sort-by', withSlips(relaxed)), fc.constantFrom(['-o', 'name'], ['-o', 'custom-columns=A:.metadata.name,B:.spec.a'])));
