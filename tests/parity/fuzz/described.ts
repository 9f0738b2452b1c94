/** describe of objects in states that nobody thought of: those of the describe tests with fields taken out, emptied, or of another value; and any that the API's model allows. */
import fc from '../../support/property.ts';
import { resourceForKind } from '../../../src/api/resource.ts';
import { clusterObjects, type Fixture } from '../../kubectl/describe/cluster.ts';
import type { Line } from './arbitraries.ts';
import { modelled } from './modelled.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Which of the fields changes, counted through the object, and into what; "keep" makes it longer instead. */
interface Change {
  readonly at: number;
  readonly into: 'gone' | 'empty' | 'none' | 'twice' | 'other';
}

const EMPTY: Readonly<Record<string, Json>> = { string: '', number: 0, boolean: false };

/** Walks the object and changes the field of that number, among those below spec, status and the like. */
function changed(object: Json, { at, into }: Change): Json {
  let count = 0;
  const walk = (value: Json): Json | undefined => {
    const here = count++ === at;
    if (here && into === 'gone') return undefined;
    if (Array.isArray(value)) {
      const items = (value as readonly Json[]).flatMap((item) => walk(item) ?? []);
      return !here ? items : into === 'twice' ? [...items, ...items] : [];
    }
    if (typeof value === 'object' && value !== null) {
      const fields = Object.entries(value).flatMap(([key, field]) => {
        const next = walk(field);
        return next === undefined ? [] : [[key, next] as const];
      });
      return here && into !== 'twice' ? {} : Object.fromEntries(fields);
    }
    if (!here) return value;
    // What does not decode no server has.
    if (typeof value === 'string' && (/^\d{4}-/.test(value) || value.length > 200)) return value;
    if (into === 'other') return typeof value === 'string' ? (/^\d/.test(value) ? value : 'some-other') : typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : value;
    return into === 'none' ? null : (EMPTY[typeof value] ?? value);
  };
  return walk(object) ?? {};
}

function mutated(object: Fixture, changes: readonly Change[]): Fixture {
  const { apiVersion, kind, metadata, ...rest } = object as Fixture & Readonly<Record<string, Json>>;
  const size = (value: Json): number => 1 + (typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((sum, each) => sum + size(each as Json), 0) : 0);
  const all = size(rest as Json);
  return { apiVersion, kind, metadata, ...(changes.reduce<Json>((value, change) => changed(value, { ...change, at: 1 + (change.at % Math.max(1, all)) }), rest as Json) as object) };
}

const objects = clusterObjects().filter(({ kind }) => kind !== 'Event');
const change = fc.record({ at: fc.nat(400), into: fc.constantFrom<Change['into']>('gone', 'gone', 'empty', 'none', 'twice', 'other') });

const changedFixtures: fc.Arbitrary<Line> = fc.tuple(fc.constantFrom(...objects), fc.array(change, { minLength: 1, maxLength: 6 })).map(([object, changes]) => {
  const { apiVersion, kind, metadata } = object;
  const resource = resourceForKind(apiVersion, kind);
  const around = clusterObjects().filter((each) => !(each.kind === kind && each.metadata.name === metadata.name));
  return { args: ['describe', resource?.plural ?? kind, metadata.name, ...(metadata.namespace ? ['-n', metadata.namespace] : [])], input: '', objects: [mutated(object, changes)], around };
});

/** All kinds that have a description of their own, and some that have none. */
const KINDS: readonly (readonly [apiVersion: string, kind: string])[] = [
  ...['Pod', 'ReplicationController', 'Secret', 'Service', 'ServiceAccount', 'Node', 'LimitRange', 'ResourceQuota', 'PersistentVolume', 'PersistentVolumeClaim', 'Namespace', 'Endpoints', 'ConfigMap', 'PodTemplate'].map((kind) => ['v1', kind] as const),
  ...['ReplicaSet', 'StatefulSet', 'Deployment', 'DaemonSet', 'ControllerRevision'].map((kind) => ['apps/v1', kind] as const),
  ...['Job', 'CronJob'].map((kind) => ['batch/v1', kind] as const),
  ...['NetworkPolicy', 'Ingress', 'IngressClass', 'ServiceCIDR', 'IPAddress'].map((kind) => ['networking.k8s.io/v1', kind] as const),
  ...['StorageClass', 'CSINode', 'CSIDriver', 'VolumeAttachment'].map((kind) => ['storage.k8s.io/v1', kind] as const),
  ...['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].map((kind) => ['rbac.authorization.k8s.io/v1', kind] as const),
  ['scheduling.k8s.io/v1', 'PriorityClass'], ['policy/v1', 'PodDisruptionBudget'], ['autoscaling/v2', 'HorizontalPodAutoscaler'], ['discovery.k8s.io/v1', 'EndpointSlice'], ['coordination.k8s.io/v1', 'Lease'], ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'], ['node.k8s.io/v1', 'RuntimeClass'],
];

const anyObject: fc.Arbitrary<Line> = fc.constantFrom(...KINDS).chain(([apiVersion, kind]) => {
  const resource = resourceForKind(apiVersion, kind);
  if (!resource) throw new Error(`no ${kind} in ${apiVersion}`);
  return modelled(resource.model).map((fields): Line => {
    const metadata = { ...(fields['metadata'] as object | undefined), name: 'some', uid: 'u', resourceVersion: '1', creationTimestamp: '2020-01-02T03:04:05Z', ...(resource.namespaced ? { namespace: 'default' } : {}) };
    const object = { ...fields, apiVersion, kind, metadata };
    return { args: ['describe', resource.group === '' ? resource.plural : `${resource.plural}.${resource.version}.${resource.group}`, 'some'], input: '', objects: [object], around: clusterObjects() };
  });
});

/** One object is described, the others are around it. */
export const described: fc.Arbitrary<Line> = fc.oneof(changedFixtures, { weight: 2, arbitrary: anyObject });
