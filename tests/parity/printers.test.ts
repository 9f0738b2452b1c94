import fc from '../support/property.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { describeError, OutputError } from '../../src/kubectl/errors.ts';
import { formatPrinter, type PrintRequest } from '../../src/kubectl/shared/print-flags.ts';
import { describeParity, oracle } from './oracle.ts';
import { sampled } from './support/sample.ts';

const request = (output: string, more: Partial<PrintRequest> = {}): PrintRequest => ({ output, outputGiven: true, template: '', allowMissingKeys: true, showManagedFields: false, ...more });

/** What we print of an object and what the real kubectl prints of it. */
async function both(object: KubeObject, output: string, ...flags: string[]): Promise<{ ours: string; real: string }> {
  const result = oracle(['label', '--local', '-f', '-', 'x=y', `--output=${output}`, ...flags], JSON.stringify(object));
  const labelled = { ...object, metadata: { ...object.metadata, labels: { ...object.metadata?.labels, x: 'y' } } };
  let ours: string;
  try {
    const format = await formatPrinter(request(output, { allowMissingKeys: !flags.includes('--allow-missing-template-keys=false') }));
    ours = format ? format(labelled) : '';
  } catch (error) {
    ours = (error instanceof OutputError ? error.output : '') + describeError(error).text;
  }
  return { ours, real: result.stdout + result.stderr };
}

const configMap = (data: Record<string, string>): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd' }, data }) as KubeObject;
const named = (values: readonly string[]): Record<string, string> => Object.fromEntries(values.map((value, index) => [`k${index}`, value]));

const ODD = [
  '', ' ', 'a', 'a b', ' a', 'a ', 'true', 'True', 'yes', 'no', 'on', 'off', 'y', 'n', 'null', '~', 'Null', '1', '-1', '+1', '0x1f', '0o17', '017', '08', '1_000', '1e3', '1.5', '.5', '.5e3', '5.', '-.5', '1.2.3', '.inf', '-.Inf', '.nan', '<<', '=',
  '1:20', '190:20:30', '1:60', '2025-01-02', '2025-1-2', '2025-13-02', '2025-01-02T03:04:05Z', '2025-01-02 03:04:05', '0b101', '-0b1', '0b2', '123456789012345678901234567890',
  'a: b', 'a:b', 'a:', ':a', ': a', 'a #b', 'a#b', '#a', '- a', '-a', '-', '--', '---', '--- a', '...', '? a', '?a', '?', '[a', 'a]', '{a', '}', ',a', 'a,b', '&a', '*a', '!a', '|', '|a', '>', "'", "'a'", 'a\'b', '"', 'a"b', '"a"', '%a', '@a', '`a',
  'a\nb', 'a\nb\n', 'a\nb\n\n', '\na', '\n', '\n\n', ' a\nb', 'a \nb', 'a\n b', 'a\n  b\n', 'a\tb', '\ta', 'a\n\tb', 'a\r\nb', 'a\u0007b', 'a\\b', 'é', '日本', '\u00a0', '\u0085', '\u2028', '\ufeff', '😀', 'a😀b', '\u200b', 'a\u001bb',
  'x'.repeat(200), `${'word '.repeat(40)}end`, `${'word '.repeat(40)}end: x`, `'${'word '.repeat(40)}'`, `"${'word  '.repeat(30)}"`, `tab\t${'word '.repeat(40)}`, `${'ab '.repeat(27)}  two spaces  ${'cd '.repeat(20)}x`, `# ${'it\'s a word '.repeat(12)}end`,
  '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu. preemption: 0/3 nodes are available.', '{"a":"b"}', '{"apiVersion":"v1","kind":"Pod"}\n', '#!/bin/sh\nset -e\necho "x"\n', 'key=value\nother=\n', '  indented\nless\n',
];

describeParity('yaml', () => {
  it('writes odd strings as Go does', async () => {
    const { ours, real } = await both(configMap(named(ODD)), 'yaml');
    expect(ours).toBe(real);
  });

  it('orders and quotes odd keys as Go does', async () => {
    const keys = ['a', 'B', 'b', 'a1', 'a10', 'a2', 'a-b', 'a.b', 'a_b', 'A', '1', '01', '10', '2', 'true', 'a01', 'a001', 'a/b', 'aa', 'ab1', 'é', 'no', 'null', '1.5', '- x', 'k: v', 'a b', '#x', `${'long'.repeat(33)}`, 'multi\nline'];
    const object = { ...configMap({}), data: Object.fromEntries(keys.map((key) => [key, 'v'])) } as KubeObject;
    const { ours, real } = await both(object, 'yaml');
    expect(ours).toBe(real);
  });

  it('writes nesting, empty values and numbers as Go does', async () => {
    const object = {
      apiVersion: 'example.com/v1', kind: 'Odd', metadata: { name: 'odd', annotations: {} },
      spec: { list: [], map: {}, nothing: null, nested: [[1, 2], [[]], [{ a: 1, b: [true, false, null] }], { c: { d: [] } }, 'x\ny', ['x\ny']], numbers: [0, -1, 1.5, 1e21, 1.5e-7, 123456789, 1234567.5, 0.1, 100000000000000000000, -0.5], long: [`${'word '.repeat(30)}end`], deep: { er: { text: `${'word '.repeat(30)}end`, block: 'a\n\nb\n' } } },
    } as unknown as KubeObject;
    const { ours, real } = await both(object, 'yaml');
    expect(ours).toBe(real);
  });

  it('writes any text as Go does', async () => {
    const piece = fc.constantFrom('a', 'word', ' ', '  ', '\n', ':', ': ', '#', ' #', '-', '- ', "'", '"', '\\', '\t', '1', '.', '0x', 'é', '😀', '{', '[', ',', '!', '&', '%', '@', '?', '=', 'true', 'null', '\u2028', '\u00a0', 'wordswordswordswords');
    // A literal block that ends with a line separator swallows the next newline in go-yaml; nobody needs that.
    const text = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')).filter((each) => !each.endsWith('\u2028'));
    const texts = fc.sample(text, { numRuns: 600, seed: 7 });
    const { ours, real } = await both(configMap(named(texts)), 'yaml');
    expect(ours.split('\n')).toEqual(real.split('\n'));
  });
});

describeParity('json', () => {
  it('writes odd strings and values as Go does', async () => {
    const object = { ...configMap(named(ODD)), extra: { list: [], map: {}, nothing: null, numbers: [1, 1.5, 1e21, 1e-7, 100000000000000000000, -0.25], flag: true } } as KubeObject;
    const { ours, real } = await both(object, 'json');
    expect(ours).toBe(real);
  });
});

const POD = {
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { 'a.b/c': 'd' }, creationTimestamp: null },
  spec: { containers: [{ name: 'a', image: 'nginx:1', ports: [{ containerPort: 80 }, { containerPort: 443 }] }, { name: 'b', image: 'redis' }, { name: 'c', image: 'x', ready: true }], priority: 5, ratio: 1.5, big: 12345678, huge: 1e21, empty: [] },
  status: {}, only: { one: 1 },
} as unknown as KubeObject;

const JSONPATHS = [
  '{.metadata.name}', 'abc', '{.metadata}', '{.spec.containers[*].name}', '{.spec.containers[0].name}', '{.spec.containers[-1].name}', '{.spec.containers[-1:].name}', '{.spec.containers[0:2].name}', '{.spec.containers[:2].name}', '{.spec.containers[1:].name}', '{.spec.containers[::2].name}', '{.spec.containers[0,2].name}',
  '{range .spec.containers[*]}{.name}{"\\t"}{.image}{"\\n"}{end}', '{range .spec.containers[*]}{.name}{":"}{range .ports[*]}{.containerPort}{","}{end}{";"}{end}done', '{range .spec.empty[*]}{.name}{end}none', '{.spec.containers[?(@.name=="b")].image}', "{.spec.containers[?(@.name!='b')].image}", '{.spec.containers[?(@.ports)].name}', '{.spec.containers[?(@.ready==true)].name}', '{.spec.containers[?(@.ports[0].containerPort>=80)].name}',
  "{.metadata['name']}", "{.metadata['name','labels']}", "{.metadata.labels.a\\.b/c}", '{..containerPort}', '{.only.*}', '{.spec.containers[*]}', '{.spec.priority} {.spec.ratio} {.spec.big}', '{.nothing}', '{.nothing.at.all}', '{.metadata.creationTimestamp}', '{"a\\"b"}', "{'single'}", '{$.metadata.name}', '{@.metadata.name}', '{ .metadata.name }', '{.spec.empty}', '{.status}', '{1}', '{1.5}', '{true}', '{.spec.containers[0:0].name}', '{.metadata.name}{"\\n"}{.kind}',
  '{.spec.containers[5].name}', '{.spec.containers[x]}', '{.metadata.name', '{#}', '{.a[}', '{end}', '{foo}', '{.spec.priority[0]}', '{.spec.containers[?(@.name=="b"].image}', '{.spec.containers[?(@.name<1)].image}', '{.a,.b}', '{"abc}', '{....a}', '{.spec.priority[?(@.a)]}', '{.spec.containers[?(@.name=~"b")].image}', '{range .spec.containers[*]}{.name}', '{.spec.huge} {.spec.containers[?(@.huge>1)].name}',
];

describeParity('jsonpath', () => {
  it.each(sampled(JSONPATHS))('%s', async (path) => {
    const { ours, real } = await both(POD, `jsonpath=${path}`);
    expect(ours).toBe(real);
  });

  it.each(['{.metadata.name}', '{.spec.containers[*].name}', '{.spec.containers}', '{.spec.priority}{.kind}', '{.nothing}'])('as JSON: %s', async (path) => {
    const { ours, real } = await both(POD, `jsonpath-as-json=${path}`);
    expect(ours).toBe(real);
  });

  it('fails on missing keys where that is asked for', async () => {
    const { ours, real } = await both(POD, 'jsonpath={.nothing}', '--allow-missing-template-keys=false');
    expect(ours).toBe(real);
  });
});

const TEMPLATES = [
  '{{.metadata.name}}', '{{.x}}', '{{.x.y}}', '{{.metadata}}', '{{range .spec.containers}}{{.name}}{{"\\n"}}{{end}}', '{{range $k, $v := .metadata.labels}}{{$k}}={{$v}},{{end}}', '{{range $i, $e := .spec.containers}}{{$i}}{{$e.name}}{{else}}none{{end}}', '{{range .spec.empty}}x{{else}}none{{end}}', '{{with .metadata}}{{.name}}{{end}}', '{{with .x}}a{{else}}b{{end}}', '{{with .x}}a{{else with .kind}}{{.}}{{end}}',
  '{{if and .metadata.name (not .foo)}}A{{else if .x}}B{{else}}C{{end}}', '{{if or .foo .bar}}A{{end}}', '{{index .metadata.labels "a.b/c"}}', '{{index .spec.containers 1 "name"}}', '{{(index .spec.containers 0).image}}', '{{len .metadata.labels}} {{len .spec.containers}} {{len "é"}}', '{{printf "%v|%-6s|%6s|%q|%d|%5.2f|%x|%t|%T" .kind "a" "b" "c" 4 1.5 255 true .spec.priority}}', '{{printf "%s %d" 1}}', '{{printf "%d" 1 2}}', '{{.spec.priority}} {{.spec.ratio}} {{.spec.big}}',
  '{{eq .kind "Pod"}} {{ne .kind "Pod"}} {{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1 2}} {{eq .spec.priority 5}} {{eq .kind "a" "Pod"}}', '{{"YWJj" | base64decode}}', '{{ .metadata.name | len | printf "%03d" }} {{- "x" -}}  y', '{{$a := 1}}{{$a = 2}}{{$a}}', '{{define "T"}}[{{.}}]{{end}}{{template "T" .kind}}', '{{block "B" .kind}}<{{.}}>{{end}}', '{{html "<a href=\'x\'>&"}} {{js "it\'s <b>"}} {{urlquery "a b&c"}} {{print 1 2 "a" "b" 3}} {{println 1 "a"}}', '{{slice .kind 1 2}}', "{{'a'}}", '{{exists . "metadata" "name"}}{{exists . "a"}}', '{{/* note */}}a{{- /* note */ -}} b', '{{range .spec.containers}}{{if eq .name "b"}}{{continue}}{{end}}{{.name}}{{end}}', '{{range .spec.containers}}{{.name}}{{break}}{{end}}', '{{range $c := .spec.containers}}{{range $c.ports}}{{$c.name}}:{{.containerPort}} {{end}}{{end}}', '{{.metadata.creationTimestamp}}', '{{range 3}}{{.}}{{end}}', '{{true}} {{1.5}} {{1e3}} {{0x10}} {{"s"}} {{`raw`}}', '{{.status}} {{.spec.empty}}',
  '{{foo}}', '{{.metadata.name', '{{if .x}}a', '{{end}}', '{{}}', '{{$x}}', '{{.metadata.name}', '{{"abc}}', '{{#}}', '{{.a b}}', '{{if}}', '{{break}}', '{{else}}', '{{(1}}', '{{template "foo"}}', '{{.kind.foo}}', '{{index .spec.containers 9}}', '{{len 3}}', '{{lt "a" 1}}', '{{index . "a" "b"}}', '{{range .kind}}x{{end}}', '{{.kind "a"}}', '{{1 2}}', '{{nil}}', '{{"a" | base64decode}}', '{{eq .spec.priority 5.0}}', '{{not 1 2}}', '{{.spec.containers.name}}', '{{a.b}}', '{{1a}}',
  // What random templates have found: which node an error names, what Go knows of types, numbers, assignments to nothing.
  '{{(printf "%q").a}}', '{{("b").a}}', '{{(.spec.containers).a}}', '{{(index .spec.containers 0).x.y}}', '{{$x = call ((1))}}', '{{range $i, $x := 15}}{{$x}}{{end}}', '{{range $x := 3}}{{$x}}{{end}}', '{{..}}', '{{.#}}', '{{$=}}', '{{$x = 1}}', '{{if .kind}}a{{else with .spec}}b{{end}}', '{{range .x}}a{{else if .kind}}b{{end}}', '{{2i}} {{1e400}}', '{{99999999999999999999}}', '{{printf "%d %v %T" 1e3 2i 2i}}', '{{html nil}}', '{{len nil}}', '{{len .nope}}', '{{base64decode 1}}', '{{base64decode .nope}}', '{{base64decode .spec.priority}}',
  '{{printf "%d" .spec.containers}}', '{{printf "%[2]v %[1]v %[9]v" 1 2}}', '{{printf "%*d|%-8.3s|%+d|% d|%#x|%08.3f|%+q|%U|%e|%G|%b" 5 42 "abcdef" 7 7 255 3.14159 "é" 233 1e10 1e-7 5}}', '{{printf "%s %x" .metadata.labels "é"}}', '{{index "abc" 1}}', '{{index "abc" 3}}', '{{index .spec.containers 3}}', '{{slice "abcdef" 1 2 3}}', '{{eq .metadata.labels .metadata.labels}}', '{{eq .spec.containers .metadata}}', '{{eq .nope nil}}', '{{lt 1 "a"}}', '{{call .kind}}', '{{define "T"}}a{{end}}{{define "T"}}b{{end}}', '{{range $i, $e = .spec.containers}}{{end}}', '{{range $i, .spec}}{{end}}', '{{.kind | 1}}', '{{1\n', '{{"\\x"}}', "{{'ab'}}", '{{js "é\u00ad"}}',
];

describeParity('go-template', () => {
  it.each(sampled(TEMPLATES))('%s', async (template) => {
    const { ours, real } = await both(POD, `go-template=${template}`);
    expect(ours).toBe(real);
  });

  it('fails on missing keys where that is asked for', async () => {
    const { ours, real } = await both(POD, 'go-template={{.nothing}}', '--allow-missing-template-keys=false');
    expect(ours).toBe(real);
  });
});
