/** Which taints a node's conditions call for. Follows kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go: nodeConditionToTaintKeyStatusMap. */
import type { Node, Taint } from '../../api/generated/types.ts';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Condition type and status -> the key of the NoSchedule taint. */
const BY_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
};
const MANAGED_KEYS = new Set([UNSCHEDULABLE, ...Object.values(BY_CONDITION).flatMap((keys) => Object.values(keys))]);

const noSchedule = (key: string): Taint => ({ key, effect: 'NoSchedule' });

/** The NoSchedule taints that follow from conditions and spec.unschedulable. */
function wantedNoSchedule(node: Node): Set<string> {
  const keys = new Set<string>();
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = BY_CONDITION[type]?.[status];
    if (key) keys.add(key);
  }
  if (node.spec?.unschedulable) keys.add(UNSCHEDULABLE);
  return keys;
}

/** The node's taints with the managed NoSchedule ones as they should be; undefined when they are already. */
export function withNoScheduleTaints(node: Node, nowText: string): readonly Taint[] | undefined {
  const taints = node.spec?.taints ?? [];
  const wanted = wantedNoSchedule(node);
  const kept = taints.filter(({ key, effect }) => effect !== 'NoSchedule' || !MANAGED_KEYS.has(key) || wanted.has(key));
  const present = new Set(kept.filter(({ effect }) => effect === 'NoSchedule').map(({ key }) => key));
  const missing = [...wanted].filter((key) => !present.has(key));
  if (kept.length === taints.length && missing.length === 0) return undefined;
  return [...kept, ...missing.map((key) => ({ ...noSchedule(key), timeAdded: nowText }))];
}

/** The key of the NoExecute taint that the node's readiness calls for; undefined for a ready node. */
export function wantedNoExecute(node: Node): string | undefined {
  switch (node.status?.conditions?.find(({ type }) => type === 'Ready')?.status) {
    case 'False':
      return NOT_READY;
    case 'Unknown':
      return UNREACHABLE;
    default:
      return undefined;
  }
}

const isReadinessNoExecute = ({ key, effect }: Taint): boolean => effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE);

/** The node's taints with that NoExecute taint and without the other; undefined when they are already so. */
export function withNoExecuteTaint(node: Node, key: string | undefined, nowText: string): readonly Taint[] | undefined {
  const taints = node.spec?.taints ?? [];
  const present = taints.filter(isReadinessNoExecute);
  if (key === undefined ? present.length === 0 : present.length === 1 && present[0]?.key === key) return undefined;
  const rest = taints.filter((taint) => !isReadinessNoExecute(taint));
  const known = present.find((taint) => taint.key === key);
  return key === undefined ? rest : [...rest, known ?? { key, effect: 'NoExecute', timeAdded: nowText }];
}
