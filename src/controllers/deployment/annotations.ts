/**
 * The annotations by which a Deployment remembers its history and its size on its ReplicaSets.
 * Follows kubernetes pkg/controller/deployment/util/deployment_util.go: SetNewReplicaSetAnnotations and what it calls.
 */
import type { KubeObject } from '../../api/object.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** A revision history longer than this loses its oldest entries (maxRevHistoryLengthInChars). */
const MAX_HISTORY_LENGTH = 2000;

/** What the Deployment's own annotations do not hand down to its ReplicaSets. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration', REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, 'deprecated.deployment.rollback.to',
]);

export type Annotations = Readonly<Record<string, string>>;

const INTEGER = /^[+-]?\d+$/;

function integerOf(object: KubeObject, key: string): number | undefined {
  const text = object.metadata?.annotations?.[key];
  return text !== undefined && INTEGER.test(text) ? Number(text) : undefined;
}

/** The revision of an object: 0 where it has none, undefined where what it has is no number. */
export function revisionOf(object: KubeObject): number | undefined {
  return object.metadata?.annotations?.[REVISION] === undefined ? 0 : integerOf(object, REVISION);
}

/** The highest revision among objects. */
export function maxRevision(objects: readonly KubeObject[]): number {
  return objects.reduce((max, object) => Math.max(max, revisionOf(object) ?? 0), 0);
}

/** The size of the Deployment when its ReplicaSet was last scaled. */
export function desiredReplicas(object: KubeObject): number | undefined {
  return integerOf(object, DESIRED_REPLICAS);
}

/** The size that the Deployment could reach with its surge when its ReplicaSet was last scaled. */
export function maxReplicas(object: KubeObject): number | undefined {
  return integerOf(object, MAX_REPLICAS);
}

/** The annotations with the Deployment's size; the same object where nothing changes. */
export function withSize(annotations: Annotations, desired: number, max: number): Annotations {
  if (annotations[DESIRED_REPLICAS] === String(desired) && annotations[MAX_REPLICAS] === String(max)) return annotations;
  return { ...annotations, [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(max) };
}

/**
 * The annotations that the new ReplicaSet is to have as revision `revision`: the Deployment's, its revision, and the
 * revisions it was before. The same object where nothing changes.
 */
export function newReplicaSetAnnotations(deployment: Annotations, current: Annotations, revision: number): Annotations {
  const result: Record<string, string> = { ...current };
  let changed = false;
  for (const [key, value] of Object.entries(deployment)) {
    if (NOT_COPIED.has(key) || current[key] === value) continue;
    result[key] = value;
    changed = true;
  }
  const known = current[REVISION];
  if (known !== undefined && known !== '' && !INTEGER.test(known)) return changed ? result : current;
  const before = Number(known ?? 0);
  if (before < revision) {
    result[REVISION] = String(revision);
    changed = true;
    // It was a revision before: this is a rollback to it, and the history says so.
    if (known !== undefined) {
      const history = appendToHistory(current[REVISION_HISTORY] ?? '', known);
      if (history !== undefined) result[REVISION_HISTORY] = history;
    }
  }
  return changed ? result : current;
}

function appendToHistory(history: string, revision: string): string | undefined {
  if (history === '') return revision;
  const entries = history.split(',');
  let length = history.length + revision.length + 1;
  let start = 0;
  for (; length > MAX_HISTORY_LENGTH && start < entries.length; start++) length -= (entries[start] ?? '').length + 1;
  return length <= MAX_HISTORY_LENGTH ? [...entries.slice(start), revision].join(',') : undefined;
}
