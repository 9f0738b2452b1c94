/** Events through events.k8s.io/v1: the same objects as core/v1's, selected by newer names and held to stricter rules. */
import type { KubeObject } from '../../src/api/object.ts';
import { apiCluster, failure, type ApiCluster } from './support/api-cluster.ts';
import { KIND_FIXTURES } from '../support/kind-fixtures.ts';

const NEW = { group: 'events.k8s.io', version: 'v1', resource: 'events', namespace: 'default' };
const event = KIND_FIXTURES.find(({ name }) => name === 'events.v1.events.k8s.io')?.object as KubeObject;
const named = (name: string, change: object = {}): object => ({ ...structuredClone(event), metadata: { name, namespace: 'default' }, ...change });

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster();
  await cluster.request({ ...NEW, verb: 'create', body: named('one') });
  await cluster.request({ ...NEW, verb: 'create', body: named('two', { regarding: { kind: 'Node', name: 'node-1', namespace: 'default' } }) });
});
afterAll(() => cluster.close());

test('they are selected by what they are called there', async () => {
  const list = async (fieldSelector: string) => ((await cluster.request({ ...NEW, verb: 'list', options: { fieldSelector } })).object as unknown as { items: KubeObject[] }).items.map(({ metadata }) => metadata?.name);
  expect(await list('regarding.kind=Node')).toEqual(['two']);
  expect(await list('reportingController=example.com/controller,regarding.name!=node-1')).toEqual(['one']);
  expect((await failure(list('involvedObject.kind=Node'))).message).toBe('field label not supported: involvedObject.kind');
});

test.each<[string, object, string]>([
  ['without a time', { eventTime: null }, 'Event.events.k8s.io "x" is invalid: eventTime: Required value'],
  ['of no type', { type: 'Odd' }, 'Event.events.k8s.io "x" is invalid: type: Invalid value: "": has invalid value: Odd'],
  ['in the old way', { deprecatedCount: 3 }, 'Event.events.k8s.io "x" is invalid: count: Invalid value: "": needs to be unset'],
  ['by nobody', { reportingController: '' }, 'Event.events.k8s.io "x" is invalid: [reportingController: Required value, reportingController: Invalid value: "": name part must be non-empty, reportingController: Invalid value: "": name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character (e.g. \'MyName\',  or \'my.name\',  or \'123-abc\', regex used for validation is \'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\')]'],
  ['as a series of one', { series: { count: 1, lastObservedTime: '2025-01-01T00:00:00.000000Z' } }, 'Event.events.k8s.io "x" is invalid: series.count: Invalid value: "": should be at least 2'],
])('an event %s is refused', async (_, change, message) => {
  expect((await failure(cluster.request({ ...NEW, verb: 'create', body: named('x', change) }))).message).toBe(message);
});

test('only its series goes on', async () => {
  const patch = (body: object) => cluster.request({ ...NEW, verb: 'patch', name: 'one', patchType: 'merge', body });
  expect((await failure(patch({ note: 'other' }))).message).toBe('Event.events.k8s.io "one" is invalid: message: Invalid value: "other": field is immutable');
  expect((await patch({ series: { count: 2, lastObservedTime: '2025-01-01T00:00:01.000000Z' } })).object).toMatchObject({ series: { count: 2 } });
});
