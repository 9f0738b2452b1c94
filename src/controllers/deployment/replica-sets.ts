/**
 * What the ReplicaSets of a Deployment are to it: new or old, active or empty, and how many pods they stand for.
 * Follows kubernetes pkg/controller/deployment/util/deployment_util.go and pkg/controller/controller_utils.go.
 */
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import type { Stored } from '../../api/object.ts';
import { revisionOf } from './annotations.ts';

export type StoredDeployment = Stored<Deployment>;
export type StoredReplicaSet = Stored<ReplicaSet>;

/** The label that tells the pods of one revision from those of another (DefaultDeploymentUniqueLabelKey). */
export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** How many pods a Deployment or ReplicaSet is to have. */
export function replicasOf(object: { readonly spec?: { readonly replicas?: number } }): number {
  return object.spec?.replicas ?? 1;
}

/** The sum of a count over ReplicaSets. */
export function sum(replicaSets: readonly StoredReplicaSet[], count: (rs: StoredReplicaSet) => number | undefined): number {
  return replicaSets.reduce((total, rs) => total + (count(rs) ?? 0), 0);
}

/** Those that are to have pods. */
export function active(replicaSets: readonly StoredReplicaSet[]): StoredReplicaSet[] {
  return replicaSets.filter((rs) => replicasOf(rs) > 0);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Oldest first, by name among those of the same second. */
export function byCreation(a: StoredReplicaSet, b: StoredReplicaSet): number {
  return compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compare(a.metadata.name, b.metadata.name);
}

/** Largest first; of the same size the older first. */
export function bySizeOlder(a: StoredReplicaSet, b: StoredReplicaSet): number {
  return replicasOf(b) - replicasOf(a) || byCreation(a, b);
}

/** Largest first; of the same size the newer first. */
export function bySizeNewer(a: StoredReplicaSet, b: StoredReplicaSet): number {
  return replicasOf(b) - replicasOf(a) || byCreation(b, a);
}

/** Lowest revision first. */
export function byRevision(a: StoredReplicaSet, b: StoredReplicaSet): number {
  const [left, right] = [revisionOf(a), revisionOf(b)];
  return left === undefined || right === undefined || left === right ? byCreation(a, b) : left - right;
}

/** Lists and maps that are there but empty count as absent, as in apimachinery's equality.Semantic. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  return value;
}

function templateParts(template: PodTemplateSpec | undefined): unknown {
  const { labels, annotations, ...rest } = template?.metadata ?? {};
  const spec = Object.fromEntries(Object.entries(template?.spec ?? {}).map(([key, value]) => [key, withoutEmpty(value)]));
  return { metadata: { ...rest, labels: { ...labels, [POD_TEMPLATE_HASH]: undefined }, annotations: annotations ?? {} }, spec };
}

/** Whether two pod templates are the same but for the hash label (EqualIgnoreHash). */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return equal(templateParts(a), templateParts(b));
}

/** The ReplicaSet that has the Deployment's pod template; of several the oldest. */
export function findNew(deployment: StoredDeployment, replicaSets: readonly StoredReplicaSet[]): StoredReplicaSet | undefined {
  return [...replicaSets].sort(byCreation).find((rs) => sameTemplate(rs.spec?.template, deployment.spec?.template));
}

/** All but the new one. */
export function findOld(replicaSets: readonly StoredReplicaSet[], newRS: StoredReplicaSet | undefined): StoredReplicaSet[] {
  return replicaSets.filter((rs) => rs.metadata.uid !== newRS?.metadata.uid);
}

/** The only active ReplicaSet, or the newest where none is; undefined where several are active or there is none at all. */
export function findActiveOrLatest(newRS: StoredReplicaSet | undefined, old: readonly StoredReplicaSet[]): StoredReplicaSet | undefined {
  const activeOnes = active(newRS ? [...old, newRS] : old);
  if (activeOnes.length > 1) return undefined;
  return activeOnes[0] ?? newRS ?? [...old].sort(byCreation).at(-1);
}
