/** apply, diff and replace on a cluster in memory. */
import { CONFIGMAPS, DEPLOYMENTS } from '../../../src/api/kinds.ts';
import { session, type Session } from './session.ts';

const map = (data: string, more = ''): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n${more}data: ${data}\n`;
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: c, image: one}, {name: c2, image: two}]}
`;

let on: Session;
beforeEach(async () => void (on = await session()));
afterEach(() => on.close());

const apply = (input: string, ...flags: string[]) => on.kubectl(['apply', '-f', '-', ...flags], input);

test('created, unchanged, configured', async () => {
  expect(await apply(map('{k: v, l: w}'))).toEqual({ out: 'configmap/a created\n', err: '', code: 0 });
  expect((await apply(map('{k: v, l: w}'))).out).toBe('configmap/a unchanged\n');
  expect((await apply(map('{k: x}'))).out).toBe('configmap/a configured\n');
  const stored = await on.cluster.of(CONFIGMAPS).get('default', 'a');
  expect(stored.data).toEqual({ k: 'x' });
  expect(stored.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toBe('{"apiVersion":"v1","data":{"k":"x"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"a","namespace":"default"}}\n');
});

test('what others set stays, and containers are merged by name', async () => {
  await apply(DEPLOYMENT);
  await on.kubectl(['patch', 'deployment', 'd', '-p', '{"spec":{"replicas":4}}']);
  expect((await apply(DEPLOYMENT.replace(', {name: c2, image: two}', '').replace('one', 'new'))).out).toBe('deployment.apps/d configured\n');
  const { spec } = await on.cluster.of(DEPLOYMENTS).get('default', 'd');
  expect(spec?.replicas).toBe(4);
  expect(spec?.template.spec?.containers.map(({ name, image }) => `${name}=${image}`)).toEqual(['c=new']);
});

test('--overwrite=false refuses to undo what others changed', async () => {
  await apply(map('{k: v}'));
  await on.kubectl(['patch', 'configmap', 'a', '-p', '{"data":{"k":"theirs"}}']);
  const { err, code } = await apply(map('{k: mine}'), '--overwrite=false');
  expect(err).toContain('conflicts with changes made from original to current:\ndata:\n  k: theirs\n');
  expect(code).toBe(1);
  expect((await apply(map('{k: mine}'))).out).toBe('configmap/a configured\n');
});

test('an object that was not applied is adopted with a warning', async () => {
  await on.kubectl(['create', '-f', '-'], map('{k: v}'));
  const { out, err } = await apply(map('{k: v}'));
  expect(out).toBe('configmap/a configured\n');
  expect(err).toMatch(/^Warning: resource configmaps\/a is missing the kubectl\.kubernetes\.io\/last-applied-configuration annotation/);
});

test('goes on after a failure and ends with 1', async () => {
  const { out, err, code } = await apply(`${map('{k: v}', '  bogus: 1\n')}---\n${DEPLOYMENT}`);
  expect(out).toBe('deployment.apps/d created\n');
  expect(err).toBe('Error from server (BadRequest): error when creating "STDIN": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.bogus"\n');
  expect(code).toBe(1);
});

test('an immutable field: refused, and --force replaces', async () => {
  await apply(DEPLOYMENT);
  const changed = DEPLOYMENT.replaceAll('{a: b}', '{a: z}');
  const { err, code } = await apply(changed);
  expect(err).toMatch(/^The Deployment "d" is invalid: spec.selector: .*: field is immutable\n$/);
  expect(code).toBe(1);
  const before = await on.cluster.of(DEPLOYMENTS).get('default', 'd');
  expect((await apply(changed, '--force', '--timeout=5s')).out).toBe('deployment.apps/d configured\n');
  expect((await on.cluster.of(DEPLOYMENTS).get('default', 'd')).metadata.uid).not.toBe(before.metadata.uid);
});

test('--prune deletes what was applied and is gone from the files', async () => {
  await apply(map('{k: v}', '  labels: {p: q}\n'));
  await on.kubectl(['create', 'configmap', 'made'], '');
  const { out } = await apply(map('{}', '  labels: {p: q}\n').replace('name: a', 'name: b'), '--prune', '-l', 'p=q', '--prune-allowlist=core/v1/ConfigMap');
  expect(out).toBe('configmap/b created\nconfigmap/a pruned\n');
});

test('dry runs change nothing', async () => {
  expect((await apply(map('{k: v}'), '--dry-run=client')).out).toBe('configmap/a created (dry run)\n');
  expect((await apply(map('{k: v}'), '--dry-run=server')).out).toBe('configmap/a created (server dry run)\n');
  expect((await on.kubectl(['get', 'configmap', 'a'])).code).toBe(1);
});

test('diff tells by its exit code', async () => {
  await apply(map('{k: v}'));
  expect(await on.kubectl(['diff', '-f', '-'], map('{k: v}'))).toEqual({ out: '', err: '', code: 0 });
  const { out, code } = await on.kubectl(['diff', '-f', '-'], map('{k: w}'));
  expect(out).toContain('-  k: v\n+  k: w\n');
  expect(code).toBe(1);
  expect((await on.kubectl(['diff', '-f', 'no-such-file'])).code).toBe(2);
  expect((await on.kubectl(['diff', '--bogus'])).code).toBe(2);
});

test('diff hides what is secret', async () => {
  const secret = (value: string): string => `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: ${value}, same: x}\n`;
  await apply(secret('one'));
  const { out } = await on.kubectl(['diff', '-f', '-'], secret('two'));
  expect(out).toContain("-  k: '*** (before)'\n+  k: '*** (after)'\n");
  expect(out).not.toMatch(/b25l|dHdv/);
});

test('replace needs the object; --force makes it anew', async () => {
  expect((await on.kubectl(['replace', '-f', '-'], map('{k: v}'))).err).toBe('Error from server (NotFound): error when replacing "STDIN": configmaps "a" not found\n');
  await apply(map('{k: v}'));
  expect((await on.kubectl(['replace', '-f', '-'], map('{l: w}'))).out).toBe('configmap/a replaced\n');
  expect((await on.cluster.of(CONFIGMAPS).get('default', 'a')).data).toEqual({ l: 'w' });
  expect((await on.kubectl(['replace', '--force', '-f', '-'], map('{m: x}'))).out).toBe('configmap "a" deleted\nconfigmap/a replaced\n');
});
