/** kuberc: the same lines with the same preferences, by the real kubectl and by ours. None of them asks a server. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeParity, oracle, ORACLE_ENV, oraclePath, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

const root = mkdtempSync(join(tmpdir(), 'mock-kubectl-kuberc-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

const HEAD = 'apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\n';

/** Help is in our own words, but not what it is about; the real one calls itself by its path. */
function masked({ stdout, stderr, code }: Outcome, folder: string): Outcome {
  const tidy = (text: string): string => (oraclePath === undefined ? text : text.replaceAll(oraclePath, 'kubectl')).replaceAll(folder, 'DIR');
  // Nor what flags are for.
  const bare = (text: string): string => tidy(text).replace(/^(--?[a-z-]+)\t.*/gm, '$1').replace(/^\t.*\n/gm, '').replace(/^( *--cache-dir=).*/m, '$1');
  const words = (text: string): string => {
    const usage = /^Usage:\n(.*)\n/m.exec(text)?.[1];
    return usage === undefined ? bare(text) : `${/^Unknown help topic.*\n/m.exec(text)?.[0] ?? ''}${usage}`;
  };
  return { stdout: words(stdout), stderr: words(stderr), code };
}

/** Runs a line with both; RC is the file with the preferences, DIR its folder. */
async function same(text: string | undefined, line: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const folder = join(root, `${++count}`);
  mkdirSync(join(folder, '.kube'), { recursive: true });
  if (text !== undefined) for (const file of ['rc', '.kube/kuberc']) writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, 'kubeconfig'), 'current-context: there\n');
  if (line.includes('DIR/rc')) rmSync(join(folder, '.kube/kuberc'), { force: true });
  const args = line.split(' ').map((word) => (word === "''" ? '' : word.replaceAll('RC', join(folder, 'rc')).replaceAll('DIR', folder)));
  const all = { ...ORACLE_ENV, KUBECTL_KUBERC: 'true', ...env, HOME: line.includes('RC') ? '/nonexistent' : folder };
  const real = masked(oracle(args, '', all), folder);
  expect({ line, ...masked(await ours(args, undefined, '', all), folder) }).toEqual({ line, ...real });
}

const VERSION = 'version --client --kuberc=RC';

describeParity('kuberc files', () => {
  it.each(sampled([
    '', '# nothing\n', '\n\n', '---\n', '---\n---\n', HEAD, `${HEAD}foo: 1\n`, `${HEAD}aliases: []\naliases: []\n`, `---\n${HEAD}${HEAD}`, `\n\n---\n${HEAD}aliases: []\naliases: []\n`, `# c\n--- # d\n${HEAD}kind: Preference\n`,
    `${HEAD}overrides:\n- command: a\n  command: b\n  flags:\n  - {name: x, name: x, "name": y}\n`, `${HEAD}x: {a: 1, a: {b: 1, b: 2}}\ny: [{c: 1, c: 1}]\n`, `${HEAD}x: &a {b: 1, b: 1}\ny: *a\n`, `${HEAD}5: 1\n5: 2\ntrue: 1\n"a\\"b": 1\n"a\\"b": 1\n`,
    `kind: x\n---\n${HEAD}foo: 1\n---\n${HEAD}bar: 1\n`, `--- x\n${HEAD}`, `${HEAD}--- x\n`, `a: [\n---\n${HEAD}foo: 1\n`, 'a: [\n', '- a\n', 'a\n', '5\n',
    `{apiVersion: kubectl.config.k8s.io/v1alpha1, kind: Preference}\n`, '{"apiVersion":"kubectl.config.k8s.io/v1alpha1","kind":"Preference","kind":"Preference","x":1,"x":2}', ' \n{"apiVersion":"kubectl.config.k8s.io/v1alpha1","kind":"Preference"}\n', '{"apiVersion":"kubectl.config.k8s.io/v1alpha1","kind":"Preference"} {}', '{"apiVersion":"kubectl.config.k8s.io/v1alpha1","kind":"Preference","aliases":[{"name":"a","name":"b1","y":1}]}',
    `${HEAD}aliases: 5\n`, `${HEAD}aliases: [5]\n`, `${HEAD}aliases: null\noverrides: null\n`, `${HEAD}aliases: [null]\n`, `${HEAD}overrides: [null, {command: a, flags: [null]}]\n`, `${HEAD}aliases: [{name: 5}]\n`, `${HEAD}aliases: [{name: yes}]\n`, `${HEAD}Aliases: []\nmetadata: {name: x}\n`, `${HEAD}aliases: {a: 1}\n`, `${HEAD}overrides: [{command: version, flags: [{name: client, default: true}]}]\n`,
    `${HEAD}aliases: [{name: a1}]\n`, `${HEAD}aliases: [{name: ""}]\n`, `${HEAD}aliases: [{name: é}]\n`, `${HEAD}aliases: [{name: a}, {name: b}, {name: a}]\n`, `${HEAD}aliases: [{name: a, flags: [{name: -a}]}, {name: a}]\n`, `${HEAD}overrides: [{command: nope, flags: [{name: --client, default: x}]}]\n`,
    'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n', 'apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preferences\n', 'apiVersion: v1\nkind: Preference\n', 'kind: Preference\n', 'apiVersion: kubectl.config.k8s.io/v1alpha1\n', 'apiVersion: 5\nkind: Preference\n',
    `${HEAD}aliases:\n- name: a\n  bar: {a: 1}\n  command: version\n  flags: [{name: x, value: y, default: z}, {nome: a}]\nzzz: 1\n`, `${HEAD}aliases: [{name: a, prependArgs: [5]}]\n`, `${HEAD}aliases: [{name: a, appendArgs: [null, x], command: version}]\n`,
    `\ufeff${HEAD}x: 1\n`, `${HEAD}x: 1\n`.replaceAll('\n', '\r\n'), `${HEAD}\taliases: []\n`, `%YAML 1.1\n---\n${HEAD}x: 1\n`, `${HEAD}...\nfoo: 1\n`, `${HEAD}aliases: &x []\noverrides: *x\n`, `${HEAD}<<: {x: 1}\n`, `${HEAD}"aliases": [{"name": "foo", "command": "version", flags: [{name: client, default: 'true'}]}]\n`, `${HEAD}aliases: [{name: !!str foo, command: version}]\n`, `${HEAD}? aliases\n: []\n`, `${HEAD}~: 1\n`, `${HEAD}1.5: 1\n1.5: 2\n`, `${HEAD}[a]: 1\n`,
    'APIVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\n', 'apiVersion: kubectl.config.k8s.io/v1alpha1\nKind: Preference\n', `${HEAD}aliases: [{Name: foo, command: version}]\n`,
  ]))('%j', (text) => same(text, VERSION));

  it.each([`${HEAD}foo: 1\n`, `${HEAD}kind: Preference\n`, 'a\n', `${HEAD}--- x\n`, `${HEAD}aliases: [{name: a1}]\n`, undefined])('that nobody asked for: %j', (text) => same(text, 'version --client'));

  it.each(sampled(['version --client --kuberc', 'version --client --kuberc=', "version --client --kuberc ''", 'version --client --kuberc DIR/none', 'version --client --kuberc=DIR', 'version --client --kuberc=DIR/rc/x', 'version --client a--kuberc=DIR/none', 'version --client --kuberc=DIR/none=x', 'version --client -- --kuberc=DIR/none', 'version --client --kuberc DIR/rc --kuberc=DIR/none', "''", '--kuberc=DIR/none', '--kuberc DIR/rc', '--kuberc DIR/rc version --client', 'options', 'version --client --kuberc=DIR/none --help']))('%s', (line) => same(HEAD, line));

  it.each<[string, Record<string, string>]>([
    ['v', {}], [`v --kuberc=RC`, { KUBERC: 'off' }], ['v', { KUBERC: 'off' }], ['v', { KUBERC: '/nonexistent/rc' }], ['v', { KUBECTL_KUBERC: 'false' }], ['v', { KUBECTL_KUBERC: '1' }], ['v', { KUBECTL_KUBERC: 'TRUE' }], ['version --client --kuberc=RC', { KUBECTL_KUBERC: 'false' }], ['version --client --kuberc=RC', { KUBECTL_KUBERC: '' }],
  ])('%s with %j', (line, env) => same(`${HEAD}aliases: [{name: v, command: version, flags: [{name: client, default: "true"}]}]\n`, line, { HOME: '', ...env }));
});

const ALIASES = `${HEAD}aliases:
- {name: v, command: version, flags: [{name: client, default: "true"}]}
- {name: vj, command: version, prependArgs: [--client], appendArgs: [-o, json]}
- {name: bad, command: version, flags: [{name: client, default: maybe}]}
- {name: badshort, command: create deployment, flags: [{name: output, default: name}, {name: replicas, default: x}]}
- {name: badname, command: version, flags: [{name: nope, default: maybe}]}
- {name: late, command: version, flags: [{name: v, default: "5"}]}
- {name: helpful, command: version, flags: [{name: help, default: "true"}]}
- {name: nothing, command: no such}
- {name: flagged, command: config view --raw x}
- {name: crd, command: create deployment, flags: [{name: image, default: nginx}, {name: dry-run, default: client}, {name: output, default: name}]}
- {name: crdy, command: create deploy, prependArgs: [web], appendArgs: [--, sleep, "1"], flags: [{name: image, default: nginx}, {name: dry-run, default: client}, {name: output, default: name}, {name: replicas, default: "2"}]}
- {name: cm, command: "  create  configmap ", flags: [{name: from-literal, default: a=b}, {name: from_literal, default: "c=d"}, {name: dry_run, default: client}, {name: output, default: yaml}]}
- {name: job, command: create job, appendArgs: [--, custom], flags: [{name: image, default: nginx}, {name: dry-run, default: client}, {name: output, default: yaml}, {name: namespace, default: there}]}
- {name: cfg, command: config}
- {name: cfv, command: config view, flags: [{name: output, default: json}]}
- {name: kc, command: config, flags: [{name: kubeconfig, default: /nonexistent/other}]}
- {name: root, command: ""}
- {name: c, command: create}
- {name: get, command: version}
- {name: help, command: version, flags: [{name: client, default: "true"}]}
- {name: opts, command: options}
- {name: comp, command: completion}
- {name: v, command: version}
`.replace(/- \{name: v, command: version\}\n$/, '');

describeParity('kuberc aliases', () => {
  it.each(sampled([
    'v', 'v -o json', 'v --client=false --client', 'v x', 'v --nope', 'v -h', 'vj', 'vj -o yaml', 'vj x', 'bad', 'bad --client', 'badshort web --image=x', 'badname', 'late', 'helpful', 'nothing', 'flagged', 'crd', 'crd web', 'crd web --image=redis -o yaml', 'crd web -oyaml', 'crd web --output yaml', 'crd web --nope', 'crd web --dry-run=maybe', 'crd --help', 'crdy', 'crdy --replicas=3 -o yaml', 'crdy -r 3', 'crdy x', 'cm x', 'cm x --from-literal=e=f', 'cm x --from_literal=e=f', 'cm', 'cm --help',
    'job x', 'job x -o json', 'job x -n here', 'job x -oname', 'job x -ojsonpath={.metadata.namespace}', 'job', 'job x -- y', 'create job x --image=y --dry-run=client -o name', 'cfg', 'cfg view', 'cfg view --help', 'cfg nope', 'cfg current-context --kubeconfig=DIR/kubeconfig', 'cfv', 'cfv --help', 'cfv --merge=false', 'cfv -o yaml', 'kc', 'kc view', 'root', 'root version --client', 'root config view', 'root nope', 'c', 'c deployment web --image=x --dry-run=client -o name', 'c deployment', 'c nope', 'c foo --help', 'help', 'help get', 'help v', 'help crd', 'opts', 'comp', 'comp nope',
    'nope', 'nope --client', 'vv', '--unknown get nope', '--unknown v nope', '-x v version --client', '-n x v', '--namespace=x v', '-- v', '--help v', '--v=1 v', '-v 0 v', "'' v", 'version --client', 'version v --client',
    "__complete v ''", "__complete v --kuberc=x ''", '__complete get --kuberc=DIR/rc --kube', "__complete version --kuberc ''", '__complete crd web --', '__complete get --kub', '__complete v', "__complete version ''", '__complete ver', 'get -h', 'plugin list',
  ]))('%s', (line) => same(ALIASES, line.startsWith('__') ? line : line.includes('-- ') ? `--kuberc=RC ${line}` : `${line} --kuberc=RC`));
});

const MORE_ALIASES = `${HEAD}aliases:
- {name: foo, command: version, flags: [{name: client, default: "true"}]}
- {name: V, command: version}
- {name: GET, command: config view}
- {name: nodef, command: config view, flags: [{name: output}]}
- {name: dd, command: config view, flags: [{name: show-managed-fields, default: "1"}, {name: output, default: "json"}, {name: output, default: "yaml"}]}
- {name: c, command: create}
- {name: k, command: kustomize, appendArgs: [a, b, c]}
- {name: dr, command: "delete\\tpods", appendArgs: ["--nope"]}
- {name: sp, command: config set-context, prependArgs: ["a b", ""], appendArgs: ["--current"]}
`;

describeParity('kuberc aliases without one for help', () => {
  it.each(sampled(['foo --kuberc=RC', 'foo --kuberc=RC foo', 'foo --kuberc=RC --client=', 'foo --kuberc=RC -- --client', 'V --kuberc=RC --client', 'GET --kuberc=RC', 'help --kuberc=RC', 'help --kuberc=RC foo', 'help --kuberc=RC nope', 'help --kuberc=RC c configmap', 'c --kuberc=RC help', 'c --kuberc=RC x y', 'nodef --kuberc=RC', 'dd --kuberc=RC', 'dd --kuberc=RC -o name', 'k --kuberc=RC', 'dr --kuberc=RC', 'sp --kuberc=RC', 'sp --kuberc=RC --cluster=x']))('%s', (line) => same(MORE_ALIASES, line));

  it('come before plugins', async () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    for (const name of ['foo', 'foo-bar', 'V', 'create-x']) writeFileSync(join(bin, `kubectl-${name}`), '#!/bin/sh\necho plugin; exit 3\n', { mode: 0o755 });
    for (const line of ['foo --kuberc=RC', 'foo bar --kuberc=RC', 'c x --kuberc=RC']) await same(MORE_ALIASES, line, { PATH: bin });
  });
});

const OVERRIDES: readonly (readonly [overrides: string, lines: readonly string[]])[] = [
  ['{command: version, flags: [{name: client, default: "true"}, {name: output, default: json}]}', ['version', 'version -o yaml', 'version --output=yaml', 'version --client=false --client', 'version --help', 'version x', 'version -oyaml', 'help version']],
  ['{command: version, flags: [{name: client, default: maybe}]}', ['version', 'version --client', 'config view', 'nope']],
  ['{command: version, flags: [{name: o, default: maybe}]}', ['version', 'version --client']],
  ['{command: version, flags: [{name: cl_ient, default: maybe}]}', ['version --client']],
  ['{command: version, flags: [{name: v, default: "1"}]}', ['version --client']], ['{command: version, flags: [{name: help, default: "true"}]}', ['version --client']], ['{command: version, flags: [{name: log-flush-frequency, default: 1s}]}', ['version --client']],
  ['{command: version, flags: [{name: kuberc, default: x}]}', ['version --client']], ['{command: version, flags: [{name: warnings-as-errors, default: x}]}', ['version --client']],
  ['{command: version, flags: []}, {command: version}, {command: nope, flags: []}, {command: create nope, flags: [{name: x}]}', ['version --client', 'create configmap x --dry-run=client -o name', 'create', 'nope', '--help']],
  ['{command: "", flags: [{name: namespace, default: x}, {name: nope, default: x}]}', ['version --client', '--help', '-h']],
  ['{command: set, flags: [{name: set-raw-bytes, default: "true"}]}', ['config set clusters.a.server xyz --kubeconfig=DIR/kubeconfig', 'set', 'set image']],
  ['{command: config view, flags: [{name: output, default: json}, {name: raw, default: "yes"}]}', ['config view', 'config view --raw', 'config view -o name --raw']],
  ['{command: config, flags: [{name: kubeconfig, default: /nonexistent/x}]}', ['config', 'config current-context', 'config view']],
  ['{command: config current-context, flags: [{name: kubeconfig, default: /nonexistent/x}]}', ['config current-context', 'config current-context --kubeconfig=DIR/kubeconfig']],
  ['{command: create deployment, flags: [{name: image, default: "a,b"}, {name: dry-run, default: client}, {name: output, default: yaml}, {name: replicas, default: "0x3"}, {name: port, default: "80"}]}', ['create deployment web', 'create deployment web --image=c', 'create deploy web -o name', 'create deployment', 'create configmap x --dry-run=client -o name', 'create deployment web -r 1', 'create deployment web --replicas 1']],
  ['{command: create deploy -o json, flags: [{name: output, default: name}]}', ['create deployment web --image=x --dry-run=client']],
  ['{command: create configmap, flags: [{name: from-literal, default: a=b}]}, {command: create configmap, flags: [{name: from-literal, default: c=d}]}', ['create configmap x --dry-run=client -o yaml', 'create configmap x --dry-run=client -o yaml --from-literal=e=f', 'create configmap x --dry-run=client -o yaml --from_literal=e=f', 'create configmap x --dry-run=client -o yaml -- --from-literal=e=f']],
  ['{command: create secret docker-registry, flags: [{name: dry-run, default: client}, {name: output, default: name}, {name: docker-server, default: x}]}', ['create secret docker-registry y --docker-username=a --docker-password=b', 'create secret docker-registry y', 'create secret docker-registry y --docker_server=z --docker-username=a --docker-password=b -o jsonpath={.data}']],
  ['{command: help, flags: []}, {command: options, flags: [{name: namespace, default: x}]}, {command: plugin, flags: [{name: namespace, default: x}]}', ['options', 'help', 'plugin list']],
  ['{command: drain, flags: [{name: delete-local-data, default: "true"}, {name: dry-run, default: client}]}', ['drain', 'drain --help', 'drain --delete-local-data']],
  ['{command: create secret, flags: [{name: x, default: y}]}', ['create secret', 'create secret generic x --dry-run=client -o name']],
  ['{command: create secret generic, flags: [{name: dry-run, default: client}, {name: output, default: name}]}', ['create secret generic x', 'create secret', 'create secret generic']],
  ['{command: version, flags: [{name: "", default: x}]}', ['version --client']], ['{command: " version ", flags: [{name: client, default: T}]}', ['version']], ['{command: version --output json, flags: [{name: client, default: T}]}', ['version']], ['{command: version, flags: [{name: client, default: ""}]}', ['version']], ['{command: version, flags: [{name: client=true}]}', ['version']],
  ['{command: kubectl version, flags: [{name: client}]}, {command: kubectl, flags: [{name: client}]}', ['version --client']], ['{command: api-resources, flags: [{name: cached, default: x}]}', ['api-resources']], ['{command: view}, {command: config view, flags: [{name: context, default: x}]}', ['config view']], ['{command: config view, flags: [{name: request-timeout, default: x}, {name: as-group, default: x}]}', ['config view']],
];

describeParity('kuberc overrides', () => {
  it.each(sampled(OVERRIDES.flatMap(([overrides, lines]) => lines.map((line) => [line, overrides] as const))))('%s: %s', (line, overrides) => {
    const [before, after] = line.split(/ (?=-- )/);
    return same(`${HEAD}overrides: [${overrides}]\n`, `${before} --kuberc=RC${after === undefined ? '' : ` ${after}`}`);
  });

  it.each(['crd web', 'create deployment web --image=x --dry-run=client', 'crd web --output=yaml'])('aliases keep to themselves: %s', async (line) => {
    const aliases = 'aliases: [{name: crd, command: create deployment, flags: [{name: image, default: nginx}, {name: dry-run, default: client}]}]\n';
    await same(`${HEAD}${aliases}overrides: [{command: create deployment, flags: [{name: output, default: name}]}]\n`, `${line} --kuberc=RC`);
    await same(`${HEAD}${aliases}overrides: [{command: crd, flags: [{name: output, default: name}]}]\n`, `${line} --kuberc=RC`);
  });
});
