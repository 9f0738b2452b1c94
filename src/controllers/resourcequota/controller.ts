/**
 * The resource quota controller: keeps the statuses of quotas, hard and used. Follows kubernetes
 * pkg/controller/resourcequota/resource_quota_controller.go, without its periodic recount: what changes usage is seen when it happens.
 */
import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from '../../api/generated/types.ts';
import { draft, equal } from '../../api/json.ts';
import type { Resource } from '../../api/kinds.ts';
import { keyOf, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import { isPodTerminal } from '../../api/pods.ts';
import { addUsage, measuredResources, noUsage } from '../../api/quota-usage.ts';
import { builtinResources, resourceAt, type ResourceFacts } from '../../api/resource.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import { parseTime } from '../../api/time.ts';
import type { Component, ComponentContext, ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { customResources } from '../shared/custom-resources.ts';

const NAME = 'resourcequota-controller';
const WORKERS = 5;
const QUOTAS = resourceAt('', 'v1', 'resourcequotas') as Resource<ResourceQuota>;
const BY_NAMESPACE = 'namespace';

/** What can be counted: every namespaced kind but events, in one version each. */
function countable(): ResourceFacts[] {
  const seen = new Set<string>();
  return builtinResources().filter(({ group, plural, namespaced, verbs }) => {
    const id = `${group}/${plural}`;
    if (!namespaced || plural === 'events' || seen.has(id) || !['list', 'watch'].every((verb) => verbs.includes(verb))) return false;
    seen.add(id);
    return true;
  });
}

/** Changes of an object by which it may use more or less. */
const CHANGES: Readonly<Record<string, (old: KubeObject, now: KubeObject) => boolean>> = {
  pods: (old, now) => isPodTerminal(old as Pod) !== isPodTerminal(now as Pod) || old.metadata?.deletionTimestamp !== now.metadata?.deletionTimestamp || !equal((old as Pod).spec, (now as Pod).spec),
  services: (old, now) => !equal((old as Service).spec, (now as Service).spec),
  persistentvolumeclaims: (old, now) => !equal((old as PersistentVolumeClaim).spec, (now as PersistentVolumeClaim).spec),
};

export const resourceQuotaController: ComponentFactory = (context) => new ResourceQuotaController(context);

class ResourceQuotaController implements Component {
  readonly name = NAME;
  readonly #queue: WorkQueue<ObjectKey>;
  readonly #all = new Set<ResourceFacts>();

  constructor(private readonly context: ComponentContext) {
    this.#queue = new WorkQueue(context.clock);
    const quotas = context.informers.of(QUOTAS);
    quotas.addIndex(BY_NAMESPACE, (quota) => quota.metadata.namespace);
    quotas.onChange({ added: (quota) => this.#queue.add(keyOf(quota)), updated: (_old, quota) => this.#queue.add(keyOf(quota)) });
    for (const resource of countable()) this.#follow(resource);
    customResources(context.informers, { added: (resource) => resource.namespaced && this.#follow(resource), removed: (resource) => this.#all.delete(resource) });
  }

  run(signal: AbortSignal): Promise<void> {
    return runWorkers({ queue: this.#queue, workers: WORKERS, reconcile: (key) => this.#reconcile(key), log: this.context.log, signal });
  }

  #follow(resource: ResourceFacts): void {
    this.#all.add(resource);
    const changes = resource.group === '' ? CHANGES[resource.plural] : undefined;
    this.context.informers.of(resource as Resource<KubeObject>).onChange({
      added: (object) => this.#recount(object),
      deleted: (object) => this.#recount(object),
      ...(changes ? { updated: (old: Stored<KubeObject>, object: Stored<KubeObject>) => this.#recount(object, () => changes(old, object)) } : {}),
    });
  }

  /** Costs nothing to speak of in namespaces without quotas. */
  #recount({ metadata }: Stored<KubeObject>, matters?: () => boolean): void {
    const quotas = this.context.informers.of(QUOTAS);
    if (quotas.countByIndex(BY_NAMESPACE, metadata.namespace ?? '') === 0 || matters?.() === false) return;
    for (const quota of quotas.byIndex(BY_NAMESPACE, metadata.namespace ?? '')) {
      this.#queue.add(keyOf(quota));
      // Pods that are going count until their grace is over.
      if (metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds !== undefined) {
        const due = parseTime(metadata.deletionTimestamp) + metadata.deletionGracePeriodSeconds * 1000 + 1;
        this.#queue.addAfter(keyOf(quota), Math.max(0, due - this.context.clock.now()), 'background');
      }
    }
  }

  async #reconcile(key: ObjectKey): Promise<void> {
    const { client, clock, informers } = this.context;
    const quota = informers.of(QUOTAS).get(key);
    if (!quota) return;
    const hard = quota.spec?.hard ?? {};
    const counted = noUsage(Object.keys(hard));
    for (const resource of measuredResources(Object.keys(hard), [...this.#all])) addUsage(counted, quota, resource, informers.of(resource as Resource<KubeObject>).list(quota.metadata.namespace), clock.now());
    const used = Object.fromEntries([...counted].map(([name, amount]) => [name, amount.toString()]));
    if (equal(quota.status?.hard, hard) && equal(quota.status?.used, used)) return;
    const next = draft(quota) as Stored<ResourceQuota> & { status: unknown };
    next.status = { hard, used };
    try {
      await client.of(QUOTAS).updateStatus(next, { reason: `uses ${Object.entries(used).map(([name, amount]) => `${name}=${amount}`).join(', ')}` });
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }
}
