/** A pod with everything that scheduling asks of it again and again, worked out once. Follows framework/types.go: PodInfo. */
import { equal } from '../../api/json.ts';
import type { Pod, PodSpec } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import { affinityTermsOf, type AffinityTerms } from './affinity-terms.ts';
import { hostPortsOf, type HostPort } from './host-ports.ts';
import { podResources, type Resources } from './resources.ts';

const EMPTY_SPEC: PodSpec = { containers: [] };

export class PodInfo {
  #requests: Resources | undefined;
  #nonZero: Resources | undefined;
  #hostPorts: readonly HostPort[] | undefined;
  #affinity: AffinityTerms | undefined;

  #pod: Stored<Pod>;

  constructor(pod: Stored<Pod>) {
    this.#pod = pod;
  }

  get pod(): Stored<Pod> {
    return this.#pod;
  }

  get uid(): string {
    return this.pod.metadata.uid;
  }
  get namespace(): string {
    return this.pod.metadata.namespace ?? '';
  }
  get name(): string {
    return this.pod.metadata.name;
  }
  get spec(): PodSpec {
    return this.pod.spec ?? EMPTY_SPEC;
  }
  /** Pods without a priority count as 0 (corev1helpers.PodPriority). */
  get priority(): number {
    return this.pod.spec?.priority ?? 0;
  }
  get terminating(): boolean {
    return this.pod.metadata.deletionTimestamp !== undefined;
  }

  get requests(): Resources {
    return (this.#requests ??= podResources(this.pod, false));
  }
  /** Requests with defaults for what is left out; for scores only. */
  get nonZeroRequests(): Resources {
    return (this.#nonZero ??= podResources(this.pod, true));
  }
  get hostPorts(): readonly HostPort[] {
    return (this.#hostPorts ??= hostPortsOf(this.pod));
  }
  get affinity(): AffinityTerms {
    return (this.#affinity ??= affinityTermsOf(this.pod));
  }
  get hasAffinity(): boolean {
    return this.pod.spec?.affinity?.podAffinity !== undefined || this.pod.spec?.affinity?.podAntiAffinity !== undefined;
  }

  /** Takes a newer version of the pod if the two do not differ in anything that counts for scheduling; returns whether it did. */
  refresh(pod: Stored<Pod>): boolean {
    const old = this.#pod;
    if (this.terminating !== (pod.metadata.deletionTimestamp !== undefined) || resized(old) || resized(pod)) return false;
    if (!equal(old.metadata.labels, pod.metadata.labels)) return false;
    if (pod.spec !== old.spec && !samePlacement(this.spec, pod.spec ?? EMPTY_SPEC)) return false;
    this.#pod = pod;
    return true;
  }
}

function samePlacement(a: PodSpec, b: PodSpec): boolean {
  return a.priority === b.priority && equal(a.containers, b.containers) && equal(a.initContainers, b.initContainers) && equal(a.affinity, b.affinity) && equal(a.overhead, b.overhead);
}

/** Whether a container's status has resources of its own to say, which then count. */
function resized(pod: Pod): boolean {
  return pod.status?.containerStatuses?.some(({ resources }) => resources !== undefined) ?? false;
}
