/** What one object uses of each quota resource, and which quotas it counts for. Follows kubernetes pkg/quota/v1/evaluator/core. */
import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from './generated/types.ts';
import { isPodTerminal, podLimits, podRequests, qosClass } from './pods.ts';
import type { KubeObject } from './object.ts';
import { parseQuantity, type Quantity } from './quantity.ts';
import { groupResourceName, resourceAt, type ResourceFacts } from './resource.ts';
import { parseTime } from './time.ts';

export type Usage = Map<string, Quantity>;

const ONE = parseQuantity('1');
const COMPUTE: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** Resources that had a quota name of their own before count/ came. */
const NAMED: ReadonlySet<string> = new Set(['pods', 'services', 'secrets', 'configmaps', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas']);

/** The kinds that take part in quotas by more than their number. */
export const isMeasured = ({ group, plural }: ResourceFacts): boolean => group === '' && (plural === 'pods' || plural === 'services' || plural === 'persistentvolumeclaims');

/** Usage of an object; pods that have ended use nothing but their entry. */
export function usageOf(resource: ResourceFacts, object: KubeObject, nowMs: number): Usage {
  const usage: Usage = new Map([[`count/${groupResourceName(resource)}`, ONE]]);
  if (resource.group !== '') return usage;
  if (resource.plural === 'pods') return podUsage(object as Pod, usage, nowMs);
  if (NAMED.has(resource.plural)) usage.set(resource.plural, ONE);
  if (resource.plural === 'services') serviceUsage(object as Service, usage);
  if (resource.plural === 'persistentvolumeclaims') claimUsage(object as PersistentVolumeClaim, usage);
  return usage;
}

/** Pods count until they have ended, or have been gone for longer than their grace (QuotaV1Pod). */
function countsPod(pod: Pod, nowMs: number): boolean {
  if (isPodTerminal(pod)) return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata ?? {};
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= parseTime(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

function podUsage(pod: Pod, usage: Usage, nowMs: number): Usage {
  if (!countsPod(pod, nowMs)) return usage;
  usage.set('pods', ONE);
  for (const [name, amount] of podRequests(pod)) {
    if (COMPUTE.has(name) || name.startsWith('hugepages-')) usage.set(name, amount);
    usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of podLimits(pod)) usage.set(`limits.${name}`, amount);
  return usage;
}

function serviceUsage({ spec }: Service, usage: Usage): void {
  const ports = spec?.ports?.length ?? 0;
  if (spec?.type === 'NodePort') usage.set('services.nodeports', parseQuantity(ports));
  if (spec?.type !== 'LoadBalancer') return;
  const allocated = spec.allocateLoadBalancerNodePorts === false ? (spec.ports ?? []).filter((port) => port.nodePort).length : ports;
  usage.set('services.nodeports', parseQuantity(allocated));
  usage.set('services.loadbalancers', ONE);
}

function claimUsage({ spec, metadata }: PersistentVolumeClaim, usage: Usage): void {
  const storage = spec?.resources?.requests?.storage;
  const storageClass = metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName;
  const prefix = storageClass ? `${storageClass}.storageclass.storage.k8s.io/` : '';
  if (prefix) usage.set(`${prefix}persistentvolumeclaims`, ONE);
  if (storage === undefined) return;
  usage.set('requests.storage', parseQuantity(storage));
  if (prefix) usage.set(`${prefix}requests.storage`, parseQuantity(storage));
}

type ScopeTerm = { readonly scopeName: string; readonly operator: string; readonly values?: readonly string[] };

/** Whether a quota's scopes take an object in; only pods have scopes. */
export function inScope(quota: ResourceQuota, resource: ResourceFacts, object: KubeObject): boolean {
  const terms: ScopeTerm[] = [...(quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })), ...(quota.spec?.scopeSelector?.matchExpressions ?? [])];
  if (terms.length === 0) return true;
  if (resource.group !== '' || resource.plural !== 'pods') return false;
  return terms.every((term) => podInScope(object as Pod, term));
}

function podInScope(pod: Pod, { scopeName, operator, values = [] }: ScopeTerm): boolean {
  switch (scopeName) {
    case 'Terminating':
      return pod.spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec?.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return qosClass(pod) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(pod) !== 'BestEffort';
    case 'PriorityClass': {
      const name = pod.spec?.priorityClassName ?? '';
      if (operator === 'Exists') return name !== '';
      if (operator === 'DoesNotExist') return name === '';
      return values.includes(name) === (operator === 'In');
    }
    case 'CrossNamespacePodAffinity': {
      const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
      const used = [podAffinity, podAntiAffinity].flatMap((affinity) => [
        ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
        ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((weighted) => weighted.podAffinityTerm),
      ]);
      return used.some((term) => term.namespaces?.length || term.namespaceSelector);
    }
    default:
      return false;
  }
}

/** What every container has to name when a quota limits it (podEvaluator.Constraints); undefined where nothing is missing. */
export function missingConstraints(pod: Pod, limited: readonly string[]): string | undefined {
  const missing = new Map<string, Set<string>>();
  const wanted = limited.filter((name) => /^(requests|limits)\.(cpu|memory|ephemeral-storage)$/.test(name) || COMPUTE.has(name));
  for (const container of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
    for (const name of wanted) {
      const [kind, resource] = name.includes('.') ? (name.split('.', 2) as ['requests' | 'limits', string]) : (['requests', name] as const);
      if (container.resources?.[kind]?.[resource] !== undefined) continue;
      const containers = missing.get(name) ?? new Set();
      missing.set(name, containers.add(container.name));
    }
  }
  if (missing.size === 0) return undefined;
  const texts = [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, containers]) => `${name} for: ${[...containers].sort().join(',')}`);
  return `must specify ${texts.join('; ')}`;
}

const ZERO = parseQuantity('0');

/** What a list of objects of one kind adds to the named resources of a quota. */
export function addUsage(used: Usage, quota: ResourceQuota, resource: ResourceFacts, objects: Iterable<KubeObject>, nowMs: number): void {
  for (const object of objects) {
    if (!inScope(quota, resource, object)) continue;
    for (const [key, amount] of usageOf(resource, object, nowMs)) {
      const sum = used.get(key);
      if (sum) used.set(key, sum.add(amount));
    }
  }
}

/** Nothing yet of the named resources. */
export const noUsage = (keys: readonly string[]): Usage => new Map(keys.map((key) => [key, ZERO]));

/** The kinds that quota resources are about. */
export function measuredResources(keys: readonly string[], all: readonly ResourceFacts[]): Set<ResourceFacts> {
  const found = new Set<ResourceFacts>();
  const core = (plural: string): void => {
    const resource = resourceAt('', 'v1', plural);
    if (resource) found.add(resource);
  };
  for (const key of keys) {
    if (key.startsWith('count/')) {
      const counted = all.find((resource) => resource.namespaced && `count/${groupResourceName(resource)}` === key);
      if (counted) found.add(counted);
    } else if (key.startsWith('services')) core('services');
    else if (key === 'requests.storage' || key.includes('persistentvolumeclaims') || key.includes('.storageclass.')) core('persistentvolumeclaims');
    else if (resourceAt('', 'v1', key)) core(key);
    else core('pods');
  }
  return found;
}
