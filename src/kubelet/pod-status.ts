/** A pod's status from what runs: phase, conditions, container statuses; and the patch that brings it to the API. */
import { findCondition } from '../api/conditions.ts';
import { equal } from '../api/json.ts';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import { qosClass } from '../api/pods.ts';
import { formatTime } from '../api/time.ts';
import { containerStatus, type ContainerEntry } from './container-entry.ts';

/** The conditions that the kubelet writes, in its order. */
const OWN_CONDITIONS = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

export interface PodFacts {
  readonly pod: Stored<Pod>;
  readonly entries: readonly ContainerEntry[];
  /** What was written or read last: times of unchanged conditions are kept. */
  readonly previous: PodStatus;
  readonly hasSandbox: boolean;
  readonly podIp: string;
  readonly hostIp: string;
  readonly startTime: string;
  readonly nowMs: number;
  /** No container will be started any more (deleted, evicted, over its deadline). */
  readonly ending: boolean;
  /** Why the pod failed as a whole (DeadlineExceeded). */
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
}

/** Follows kubernetes pkg/kubelet/kubelet_pods.go: getPhase. */
export function podPhase({ pod, entries, previous, ending, failure }: Pick<PodFacts, 'pod' | 'entries' | 'previous' | 'ending' | 'failure'>): string {
  if (failure) return 'Failed';
  if (previous.phase === 'Succeeded' || previous.phase === 'Failed') return previous.phase;
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const counts = { pendingInit: 0, failedInit: 0, running: 0, waiting: 0, stopped: 0, succeeded: 0, pendingSidecar: 0 };
  let initialized = false;
  for (const { kind, container, waiting, started, lastTerminated } of entries) {
    const exited = container?.state === 'exited';
    if (kind === 'init') {
      if (!exited) {
        if (container?.state !== 'running' && lastTerminated && lastTerminated.exitCode !== 0) counts.failedInit++;
        else counts.pendingInit++;
      } else if (container.exitCode !== 0) counts.failedInit++;
    } else if (kind === 'sidecar') {
      if (container?.state === 'running') {
        counts.running++;
        if (!started) counts.pendingSidecar++;
      } else if (!exited && !lastTerminated) {
        counts.pendingSidecar++;
        counts.waiting++;
      }
    } else if (kind === 'main') {
      if (container?.state === 'running') {
        counts.running++;
        initialized = true;
      } else if (exited) {
        counts.stopped++;
        initialized = true;
        if (container.exitCode === 0 && !waiting) counts.succeeded++;
      } else counts.waiting++;
    }
  }
  if (counts.failedInit > 0 && policy === 'Never') return 'Failed';
  if (counts.pendingInit > 0 || counts.failedInit > 0 || (counts.pendingSidecar > 0 && !initialized) || counts.waiting > 0) return 'Pending';
  if (counts.running > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  if (ending) return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  if (counts.stopped === counts.succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

const goList = (names: readonly string[]): string => `[${names.join(' ')}]`;

type Condition = Omit<PodCondition, 'lastTransitionTime'>;

function containersReady(entries: readonly ContainerEntry[], phase: string): Omit<Condition, 'type'> {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = entries.filter(({ kind, running, ready }) => (kind === 'main' || kind === 'sidecar') && !(running && ready));
  if (unready.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${goList(unready.map(({ spec }) => spec.name))}` };
}

function ready(pod: Stored<Pod>, containers: Omit<Condition, 'type'>): Omit<Condition, 'type'> {
  if (containers.status !== 'True') return containers;
  const messages: string[] = [];
  for (const { conditionType } of pod.spec?.readinessGates ?? []) {
    const gate = findCondition(pod.status?.conditions, conditionType);
    if (!gate) messages.push(`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`);
    else if (gate.status !== 'True') messages.push(`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${gate.status}`);
  }
  return messages.length === 0 ? { status: 'True' } : { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}

function initialized(entries: readonly ContainerEntry[], phase: string): Omit<Condition, 'type'> {
  const incomplete = entries.filter((entry) => (entry.kind === 'init' && !entry.succeeded) || (entry.kind === 'sidecar' && !(entry.running && entry.started)));
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (incomplete.length === 0 || entries.some(({ kind, container, restartCount }) => kind === 'main' && ((container !== undefined && container.state !== 'created') || restartCount > 0))) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${goList(incomplete.map(({ spec }) => spec.name))}` };
}

/** Follows kubernetes pkg/kubelet/kubelet_pods.go: generateAPIPodStatus, and pkg/kubelet/status/generate.go. */
export function generateStatus(facts: PodFacts): PodStatus {
  const { pod, entries, previous, podIp, hostIp } = facts;
  const phase = podPhase(facts);
  const hasInit = (pod.spec?.initContainers?.length ?? 0) > 0;
  const statuses = (kinds: readonly string[]): ContainerStatus[] => entries.filter(({ kind }) => kinds.includes(kind)).map((entry) => containerStatus(entry, hasInit));
  const containers = containersReady(entries, phase);
  const conditions = previous.conditions?.filter(({ type }) => !OWN_CONDITIONS.includes(type)) ?? [];
  const own: Condition[] = [
    { type: 'PodReadyToStartContainers', status: facts.hasSandbox ? 'True' : 'False' },
    { type: 'Initialized', ...initialized(entries, phase) },
    { type: 'Ready', ...ready(pod, containers) },
    { type: 'ContainersReady', ...containers },
    { type: 'PodScheduled', status: 'True' },
  ];
  for (const condition of own) {
    const before = findCondition(previous.conditions, condition.type);
    conditions.push({ ...condition, lastTransitionTime: before?.status === condition.status && before.lastTransitionTime ? before.lastTransitionTime : formatTime(facts.nowMs) });
  }
  const byName = (a: ContainerStatus, b: ContainerStatus): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const init = statuses(['init', 'sidecar']);
  const ephemeral = statuses(['ephemeral']);
  const reason = facts.failure ?? (previous.phase === phase && previous.reason ? { reason: previous.reason, message: previous.message } : undefined);
  return {
    phase, conditions, ...(reason ? { reason: reason.reason, ...(reason.message ? { message: reason.message } : {}) } : {}),
    hostIP: hostIp, hostIPs: [{ ip: hostIp }],
    ...(podIp ? { podIP: podIp, podIPs: [{ ip: podIp }] } : {}),
    startTime: facts.startTime,
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: statuses(['main']).sort(byName),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: previous.qosClass ?? qosClass(pod),
  };
}

/** A status as read from the API, without the empty times that the server writes out. */
export function knownStatus(status: PodStatus | undefined): PodStatus {
  if (!status?.conditions) return status ?? {};
  return { ...status, conditions: status.conditions.map((condition) => Object.fromEntries(Object.entries(condition).filter(([, value]) => value !== null)) as unknown as PodCondition) };
}

/** Whether somebody else has changed what is the kubelet's to say (a node that was silent has its pods marked not ready). */
export function isOverwritten(api: PodStatus | undefined, own: PodStatus): boolean {
  if (own.phase !== undefined && api?.phase !== own.phase) return true;
  return OWN_CONDITIONS.some((type) => findCondition(api?.conditions, type)?.status !== findCondition(own.conditions, type)?.status);
}

/** Fields that others write and the kubelet leaves alone. */
const OTHERS = new Set(['nominatedNodeName', 'resourceClaimStatuses', 'resize', 'observedGeneration']);

/** The strategic merge patch from one status to the next; undefined where they are the same. */
export function statusPatch(uid: string, old: PodStatus, next: PodStatus): object | undefined {
  const status: Record<string, unknown> = {};
  const before = old as Readonly<Record<string, unknown>>;
  const after = next as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (OTHERS.has(key) || equal(before[key], after[key])) continue;
    if (key === 'conditions') Object.assign(status, mergeList('conditions', 'type', old.conditions ?? [], next.conditions ?? []));
    else if (key === 'podIPs' || key === 'hostIPs') Object.assign(status, mergeList(key, 'ip', old[key] ?? [], next[key] ?? []));
    else status[key] = after[key] ?? null;
  }
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid }, status };
}

function mergeList(name: string, mergeKey: string, old: readonly object[], next: readonly object[]): Record<string, unknown> {
  const keyed = (item: object): unknown => (item as Readonly<Record<string, unknown>>)[mergeKey];
  const changes: object[] = [];
  for (const item of next) {
    const before = old.find((other) => keyed(other) === keyed(item));
    if (!before) changes.push(item);
    else if (!equal(before, item)) {
      const gone: Record<string, null> = {};
      for (const key of Object.keys(before)) if (!Object.hasOwn(item, key)) gone[key] = null;
      changes.push({ ...item, ...gone });
    }
  }
  for (const item of old) if (!next.some((other) => keyed(other) === keyed(item))) changes.push({ $patch: 'delete', [mergeKey]: keyed(item) });
  if (changes.every((item) => keyed(item) === undefined)) return {};
  return { [`$setElementOrder/${name}`]: next.map((item) => ({ [mergeKey]: keyed(item) })), [name]: changes };
}
