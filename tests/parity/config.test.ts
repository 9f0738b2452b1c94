/** kubectl config: the same commands on the same files, by the real kubectl and by ours; what they print, and what they leave. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from '../support/property.ts';
import { describeParity, oracle, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';
import { ALL, sampled } from './support/sample.ts';

const root = mkdtempSync(join(tmpdir(), 'mock-kubectl-config-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const FULL = `apiVersion: v1
kind: Config
current-context: dev
preferences: {}
clusters:
- name: here
  cluster: {server: "https://127.0.0.1:6443", certificate-authority: certs/ca.crt}
- name: there
  cluster: {server: "https://there:443", certificate-authority-data: Y2E=, insecure-skip-tls-verify: false, unknown: 1}
contexts:
- name: dev
  context: {cluster: here, user: jane, namespace: team-a}
- name: prod
  context: {cluster: there, user: robot}
users:
- name: jane
  user: {client-certificate: certs/jane.crt, client-key: certs/jane.key}
- name: robot
  user: {token: secret, as: other, as-groups: [a, b], exec: {command: get-token, apiVersion: client.authentication.k8s.io/v1, env: null}}
- name: basic
  user: {username: u, password: p, auth-provider: {name: oidc, config: {client-id: x}}}
`;

/** Two folders alike, one for each program; outputs are compared with the folders' names taken out. */
class Pair {
  readonly real = mkdtempSync(join(root, 'side-'));
  readonly mine = mkdtempSync(join(root, 'side-'));

  constructor(text?: string) {
    for (const folder of [this.real, this.mine]) {
      mkdirSync(join(folder, 'certs'));
      for (const name of ['ca.crt', 'jane.crt', 'jane.key']) writeFileSync(join(folder, 'certs', name), `${name}\n`);
      if (text !== undefined) writeFileSync(join(folder, 'config'), text);
    }
  }

  async run(args: readonly string[]): Promise<readonly [Outcome, Outcome]> {
    const line = (folder: string) => ['--kubeconfig', join(folder, 'config'), 'config', ...args.map((word) => word.replaceAll('DIR', folder))];
    return [masked(oracle(line(this.real)), this.real), masked(await ours(line(this.mine)), this.mine)];
  }

  files(): readonly [string, string] {
    const read = (folder: string) => {
      const file = join(folder, 'config');
      return existsSync(file) ? `${(statSync(file).mode & 0o777).toString(8)}\n${readFileSync(file, 'utf8').replaceAll(folder, 'DIR')}` : '';
    };
    return [read(this.real), read(this.mine)];
  }
}

function masked({ stdout, stderr, code }: Outcome, folder: string): Outcome {
  // Help is in our own words; addresses in memory say nothing.
  const text = /^Examples:$/m.test(stdout) ? 'help' : stdout;
  // The real get-clusters goes through a map of Go's, in no order.
  const sorted = text.startsWith('NAME\n') ? text.split('\n').sort().join('\n') : text;
  return { stdout: sorted.replaceAll(folder, 'DIR'), stderr: stderr.replaceAll(folder, 'DIR').replace(/:0xc[0-9a-f]+/g, ''), code };
}

async function same(pair: Pair, line: string): Promise<void> {
  const [real, mine] = await pair.run(line.split(' ').map((word) => (word === "''" ? '' : word)));
  expect({ line, ...mine }).toEqual({ line, ...real });
  const [left, kept] = pair.files();
  expect(`${line}\n${kept}`).toBe(`${line}\n${left}`);
}

const LINES = [
  'view', 'view --raw', 'view --raw -o json', 'view --minify', 'view --minify --raw -o jsonpath={.contexts[0].context.namespace}', 'view --flatten', 'view --merge', 'view -o name', 'view x', 'view --merge=true --raw', 'view --output= --raw',
  'current-context', 'get-contexts', 'get-contexts -o name', 'get-contexts --no-headers', 'get-contexts prod', 'get-contexts prod nope', 'get-contexts -o wide', 'get-clusters', 'get-users',
  'use-context prod', 'use prod', 'use-context nope', "use-context ''", 'use-context', 'use-context a b',
  'rename-context dev development', 'rename-context nope x', 'rename-context dev prod', "rename-context dev ''", 'rename-context dev',
  'delete-context dev', 'delete-context prod', 'delete-context nope', 'delete-context', 'delete-cluster here', 'delete-cluster nope', 'delete-user jane', 'delete-user nope', 'delete-user', 'delete-user a b',
  'set-context --current --namespace=x', 'set-context new --cluster=here --user=jane', 'set-context dev --user=robot', 'set-context', 'set-context a --current', 'set-context a b', 'set-context prod --namespace=',
  'set-cluster new --server=https://x', 'set-cluster here --server=https://x --tls-server-name=y', 'set-cluster here --insecure-skip-tls-verify', 'set-cluster there --certificate-authority=DIR/certs/ca.crt', 'set-cluster there --certificate-authority=DIR/certs/ca.crt --embed-certs',
  'set-cluster here --certificate-authority=DIR', 'set-cluster there --certificate-authority=DIR --embed-certs', 'set-credentials basic --client-key=DIR --embed-certs', 'set-credentials dir --client-key=DIR/..', 'set-cluster x --embed-certs', 'set-cluster x --embed-certs --certificate-authority=/nonexistent/ca', 'set-cluster x --insecure-skip-tls-verify --certificate-authority=/x', 'set-cluster', "set-cluster ''", 'set-cluster new --proxy-url=http://p:1 --certificate-authority=/elsewhere/ca.crt',
  'set-credentials new --token=t', 'set-credentials robot --username=u --password=p', 'set-credentials basic --token=t', 'set-credentials x --token=t --username=u', 'set-credentials jane --client-certificate=DIR/certs/jane.crt --client-key=DIR/certs/jane.key --embed-certs', 'set-credentials jane --client-key=DIR/other.key',
  'set-credentials x --exec-command=c --exec-interactive-mode=never', 'set-credentials x --exec-interactive-mode=', 'set-credentials x --exec-interactive-mode=x --embed-certs', 'set-credentials x --embed-certs', 'set-credentials x --embed-certs --client-key=/nonexistent', 'set-credentials', 'set-credentials a b', "set-credentials ''",
  'set-credentials robot --exec-command=c --exec-arg=a,b --exec-arg=c --exec-env=A=1 --exec-api-version=client.authentication.k8s.io/v1beta1 --exec-interactive-mode=Never --exec-provide-cluster-info', 'set-credentials robot --exec-env=A=1 --exec-env=B-', 'set-credentials robot --exec-env==x', 'set-credentials jane --exec-arg=ignored',
  'set-credentials basic --auth-provider-arg=client-secret=s --auth-provider-arg=client-id-', 'set-credentials basic --auth-provider=gcp', 'set-credentials basic --auth-provider-arg=bad', 'set-credentials new --auth-provider=oidc',
  'set current-context prod', 'set contexts.dev.namespace x', 'set contexts.a.b.namespace x', 'set clusters.here.server https://y', 'set clusters.here.insecure-skip-tls-verify true', 'set clusters.here.insecure-skip-tls-verify maybe', 'set clusters.there.certificate-authority-data bm8=', 'set clusters.there.certificate-authority-data no!',
  'set clusters.there.certificate-authority-data abc', 'set clusters.there.certificate-authority-data abc --set-raw-bytes', 'set users.robot.act-as x', 'set users.robot.as x', 'set users.robot.act-as-groups x', 'set users.robot.token x', 'set preferences.colors true', 'set preferences x', 'unset extensions', 'set nothing x', 'set clusters.here.server.more x', 'set current-context.x y',
  "set contexts.dev.namespace ''", 'set contexts.dev.namespace', "set '' x", 'unset contexts.dev.namespace', 'unset contexts.dev', 'unset contexts', 'unset users', 'unset current-context', 'unset preferences', 'unset preferences.colors', 'unset contexts.nope.namespace', 'unset contexts.nope', 'unset nothing', 'unset', "unset ''", 'unset clusters.there.certificate-authority-data',
];

/** What the flags about output do. */
const OUTPUTS: readonly string[] = [
  'view --template={{range.contexts}}{{.name}},{{end}}{{.x}}', 'view -o go-template={{.x}} --allow-missing-template-keys=false', 'view -o jsonpath={.x} --allow-missing-template-keys=false', 'view -o yaml --show-managed-fields --merge=false', 'view --merge=true --flatten --minify --raw', 'view --merge=x', 'view --flatten --raw -o json', 'view --minify --context=nope -o wide', 'view -o name', 'view -o wide', 'view --template={{', 'view --minify --flatten --context=prod --raw', 'view extra', 'view --minify --cluster=there --user=basic -o json',
  'get-contexts -o name', 'get-contexts -o name dev nope', 'get-contexts --no-headers', 'get-contexts --no-headers -o name', 'get-contexts -o wide', 'get-contexts -o', 'get-contexts -o json', 'get-contexts --no-headers=x', 'get-contexts --no-headers dev',
];

describeParity('config', () => {
  it.each(sampled(OUTPUTS))('%s', (line) => same(new Pair(FULL), line));

  it.each(sampled(LINES))('%s', (line) => same(new Pair(FULL), line));

  it.each(sampled(['view', 'view --merge=false', 'get-contexts', 'get-users', 'current-context', 'view --minify', 'set-cluster a --server=https://a', 'set-context --current --namespace=a', 'set-context a', 'use-context a', 'set contexts.a.namespace b', 'unset users', 'delete-context a']))('without a file: %s', (line) => same(new Pair(), line));

  it.each(sampled([['clusters:\n- name: a\n  cluster: {server: b, insecure-skip-tls-verify: true}\n', 'set-cluster a --server=https://c'], ['', 'view'], ['clusters: 3\n', 'view'], ['clusters: 3\n', 'view --merge=false'], ['users: [{name: a, user: {client-key-data: ""}}]\n', 'set-credentials a'], ['contexts:\n- name: a\n  context: {cluster: b, user: c}\ncurrent-context: a\n', 'view --minify --flatten'], ['clusters:\n- name: a\n  cluster: {server: 5}\n', 'get-clusters'], ['a: [\n', 'use-context x'], ['users:\n- name: a\n  user: {as-groups: x}\n', 'view'], ['current-context: 5\n', 'current-context'], ['- a\n', 'view'], ['contexts:\n- context: {cluster: a}\n', 'get-contexts'], ['contexts:\n- name: a\n', 'view'],
    ['contexts: [{name: a, context: {cluster: b}}, {name: a}]\n', 'view'], ['users: [{name: a, user: {client-key-data: "", client-certificate-data: ""}}, {name: b, user: {client-key-data: null}}]\n', 'view'], ['contexts: [{name: a, context: {extensions: [{name: e, extension: {b: [], a: 1}}]}}, {name: a}]\n', 'view'], ['users: [{name: a, user: {as-user-extra: {x: [z]}}}, {name: a}]\n', 'view'], ['clusters: [{name: a, cluster: {server: b, certificate-authority: x, certificate-authority-data: YQ==}}]\n', 'view --flatten'], ['{"a": 1,)\n "b": 2}\n', 'view'], ['{"a": [1,}\n', 'view'], ['{"a"é: 1}\n', 'view'], ['clusters: [{name: a, cluster: {server: b, certificate-authority-data: YQ==}}, {name: a}]\n', 'get-clusters'], ['a\n', 'view'], ['clusters: [5]\n', 'view'], ['clusters: [{name: a, cluster: {certificate-authority-data: abc}}]\n', 'delete-context'], ['users: [{name: a, user: {client-key-data: "!"}}]\n', 'set-context x'], ['kind: Other\n', 'view'], ['contexts: [{name: a, context: {extensions: [{name: e, extension: {b: 1, a: 2}}]}}]\n', 'view -o json']]))('a file of %j: %s', (text, line) =>
    same(new Pair(text), line));

  it('keeps a link to the file, and its privacy', async () => {
    const pair = new Pair(FULL);
    for (const folder of [pair.real, pair.mine]) {
      writeFileSync(join(folder, 'real'), FULL);
      rmSync(join(folder, 'config'));
      symlinkSync(join(folder, 'real'), join(folder, 'config'));
      chmodSync(join(folder, 'real'), 0o600);
    }
    await same(pair, 'use-context prod');
    expect(readFileSync(join(pair.mine, 'real'), 'utf8')).toBe(readFileSync(join(pair.real, 'real'), 'utf8'));
  });

  it('any ten commands after each other leave the same file', async () => {
    const changing = LINES.filter((line) => /^(set|unset|use|rename|delete)/.test(line));
    const numRuns = ALL ? 6 : 2;
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...changing), { minLength: 10, maxLength: 10 }), async (lines) => {
        const pair = new Pair(FULL);
        for (const line of lines) await same(pair, line);
        tried++;
      }),
      { numRuns },
    );
    expect(tried).toBeGreaterThanOrEqual(numRuns);
  }, 120_000);
});
