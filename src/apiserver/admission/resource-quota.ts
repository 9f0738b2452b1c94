/**
 * The quota station: nothing is stored that goes beyond the namespace's ResourceQuotas. Follows apiserver
 * pkg/admission/plugin/resourcequota/controller.go, with one difference: what is used is counted from the stored objects
 * each time, not taken from the quota's status, so that it is right whether or not a quota controller runs.
 */
import type { Pod, ResourceQuota } from '../../api/generated/types.ts';
import type { Resource } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { parseQuantity, type Quantity } from '../../api/quantity.ts';
import { resourceAt, type ResourceFacts } from '../../api/resource.ts';
import { addUsage, inScope, isMeasured, measuredResources, missingConstraints, noUsage, usageOf, type Usage } from '../../api/quota-usage.ts';
import type { ServedResources } from '../served-resources.ts';
import type { Lookup } from '../storage/storages.ts';
import { refuse, type AdmissionPlugin, type Attributes } from './plugin.ts';

const QUOTAS = resourceAt('', 'v1', 'resourcequotas') as Resource<ResourceQuota>;
const ZERO = parseQuantity('0');

/** "limits.cpu=1,pods=3" */
const listed = (usage: ReadonlyMap<string, Quantity>): string => [...usage].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, amount]) => `${name}=${amount.toString()}`).join(',');

/** An object that has passed and may not be stored yet. */
interface Pending {
  readonly resource: ResourceFacts;
  readonly object: KubeObject;
}

export function resourceQuota(served: () => ServedResources): AdmissionPlugin {
  const pending = new Map<string, Set<Pending>>();
  /** Checks of one namespace come one after the other, so that two don't take the same last place. */
  const turns = new Map<string, Promise<void>>();

  return {
    name: 'ResourceQuota',
    handles: (operation, resource, subresource) =>
      resource.namespaced && (resource.plural === 'pods' ? (operation === 'create' && subresource === '') || (operation === 'update' && subresource === 'resize') : subresource === '' && ((operation === 'create' && resource.plural !== 'events') || (operation === 'update' && isMeasured(resource)))),

    async validate(attributes: Attributes, cluster: Lookup) {
      const quotas = await cluster.list(QUOTAS, attributes.namespace);
      if (quotas.length === 0 || !attributes.object) return undefined;
      const { namespace } = attributes;
      const before = turns.get(namespace);
      let next: () => void = () => undefined;
      const turn = new Promise<void>((resolve) => (next = resolve));
      turns.set(namespace, turn);
      try {
        await before;
        const others = pending.get(namespace) ?? new Set();
        for (const quota of quotas) await check(attributes, cluster, served(), quota, others);
        const own: Pending = { resource: attributes.resource, object: attributes.object as KubeObject };
        pending.set(namespace, others.add(own));
        return () => {
          others.delete(own);
          if (others.size === 0 && pending.get(namespace) === others) pending.delete(namespace);
        };
      } finally {
        next();
        if (turns.get(namespace) === turn) turns.delete(namespace);
      }
    },
  };
}

async function check(attributes: Attributes, cluster: Lookup, served: ServedResources, quota: Stored<ResourceQuota>, pending: ReadonlySet<Pending>): Promise<void> {
  const { resource, object, old, nowMs } = attributes;
  const { name } = quota.metadata;
  const hard = new Map(Object.entries(quota.spec?.hard ?? {}).map(([key, text]) => [key, parseQuantity(text)]));
  if (!object || !inScope(quota, resource, object as KubeObject)) return;
  if (resource.plural === 'pods') {
    const missing = missingConstraints(object as Pod, [...hard.keys()]);
    if (missing) throw refuse(attributes, `failed quota: ${name}: ${missing}`);
  }
  const requested = withoutSmaller(usageOf(resource, object as KubeObject, nowMs), old && usageOf(resource, old, nowMs), hard);
  if (requested.size === 0) return;
  const used = await usedIn(attributes, cluster, served, quota, pending, [...requested.keys()]);
  const exceeded = [...requested].filter(([key, amount]) => (used.get(key) ?? ZERO).add(amount).compare(hard.get(key) ?? ZERO) > 0).map(([key]) => key);
  if (exceeded.length === 0) return;
  const only = (usage: ReadonlyMap<string, Quantity>) => new Map(exceeded.map((key) => [key, usage.get(key) ?? ZERO]));
  throw refuse(attributes, `exceeded quota: ${name}, requested: ${listed(only(requested))}, used: ${listed(only(used))}, limited: ${listed(only(hard))}`);
}

/** What the object takes of the limited resources beyond what it takes already. */
function withoutSmaller(usage: Usage, before: Usage | undefined, hard: ReadonlyMap<string, Quantity>): Usage {
  const result: Usage = new Map();
  for (const [key, amount] of usage) {
    if (!hard.has(key)) continue;
    const known = before?.get(key);
    const more = known ? amount.sub(known) : amount;
    if (more.nano > 0n) result.set(key, more);
  }
  return result;
}

/** The sum over the namespace's objects of the kinds that the keys are about, stored or about to be. */
async function usedIn({ namespace, nowMs }: Attributes, cluster: Lookup, served: ServedResources, quota: ResourceQuota, pending: ReadonlySet<Pending>, keys: readonly string[]): Promise<Usage> {
  const used = noUsage(keys);
  const seen = new Set<string | undefined>();
  for (const resource of measuredResources(keys, await served.all())) {
    const objects = await cluster.list(resource as Resource<KubeObject>, namespace);
    for (const { metadata } of objects) seen.add(metadata.uid);
    addUsage(used, quota, resource, objects, nowMs);
  }
  for (const { resource, object } of pending) if (!seen.has(object.metadata?.uid)) addUsage(used, quota, resource, [object], nowMs);
  return used;
}
