/** How pods are shown. Follows kubernetes pkg/printers/internalversion/printers.go: printPod. */
import { findCondition } from '../../api/conditions.ts';
import { humanDuration } from '../../api/duration.ts';
import type { ContainerStatus, Pod } from '../../api/generated/types.ts';
import { parseTime } from '../../api/time.ts';
import { AGE, column, createdAge, NAME, nameOf, orNone, wide, type Printer, type RowCondition, type RowContext } from './table.ts';

/** node.NodeUnreachablePodReason */
const NODE_LOST = 'NodeLost';

/** The text of the STATUS column, with the counts that go with it. */
export interface PodSummary {
  readonly reason: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  readonly lastRestartMs: number | undefined;
}

const later = (a: number | undefined, status: ContainerStatus): number | undefined => {
  const at = parseTime(status.lastState?.terminated?.finishedAt);
  return at !== undefined && (a === undefined || at > a) ? at : a;
};

export function podSummary(pod: Pod): PodSummary {
  const spec = pod.spec;
  const status = pod.status ?? {};
  let reason = status.reason || status.phase || '';
  for (const condition of status.conditions ?? []) if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') reason = 'SchedulingGated';

  const sidecars = new Set((spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always').map((container) => container.name));
  const total = (spec?.containers?.length ?? 0) + sidecars.size;
  let restarts = 0;
  let sidecarRestarts = 0;
  let lastRestartMs: number | undefined;
  let lastSidecarRestartMs: number | undefined;
  let ready = 0;
  let initializing = false;

  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    restarts += container.restartCount;
    lastRestartMs = later(lastRestartMs, container);
    const sidecar = sidecars.has(container.name);
    if (sidecar) {
      sidecarRestarts += container.restartCount;
      lastSidecarRestartMs = later(lastSidecarRestartMs, container);
    }
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecar && container.started === true) {
      if (container.ready) ready++;
      continue;
    }
    if (terminated) {
      if (!terminated.reason) reason = terminated.signal ? `Init:Signal:${terminated.signal}` : `Init:ExitCode:${terminated.exitCode}`;
      else reason = `Init:${terminated.reason}`;
    } else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    else reason = `Init:${index}/${spec?.initContainers?.length ?? 0}`;
    initializing = true;
    break;
  }

  if (!initializing || findCondition(status.conditions, 'Initialized')?.status === 'True') {
    restarts = sidecarRestarts;
    lastRestartMs = lastSidecarRestartMs;
    let hasRunning = false;
    for (const container of [...(status.containerStatuses ?? [])].reverse()) {
      restarts += container.restartCount;
      lastRestartMs = later(lastRestartMs, container);
      const { terminated, waiting, running } = container.state ?? {};
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated?.reason) reason = terminated.reason;
      else if (terminated) reason = terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
      else if (container.ready && running) {
        hasRunning = true;
        ready++;
      }
    }
    if (reason === 'Completed' && hasRunning) reason = findCondition(status.conditions, 'Ready')?.status === 'True' ? 'Running' : 'NotReady';
  }

  if (pod.metadata?.deletionTimestamp) {
    if (status.reason === NODE_LOST) reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') reason = 'Terminating';
  }
  return { reason, ready, total, restarts, lastRestartMs };
}

function restartsCell({ restarts, lastRestartMs }: PodSummary, { nowMs }: RowContext): string {
  return restarts !== 0 && lastRestartMs !== undefined ? `${restarts} (${humanDuration(nowMs - lastRestartMs)} ago)` : String(restarts);
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const passed = gates.filter((gate) => findCondition(pod.status?.conditions, gate.conditionType)?.status === 'True').length;
  return `${passed}/${gates.length}`;
}

const COMPLETED = { type: 'Completed', status: 'True' } as const;
const SUCCEEDED: readonly RowCondition[] = [{ ...COMPLETED, reason: 'Succeeded', message: 'The pod has completed successfully.' }];
const FAILED: readonly RowCondition[] = [{ ...COMPLETED, reason: 'Failed', message: 'The pod failed.' }];

export const podPrinter: Printer<Pod> = {
  conditions: ({ status }) => (status?.phase === 'Succeeded' ? SUCCEEDED : status?.phase === 'Failed' ? FAILED : undefined),
  columns: [NAME, column('Ready'), column('Status'), column('Restarts'), AGE, wide('IP'), wide('Node'), wide('Nominated Node'), wide('Readiness Gates')],
  row(pod, context) {
    const summary = podSummary(pod);
    return [
      nameOf(pod), `${summary.ready}/${summary.total}`, summary.reason, restartsCell(summary, context), createdAge(pod, context),
      orNone(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP), orNone(pod.spec?.nodeName), orNone(pod.status?.nominatedNodeName), readinessGates(pod),
    ];
  },
};
