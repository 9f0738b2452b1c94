/** apply --prune --applyset on a cluster in memory; names and annotations are those of the real kubectl. */
import { CONFIGMAPS, SECRETS } from '../../../src/api/kinds.ts';
import { session, type Session } from './session.ts';

const map = (name: string, more = ''): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}---\n`;
const ID = 'applyset-zN5gMMt3uHLO5pHDCETR-9uiGqcPRNY0X24Hk0Rzcgo-v1';

let on: Session;
beforeEach(async () => void (on = await session()));
afterEach(() => on.close());

const apply = (input: string, ...flags: string[]) => on.kubectl(['apply', '-f', '-', '--prune', '-n', 'default', '--applyset=web', ...flags], input, { KUBECTL_APPLYSET: 'true' });
const parent = async () => (await on.cluster.of(SECRETS).get('default', 'web')).metadata;

test('without the gate there is no such flag', async () => {
  expect(await on.kubectl(['apply', '-f', '-', '--applyset=web'], map('a'))).toEqual({ out: '', err: "error: unknown flag: --applyset\nSee 'kubectl apply --help' for usage.\n", code: 1 });
  expect((await on.kubectl(['apply', '--help'])).out).not.toContain('--applyset');
  expect((await on.kubectl(['apply', '--help'], '', { KUBECTL_APPLYSET: 'true' })).out).toContain("--applyset='':");
});

test('the parent is made and keeps account; members carry its name', async () => {
  expect(await apply(map('a'))).toEqual({ out: 'configmap/a created\n', err: '', code: 0 });
  const { labels, annotations, managedFields } = await parent();
  expect(labels).toEqual({ 'applyset.kubernetes.io/id': ID });
  expect(annotations).toEqual({ 'applyset.kubernetes.io/tooling': 'kubectl/v1.33.1', 'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap', 'applyset.kubernetes.io/additional-namespaces': '' });
  expect(managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual(['kubectl-applyset Apply']);
  expect((await on.cluster.of(CONFIGMAPS).get('default', 'a')).metadata.labels).toEqual({ 'applyset.kubernetes.io/part-of': ID });
});

test('what is no longer applied is pruned, and nothing that others made', async () => {
  await apply(map('a') + map('b'));
  await on.kubectl(['apply', '-f', '-'], map('c'));
  expect((await apply(map('b'))).out).toBe('configmap/b unchanged\nconfigmap/a pruned\n');
  expect((await on.cluster.of(CONFIGMAPS).list('default')).items.map(({ metadata }) => metadata.name).filter((name) => name.length === 1)).toEqual(['b', 'c']);
});

test('dry runs change nothing', async () => {
  await apply(map('a'));
  const before = await parent();
  expect((await apply(map('b'), '--dry-run=client')).out).toBe('configmap/b created (dry run)\nconfigmap/a pruned (dry run)\n');
  expect((await apply(map('b'), '--dry-run=server')).out).toBe('configmap/b created (server dry run)\nconfigmap/a pruned (server dry run)\n');
  expect(await parent()).toEqual(before);
});

test('a run that fails leaves the parent with all kinds that could be there', async () => {
  await apply(map('a'));
  const { code } = await apply('apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: []}\n');
  expect(code).toBe(1);
  expect((await parent()).annotations?.['applyset.kubernetes.io/contains-group-kinds']).toBe('ConfigMap,Service');
  expect((await apply(map('b'))).out).toBe('configmap/b created\nconfigmap/a pruned\n');
  expect((await parent()).annotations?.['applyset.kubernetes.io/contains-group-kinds']).toBe('ConfigMap');
});

test('input that is marked already, or cannot be read, is applied in no part', async () => {
  const { err } = await apply(map('a') + map('b', `  labels: {applyset.kubernetes.io/part-of: ${ID}}\n`));
  expect(err).toBe('error: ApplySet label "applyset.kubernetes.io/part-of" already set in input data\n');
  expect((await on.kubectl(['get', 'cm', 'a'])).code).toBe(1);
  expect((await parent()).annotations?.['applyset.kubernetes.io/contains-group-kinds']).toBe('');
});

test('what others wrote on the parent is taken over, with a word on it', async () => {
  await apply(map('a'));
  await on.kubectl(['annotate', 'secret', 'web', '--overwrite', 'applyset.kubernetes.io/contains-group-kinds=']);
  const { out, err } = await apply(map('b'));
  expect(out).toBe('configmap/b created\n');
  expect(err.replace(/^W\S+ \S+ +\d+ /, '')).toBe(`applyset.go:447] WARNING: failed to update ApplySet: Apply failed with 1 conflict: conflict with "kubectl-annotate" using v1: .metadata.annotations.applyset.kubernetes.io/contains-group-kinds
ApplySet field manager kubectl-applyset should own these fields. Retrying with conflicts forced.
`);
});

test("another tool's parent is left alone", async () => {
  await apply(map('a'));
  await on.kubectl(['annotate', 'secret', 'web', '--overwrite', 'applyset.kubernetes.io/tooling=helm/v3']);
  expect((await apply(map('b'))).err).toBe('error: ApplySet parent object "secrets./web" already exists and is managed by tooling "helm" instead of "kubectl"\n');
});
