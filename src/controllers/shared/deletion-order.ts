/**
 * Which pods a controller gives up first when it has too many.
 * Follows kubernetes pkg/controller/controller_utils.go: ActivePodsWithRanks, and replica_set.go: getPodsToDelete.
 */
import type { ContainerStatus, Pod } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import { isPodActive, podCondition } from '../../api/pods.ts';
import { parseTime } from '../../api/time.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** What is compared, worked out once per pod. */
interface Facts {
  readonly pod: Stored<Pod>;
  readonly assigned: boolean;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  /** How many active pods of related controllers run on the same node. */
  readonly doubledUp: number;
  /** ms since the epoch; undefined when not ready. */
  readonly readySince: number | undefined;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly created: number;
}

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

const most = (statuses: readonly ContainerStatus[] = []): number => statuses.reduce((max, { restartCount }) => Math.max(max, restartCount), 0);

/** The annotation's number; anything that is not an int32 counts as 0. */
function deletionCost(pod: Stored<Pod>): number {
  const text = pod.metadata.annotations?.[DELETION_COST];
  if (text === undefined || !/^(?:0|-?[1-9]\d*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -(2 ** 31) && cost < 2 ** 31 ? cost : 0;
}

function factsOf(pod: Stored<Pod>, perNode: ReadonlyMap<string, number>): Facts {
  const condition = podCondition(pod, 'Ready');
  const ready = condition?.status === 'True';
  const sidecars = new Set((pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  return {
    pod, ready,
    assigned: Boolean(pod.spec?.nodeName),
    phase: PHASES[pod.status?.phase ?? ''] ?? 0,
    cost: deletionCost(pod),
    doubledUp: perNode.get(pod.spec?.nodeName ?? '') ?? 0,
    readySince: ready ? parseTime(condition.lastTransitionTime) : undefined,
    restarts: most(pod.status?.containerStatuses),
    sidecarRestarts: most(pod.status?.initContainerStatuses?.filter(({ name }) => sidecars.has(name))),
    created: parseTime(pod.metadata.creationTimestamp),
  };
}

/** Ages are compared by powers of two, so that among pods of about the same age chance decides, not the order of creation. */
function ageBucket(sinceMs: number, nowMs: number): number {
  const ageNs = (nowMs - sinceMs) * 1e6;
  return ageNs > 0 ? Math.trunc(Math.log2(ageNs)) : -1;
}

const byUid = (a: Facts, b: Facts): number => (a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1);

/** The criteria in their order: negative when `a` goes before `b`, 0 when the next criterion decides. */
const CRITERIA: readonly { readonly why: string; readonly compare: (a: Facts, b: Facts, nowMs: number) => number }[] = [
  { why: 'it is not assigned to a node', compare: (a, b) => Number(a.assigned) - Number(b.assigned) },
  { why: 'its phase is an earlier one', compare: (a, b) => a.phase - b.phase },
  { why: 'it is not ready', compare: (a, b) => Number(a.ready) - Number(b.ready) },
  { why: 'its pod-deletion-cost is lower', compare: (a, b) => a.cost - b.cost },
  { why: 'its node runs more pods of the same owner', compare: (a, b) => b.doubledUp - a.doubledUp },
  {
    why: 'it has been ready for a shorter time',
    compare(a, b, nowMs) {
      if (!a.ready || !b.ready || a.readySince === b.readySince) return 0;
      if (a.readySince === undefined) return -1;
      if (b.readySince === undefined) return 1;
      return ageBucket(a.readySince, nowMs) - ageBucket(b.readySince, nowMs) || byUid(a, b);
    },
  },
  { why: 'its containers have restarted more often', compare: (a, b) => b.restarts - a.restarts || b.sidecarRestarts - a.sidecarRestarts },
  {
    why: 'it is younger',
    compare: (a, b, nowMs) => (a.created === b.created ? 0 : ageBucket(a.created, nowMs) - ageBucket(b.created, nowMs) || byUid(a, b)),
  },
];

export interface Victim {
  readonly pod: Stored<Pod>;
  /** Why this one rather than the first that stays. */
  readonly why: string;
}

/**
 * The `count` pods to delete first. `related` are the pods of all ReplicaSets under the same owner: nodes that run more
 * of them are relieved first.
 */
export function podsToDelete(pods: readonly Stored<Pod>[], related: readonly Stored<Pod>[], count: number, nowMs: number): Victim[] {
  // When all of them go, no order is needed.
  if (count >= pods.length) return pods.map((pod) => ({ pod, why: 'none of them is wanted' }));
  const perNode = new Map<string, number>();
  for (const pod of related) if (isPodActive(pod)) perNode.set(pod.spec?.nodeName ?? '', (perNode.get(pod.spec?.nodeName ?? '') ?? 0) + 1);
  const ranked = pods.map((pod) => factsOf(pod, perNode)).sort((a, b) => {
    for (const { compare } of CRITERIA) {
      const order = compare(a, b, nowMs);
      if (order !== 0) return order;
    }
    return 0;
  });
  const stays = ranked[count] as Facts;
  return ranked.slice(0, count).map((facts) => ({
    pod: facts.pod,
    why: CRITERIA.find(({ compare }) => compare(facts, stays, nowMs) !== 0)?.why ?? 'they are alike and it comes first',
  }));
}
