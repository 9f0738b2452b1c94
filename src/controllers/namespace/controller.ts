/**
 * The namespace controller: empties a namespace that is being deleted, then lets it go.
 * Follows kubernetes pkg/controller/namespace/deletion/namespaced_resources_deleter.go.
 */
import { draft, type Draft } from '../../api/json.ts';
import type { Namespace, NamespaceCondition } from '../../api/generated/types.ts';
import { NAMESPACES, PODS, type Resource } from '../../api/kinds.ts';
import { isTerminating, keyOf, objectKey, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import { builtinResources, groupResourceName, type ResourceFacts } from '../../api/resource.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import type { ComponentContext, ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { customResources, type CustomResources } from '../shared/custom-resources.ts';

const NAME = 'namespace-controller';
const WORKERS = 10;
/** Looked at again this long after objects were found that need a moment: half of it and a second, as upstream. */
const FINALIZER_ESTIMATE_SECONDS = 15;

/** What is left in a namespace after everything was asked to go. */
interface Remains {
  /** Objects left, by resource. */
  readonly counts: Map<string, number>;
  /** Objects that wait for a finalizer, by finalizer. */
  readonly finalizers: Map<string, number>;
  /** Seconds until the rest should be gone; 0 when nothing is left. */
  estimateSeconds: number;
  readonly errors: string[];
}

const deletable = (resource: ResourceFacts): boolean => resource.namespaced && resource.verbs.includes('list') && resource.verbs.includes('delete');

export const namespaceController: ComponentFactory = (context) => {
  const { client, clock, informers, log } = context;
  const namespaces = informers.of(NAMESPACES);
  const custom = customResources(informers);
  const queue = new WorkQueue<ObjectKey>(clock);
  const enqueue = (namespace: Stored<Namespace>) => {
    if (isTerminating(namespace as KubeObject)) queue.add(keyOf(namespace));
  };
  namespaces.onChange({ added: enqueue, updated: (_old, namespace) => enqueue(namespace) });
  // The last pod to go is what most deletions wait for.
  informers.of(PODS).onChange({
    deleted(pod) {
      const namespace = namespaces.get(objectKey(undefined, pod.metadata.namespace ?? ''));
      if (namespace) enqueue(namespace);
    },
  });

  async function reconcile(key: ObjectKey): Promise<void> {
    const namespace = namespaces.get(key);
    if (!namespace || !isTerminating(namespace as KubeObject) || (namespace.spec?.finalizers ?? []).length === 0) return;
    const current = namespace.status?.phase === 'Terminating' ? namespace : await markTerminating(context, namespace);
    if (!current) return;
    const remains = await deleteContent(context, key, custom);
    try {
      await client.of(NAMESPACES).updateStatus(withConditions(current, remains, clock.now()), { reason: 'tells what is left in the namespace' });
      if (remains.estimateSeconds === 0 && remains.errors.length === 0) await finalize(context, key);
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) throw error;
      queue.add(key);
    }
    if (remains.errors.length > 0) throw new Error(remains.errors.join('; '));
    if (remains.estimateSeconds > 0) queue.addAfter(key, (remains.estimateSeconds / 2 + 1) * 1000);
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};

async function markTerminating({ client }: ComponentContext, namespace: Stored<Namespace>): Promise<Stored<Namespace> | undefined> {
  const next = draft(namespace);
  next.status = { ...next.status, phase: 'Terminating' };
  try {
    return await client.of(NAMESPACES).updateStatus(next, { reason: 'the namespace is being deleted' });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Asks everything in the namespace to go and counts what stays. */
async function deleteContent(context: ComponentContext, namespace: string, custom: CustomResources): Promise<Remains> {
  const remains: Remains = { counts: new Map(), finalizers: new Map(), estimateSeconds: 0, errors: [] };
  await Promise.all([...builtinResources(), ...custom.list()].filter(deletable).map((resource) => deleteAll(context, resource, namespace, remains)));
  return remains;
}

async function deleteAll({ client }: ComponentContext, resource: ResourceFacts, namespace: string, remains: Remains): Promise<void> {
  const api = client.of(resource as Resource<KubeObject>);
  try {
    const found = await api.list(namespace);
    if (found.items.length === 0) return;
    await api.deleteCollection(namespace, { propagationPolicy: 'Background', reason: `the namespace ${namespace} is being deleted` });
    const { items } = await api.list(namespace);
    if (items.length === 0) return;
    remains.counts.set(groupResourceName(resource), items.length);
    for (const item of items) {
      for (const finalizer of item.metadata.finalizers ?? []) remains.finalizers.set(finalizer, (remains.finalizers.get(finalizer) ?? 0) + 1);
      const grace = resource.plural === 'pods' ? (item.metadata.deletionGracePeriodSeconds ?? 0) : 0;
      remains.estimateSeconds = Math.max(remains.estimateSeconds, grace, FINALIZER_ESTIMATE_SECONDS);
    }
  } catch (error) {
    if (!isNotFound(error)) remains.errors.push(`${groupResourceName(resource)}: ${(error as Error).message}`);
  }
}

const listed = (counts: ReadonlyMap<string, number>, what: string): string => [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} has ${count} ${what}`).join(', ');

/** The conditions that tell how deletion goes (pkg/controller/namespace/deletion/status_condition_utils.go). */
function withConditions(namespace: Stored<Namespace>, remains: Remains, nowMs: number): Draft<Stored<Namespace>> {
  const failed = remains.errors.length > 0;
  const wanted: Omit<NamespaceCondition, 'lastTransitionTime'>[] = [
    { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    { type: 'NamespaceDeletionGroupVersionParsingFailure', status: 'False', reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' },
    failed
      ? { type: 'NamespaceDeletionContentFailure', status: 'True', reason: 'ContentDeletionFailed', message: `Failed to delete all resource types, ${remains.errors.length} remaining: ${remains.errors.join(', ')}` }
      : { type: 'NamespaceDeletionContentFailure', status: 'False', reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization' },
    remains.counts.size > 0
      ? { type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${listed(remains.counts, 'resource instances')}` }
      : { type: 'NamespaceContentRemaining', status: 'False', reason: 'ContentRemoved', message: 'All content successfully removed' },
    remains.finalizers.size > 0
      ? { type: 'NamespaceFinalizersRemaining', status: 'True', reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${listed(remains.finalizers, 'resource instances').replace(/ has (\d+)/g, ' in $1')}` }
      : { type: 'NamespaceFinalizersRemaining', status: 'False', reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
  ];
  const next = draft(namespace);
  const conditions = [...(next.status?.conditions ?? [])];
  for (const condition of wanted) {
    const at = conditions.findIndex(({ type }) => type === condition.type);
    const known = conditions[at];
    if (known && known.status === condition.status && known.reason === condition.reason && known.message === condition.message) continue;
    const lastTransitionTime = known?.status === condition.status && known.lastTransitionTime ? known.lastTransitionTime : formatTime(nowMs);
    const entry = { ...condition, lastTransitionTime };
    if (at < 0) conditions.push(entry);
    else conditions[at] = entry;
  }
  next.status = { ...next.status, phase: 'Terminating', conditions };
  return next;
}

async function finalize({ client }: ComponentContext, name: string): Promise<void> {
  const namespaces = client.of(NAMESPACES);
  const next = draft(await namespaces.get(undefined, name));
  next.spec = { ...next.spec, finalizers: (next.spec?.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes') };
  await namespaces.update(next, { subresource: 'finalize', reason: 'nothing is left in the namespace' });
}
