/**
 * kubectl describe and ours against the same cluster: the same text, and the same questions to the server. Keys of maps
 * that the real one takes in random order are alone in the objects that are compared.
 *
 * UPDATE_GOLDEN=1 writes the real kubectl's text to tests/kubectl/describe/golden.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CASES, describeServer, fileOf, inUtc, ODD_CASES, type Fixture } from '../kubectl/describe/cluster.ts';
import { describeParity, oracleBeside, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';
import { sampled } from './support/sample.ts';

async function real(args: readonly string[], server: string): Promise<Outcome> {
  const { stderr, ...rest } = await oracleBeside([...args, `--server=${server}`], { TZ: process.env['TZ'] ?? '' });
  return { ...rest, stderr: stderr.replaceAll('kubectl.1.33', 'kubectl') };
}

/** A question with its parameters in order; field selectors are made from maps. */
function normalized(request: string): string {
  const [method, url = ''] = request.split(' ');
  const { pathname, searchParams } = new URL(url, 'http://x');
  const query = [...searchParams].map(([key, value]) => `${key}=${key === 'fieldSelector' ? value.split(',').sort().join(',') : value}`).sort();
  return `${method} ${pathname}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

describeParity('describe, beside the real kubectl', () => {
  const server = describeServer();
  let url = '';
  beforeAll(async () => {
    url = await server.listen();
  });
  afterAll(() => server.close());
  const asked = (): string[] => server.requests.splice(0).map(normalized);

  test.each(sampled([...CASES, ...ODD_CASES]))('%s', async (line) => {
    asked();
    const theirs = await real(line.split(' '), url);
    const theirQuestions = asked();
    const file = fileOf(line);
    if (process.env['UPDATE_GOLDEN'] && CASES.includes(line)) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, inUtc(theirs.stdout));
    }
    const mine = await ours(line.split(' '), server.transport());
    expect(mine).toEqual(theirs);
    expect(asked().filter((question) => question !== 'GET /version')).toEqual(theirQuestions);
    if (CASES.includes(line)) expect(inUtc(theirs.stdout)).toBe(readFileSync(file, 'utf8'));
  });
});

/** Objects that random ones have led to. */
const OBJECTS: readonly Fixture[] = [
  deployment('empty-key', { matchExpressions: [{ key: '', operator: 'Exists' }] }), deployment('no-values', { matchExpressions: [{ key: 'a', operator: 'In' }] }), deployment('values', { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b', 'c'] }] }), deployment('no-operator', { matchExpressions: [{ key: 'a', operator: '' }, { key: '', operator: 'In' }] }), deployment('bad-value', { matchLabels: { a: 'b c' } }),
  deployment('two-faults', { matchExpressions: [{ key: '', operator: 'In' }] }),
  { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'two-faults', namespace: 'default' }, ...{ spec: { selector: { matchExpressions: [{ key: '', operator: 'In' }] }, template: {} } } },
  { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'no-values', namespace: 'default' }, ...{ spec: { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] }, template: {} } } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'spread', namespace: 'default' }, ...{ spec: { containers: [], topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchExpressions: [{ key: 'a' }] } }] } } },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'no-verbs' }, ...{ rules: [{ apiGroups: [''], resources: ['pods'] }] } },
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'no-name', namespace: 'default' }, ...{ spec: { defaultBackend: { service: { port: { name: 'http' } } } } } },
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'no-topologies' }, ...{ provisioner: 'x', allowedTopologies: [] } },
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'empty-topology' }, ...{ provisioner: 'x', allowedTopologies: [{ matchLabelExpressions: [{}] }] } },
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name: 'no-keys' }, ...{ spec: { drivers: [{ name: 'd', nodeID: 'n', topologyKeys: [] }] } } },
  { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nameless', namespace: 'default' }, ...{ spec: { schedule: '* * * * *', jobTemplate: {} }, status: { active: [{}] } } },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'empty-lists', namespace: 'default' }, ...{ spec: { ipFamilies: [''], externalIPs: [''], loadBalancerSourceRanges: [''] } } },
];

function deployment(name: string, selector: object): Fixture {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' }, ...{ spec: { selector, template: {} } } };
}

describeParity('describe of odd objects, beside the real kubectl', () => {
  const server = describeServer(OBJECTS);
  let url = '';
  beforeAll(async () => {
    url = await server.listen();
  });
  afterAll(() => server.close());

  test.each(OBJECTS.map(({ kind, metadata }) => [kind, metadata.name]))('%s %s', async (kind, name) => {
    const line = ['describe', kind.toLowerCase(), name];
    expect(await ours(line, server.transport())).toEqual(await real(line, url));
  });
});

/** What events prints in formats of lists, and what it says to objects that are none. */
const EVENTS = [
  'events -o name', 'events -o name --for=', 'events -o json', 'events -o yaml', 'events', 'events x', 'events --for=pod/full -o nope --types=x', 'events -o jsonpath={.items[0].nope} --allow-missing-template-keys=false', 'events --for=/x', 'events --for=pod/', 'events --for=pod/full/x', 'events --for=nope/x',
];

describeParity('events, beside the real kubectl', () => {
  const server = describeServer();
  let url = '';
  beforeAll(async () => {
    url = await server.listen();
  });
  afterAll(() => server.close());

  test.each(EVENTS)('%s', async (line) => {
    expect(await ours(line.split(' '), server.transport())).toEqual(await real(line.split(' '), url));
  });
});
