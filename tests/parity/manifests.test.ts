import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeParity, oracle, oracleBeside } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

const POD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n';
const data = (body: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n${body.split('\n').map((line) => `  ${line}`).join('\n')}\n`;

const FILES: Readonly<Record<string, string>> = {
  'pod.yaml': POD,
  'crlf.yaml': POD.replaceAll('\n', '\r\n'),
  'bom.yaml': `\ufeff${POD}`,
  'duplicate.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n',
  'indent.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n foo: b\n',
  'scalar.yaml': 'hello world\n',
  'nokind.yaml': 'a: b\n',
  'noversion.yaml': 'kind: Pod\nmetadata: {name: x}\n',
  'empty.yaml': '',
  'comment.yaml': '# nothing\n',
  'null.yaml': 'null\n',
  'tab.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n',
  'list.yaml': '- a\n- b\n',
  'second.yaml': `${POD}---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n  x: [\n`,
  'multi.yaml': `---\n# first\n${POD}---\n---\n# only\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: c}\n`,
  'marked.yaml': `${POD}--- # the second\napiVersion: v1\nkind: Pod\nmetadata: {name: c}\n...\n`,
  'directive.yaml': `%YAML 1.1\n---\n${POD}`,
  'items.yaml': 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: l1}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: l2}\n',
  'nested-items.yaml': 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: l1}\n',
  'bad-items.yaml': 'apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  metadata: {name: l1}\n',
  'no-items.yaml': 'apiVersion: v1\nkind: List\nitems: []\n',
  'metadata-text.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: foo\n',
  'name-number.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: 5\n',
  'label-boolean.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {a: yes, b: 1}\n',
  'labels-text.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  labels: a\n',
  'finalizers-text.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  finalizers: a\n',
  'kind-number.yaml': 'apiVersion: v1\nkind: 5\nmetadata:\n  name: a\n',
  'unknown-kind.yaml': 'apiVersion: example.com/v1\nkind: Foo\nmetadata:\n  name: a\nspec: {x: 1}\n',
  'slashes.yaml': 'apiVersion: a/b/c\nkind: Pod\nmetadata:\n  name: x\n',
  // Where libyaml stumbles, and over what.
  'lib-flow-paren.yaml': '{"apiVersion": "v1",\n "metadata": {)\n  "name": "a"}}\n', 'lib-flow-colon.yaml': 'apiVersion: v1\nmetadata: {name: a\nkind: Pod\n', 'lib-flow-open.yaml': 'a: [b,\n', 'lib-flow-comma.yaml': 'a: [b c: d, e}\n', 'lib-before-json.yaml': '0{\n "a": 1\n}\n',
  'lib-byte.json': '{"a": é}\n', 'lib-no-colon.yaml': 'a: b\nname\nc: d\n', 'lib-colons.yaml': 'a: b: c\n', 'lib-dash.yaml': 'a: b\n- c\n', 'lib-mixed.yaml': '- a\nb: c\n', 'lib-deeper.yaml': 'a:\n  b: c\n   d: e\n', 'lib-at.yaml': 'a: @b\n', 'lib-escape.yaml': 'a: "\\q"\n', 'lib-hex.yaml': 'a: "\\xg"\n', 'lib-alias.yaml': 'a: *b\n', 'lib-no-alias.yaml': 'a: *\n', 'lib-no-anchor.yaml': 'a: & b\n',
  'lib-header.yaml': 'a: |x\n  b\n', 'lib-zero.yaml': 'a: |0\n b\n', 'lib-tag.yaml': 'a: !x!y b\n', 'lib-tag-end.yaml': 'a: !<x b\n', 'lib-directives.yaml': '%YAML 1.1\n%YAML 1.1\n---\na: b\n', 'lib-version.yaml': '%YAML 2.0\n---\na: b\n', 'lib-unknown-directive.yaml': '%X y\n---\na: b\n', 'lib-question.yaml': '? a\nb\n', 'lib-control.yaml': 'a: \u0007\n', 'lib-tab-value.yaml': 'a:\tb\n', 'lib-tab-block.yaml': 'a: |\n\tb\n', 'lib-tab-plain.yaml': 'a: b\n\tc\n', 'lib-single.yaml': "a: 'b\nc: d\n", 'lib-end-in-quote.yaml': 'a: "b\n---\nc"\n',
  'quote.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "a\n',
  'colon.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a: b\n',
  'alias.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: *x\n',
  'at.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: @x\n',
  'no-colon.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name\n',
  'no-colon-before.yaml': 'apiVersion: v1\nkind\nmetadata:\n  name: a\n',
  'dash.yaml': 'apiVersion: v1\nkind: Pod\n- a\n',
  'unclosed-map.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a\n',
  'escape.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: "a\\z"}\n',
  'unclosed-after.yaml': 'a: [1,\nb: c\n',
  'bad-sequence.yaml': 'a:\n  - b\n - c\n',
  'open-quote.yaml': "a: 'x\nb: c\n",
  'brace.yaml': 'a: }\n',
  'percent.yaml': 'a: %b\n',
  'deeper.yaml': 'a: b\nc: d\n  e: f\n',
  'last-key.yaml': 'a: b\nc\n',
  'sequence-then-map.yaml': '- a\nb: c\n',
  'star.yaml': 'a: *\n',
  'after-quote.yaml': 'a: "b" c\n',
  'header.yaml': 'a: |x\n  b\n',
  'unindent.yaml': 'a:\n    b: c\n  d: e\n',
  'container.yaml': 'spec:\n  containers:\n  - name: a\n    image: b\n   ports: c\n',
  'tab-inside.yaml': 'a:\n  b: c\n\td: e\n',
  'anchors.yaml': data('a: &x one\nb: *x\nc: "two"'),
  'merge.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\nbase: &base {a: "1", b: "2"}\ndata:\n  <<: *base\n  b: "3"\n',
  'block.yaml': data('a: |\n  one\n    two\n\nb: >-\n  folded\n  text\nc: |+\n  kept\n\nd: "quoted\\ttext \\u00e9"\ne: \'it\'\'s\''),
  'types.yaml': 'apiVersion: v1\nkind: Odd\nmetadata: {name: a}\nspec:\n  huge: 1e400\n  a: yes\n  b: no\n  c: on\n  d: Off\n  e: 0644\n  f: 0x1F\n  g: 1_000\n  h: 1e3\n  i: 1.50\n  j: ~\n  k: null\n  l:\n  m: "yes"\n  n: 2025-01-02\n  o: 2025-01-02T03:04:05Z\n  p: 0o17\n  q: 0b11\n  r: +5\n  s: .5\n  t: 12:30\n  u: y\n  v: 1.0\n  w: -0\n  x: !!str 5\n  y: 100000000000\n  z: 08\n',
  'keys.yaml': 'apiVersion: v1\nkind: Odd\nmetadata: {name: a}\nspec:\n  1: a\n  true: b\n  1.5: c\n  yes: d\n  "2": e\n',
  'flow.yaml': '{apiVersion: v1, kind: Pod, metadata: {name: flow, labels: {a: "b"}}}\n',
  'one.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"n":1.50,"big":12345678901,"u":"\\u00e9<>&"}}',
  'two.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}} {"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}',
  'duplicate.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","name":"b"}}',
  'cut.json': '{"apiVersion":"v1","kind":"Pod",',
  'comma.json': '{"apiVersion":"v1","kind":"Pod",}',
  'array.json': '[{"apiVersion":"v1"}]',
  'nokind.json': '{ "a": "b" }',
  'folder/readme.txt': 'x',
  'folder/b.yml': POD.replace('name: a', 'name: b'),
  'folder/a.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"j"}}',
  'folder/deep/c.yaml': POD.replace('name: a', 'name: c'),
  'texts/readme.txt': 'x',
  'plain': POD,
};

describeParity('manifests', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-manifests-'));
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const single = Object.keys(FILES).filter((name) => !name.includes('/')).map((name) => [name]);
  const several = [['folder'], ['folder', '-R'], ['texts'], ['missing.yaml'], ['*.missing'], ['folder/*.yml'], ['pod.yaml', 'two.json'], ['pod.yaml', 'missing.yaml'], ['folder/deep', 'plain']];
  it.each(sampled([...single, ...several]))('%s %s', async (...names) => {
    const files = names.flatMap((name) => (name.startsWith('-') ? [name] : ['-f', join(folder, name)]));
    const args = ['label', '--local', ...files, 'a=b', '-o', 'yaml'];
    expect(await ours(args)).toEqual(oracle(args));
  });

  it.each(['multi.yaml', 'two.json', 'indent.yaml', 'nokind.yaml', 'cut.json'])('standard input: %s', async (name) => {
    const args = ['label', '--local', '-f', '-', 'a=b', '-o', 'name'];
    const text = FILES[name] as string;
    expect(await ours(args, undefined, text)).toEqual(oracle(args, text));
  });

  it('refuses to read standard input twice', async () => {
    const args = ['label', '--local', '-f', '-', '-f', '-', 'a=b'];
    expect(await ours(args)).toEqual(oracle(args));
  });
});

/** A path that names a status gets that, and where there is one the next path. */
function webServer(): Server {
  return createServer(({ url = '' }, response) => {
    const [, code = '200', next] = /^\/(\d{3})(\/.*)?$/.exec(url) ?? [];
    response.writeHead(Number(code), next === undefined ? {} : { Location: next }).end(POD);
  });
}

describeParity('manifests of the web', () => {
  const server = webServer();
  beforeAll(() => new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening)));
  afterAll(() => server.close());

  it.each(['HOST/pod.yaml', 'HOST/302/307/pod', `HOST${'/301'.repeat(11)}`, 'HOST/404', 'http://127.0.0.1:1/', 'http://', 'http://a b/', 'https://127.0.0.1:x/', '- -f HOST/pod.yaml'])('-f %s', async (file) => {
    const args = ['label', '--local', '-f', ...file.replace('HOST', `http://127.0.0.1:${(server.address() as AddressInfo).port}`).split(/(?<=-) | (?=http)/), 'a=b', '-o', 'name'];
    const [real, mine] = await Promise.all([oracleBeside(args, {}, POD), ours(args, undefined, POD)]);
    expect(mine).toEqual(real);
  });
});
