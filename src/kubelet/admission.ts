/** Whether a node takes a pod that was bound to it. Follows kubernetes pkg/kubelet/lifecycle/predicate.go. */
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import { podRequests } from '../api/pods.ts';
import { parseQuantity } from '../api/quantity.ts';

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** What the pods on a node use up, kept as sums so that one more pod costs the same on a full node as on an empty one. */
export class NodeUsage {
  pods = 0;
  /** cpu in millicores, the rest in units or bytes. */
  readonly amounts = new Map<string, number>();
  readonly #counted = new Map<string, Stored<Pod>>();

  add(pod: Stored<Pod>): void {
    if (this.#counted.has(pod.metadata.uid)) return;
    this.#counted.set(pod.metadata.uid, pod);
    this.pods++;
    for (const [name, amount] of requestsOf(pod)) this.amounts.set(name, (this.amounts.get(name) ?? 0) + amount);
  }

  remove(uid: string): void {
    const pod = this.#counted.get(uid);
    if (!pod) return;
    this.#counted.delete(uid);
    this.pods--;
    for (const [name, amount] of requestsOf(pod)) this.amounts.set(name, (this.amounts.get(name) ?? 0) - amount);
  }
}

function requestsOf(pod: Stored<Pod>): Map<string, number> {
  const requests = new Map<string, number>();
  for (const [name, quantity] of podRequests(pod)) requests.set(name, name === 'cpu' ? quantity.milliValue() : quantity.value());
  return requests;
}

/** Undefined where the pod may run. `used` does not hold the pod itself. */
export function rejectPod(pod: Stored<Pod>, node: Stored<Node>, used: NodeUsage): Rejection | undefined {
  const os = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux';
  if ((pod.metadata.labels?.['kubernetes.io/os'] ?? os) !== os) return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label" };
  if (pod.spec?.os && pod.spec.os.name !== os) return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  const allocatable = node.status?.allocatable ?? {};
  const insufficient = (name: string, requested: number, inUse: number, capacity: number): Rejection => ({
    reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${inUse}, capacity: ${capacity}`,
  });
  const capacity = (name: string): number => {
    const quantity = parseQuantity(allocatable[name] ?? '0');
    return name === 'cpu' ? quantity.milliValue() : quantity.value();
  };
  if (used.pods + 1 > capacity('pods')) return insufficient('pods', 1, used.pods, capacity('pods'));
  for (const [name, requested] of requestsOf(pod)) {
    // Resources that the node knows nothing of are somebody else's business.
    if (requested === 0 || allocatable[name] === undefined) continue;
    const inUse = used.amounts.get(name) ?? 0;
    if (inUse + requested > capacity(name)) return insufficient(name, requested, inUse, capacity(name));
  }
  if (!matchesNode(pod, node)) return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
  return undefined;
}

function matchesNode(pod: Stored<Pod>, node: Stored<Node>): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, labels, node.metadata.name));
}

function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, labels: Readonly<Record<string, string>>, name: string): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return matchExpressions.every((requirement) => matches(requirement, labels[requirement.key])) && matchFields.every((requirement) => matches(requirement, requirement.key === 'metadata.name' ? name : undefined));
}

function matches({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt': return value !== undefined && Number(value) < Number(values[0]);
    default: return false;
  }
}
