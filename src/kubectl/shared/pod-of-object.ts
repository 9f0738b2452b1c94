/**
 * The pods behind a workload or Service, as `logs` picks them (kubectl pkg/polymorphichelpers/helpers.go:
 * SelectorsForObject, GetPodList; pkg/util/podutils/podutils.go: ByLogging).
 */
import type { Pod, Service } from '../../api/generated/types.ts';
import { PODS } from '../../api/kinds.ts';
import { selectorFromLabelSelector, selectorFromMap } from '../../api/labels.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { isPodReady, podCondition } from '../../api/pods.ts';
import type { WatchHandle } from '../../api/request.ts';
import { parseApiVersion } from '../../api/resource.ts';
import { parseTime } from '../../api/time.ts';
import type { CommandContext } from '../command.ts';
import { CommandError, textOf } from '../errors.ts';
import { WaitTimeout } from './until.ts';
import { onAbort } from './on-abort.ts';

const LABEL_SELECTOR = new Set(['apps/ReplicaSet', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/Deployment', 'batch/Job']);

/** How Go calls an object's type: "*v1.Deployment". */
export const goTypeOf = ({ apiVersion = '', kind = '' }: KubeObject): string => `*${parseApiVersion(apiVersion).version}.${kind}`;

/** The selector of an object's pods, as text. Throws for kinds that select none. */
export function podSelectorOf(object: KubeObject): string {
  const { group } = parseApiVersion(object.apiVersion ?? '');
  const kind = `${group === '' ? '' : `${group}/`}${object.kind ?? ''}`;
  if (LABEL_SELECTOR.has(kind)) return selectorFromLabelSelector((object as { spec?: { selector?: object } }).spec?.selector).toString();
  if (kind !== 'Service' && kind !== 'ReplicationController') throw new Error(`selector for ${goTypeOf(object)} not implemented`);
  const { metadata, spec } = object as Service;
  if (kind === 'Service' && Object.keys(spec?.selector ?? {}).length === 0) throw new Error(`invalid service '${metadata?.name ?? ''}': Service is defined without a selector`);
  return selectorFromMap(spec?.selector).toString();
}

/** The pod to speak to: the object itself, or the most active one of its pods (attachablepodforobject.go). Throws WaitTimeout. */
export async function attachablePod(ctx: CommandContext, object: KubeObject, timeoutMs: number): Promise<Pod> {
  if (object.kind === 'Pod') return object as Pod;
  let selector: string;
  try {
    selector = podSelectorOf(object);
  } catch (error) {
    throw new CommandError(`cannot attach to ${goTypeOf(object)}: ${textOf(error)}`);
  }
  const [pod] = await podsFor(ctx, object.metadata?.namespace ?? '', selector, timeoutMs, byActivity);
  return pod as Pod;
}

/** The pods of a selector, those with most to say first; waits for the first one. Throws WaitTimeout. */
export async function podsFor(ctx: CommandContext, namespace: string, labelSelector: string, timeoutMs: number, order: (a: Stored<Pod>, b: Stored<Pod>) => number = byLogging): Promise<readonly Stored<Pod>[]> {
  const api = (await ctx.client()).of(PODS);
  const { items, resourceVersion } = await api.list(namespace, { labelSelector });
  if (items.length > 0) return [...items].sort(order);
  let found: Stored<Pod> | undefined;
  const watching: { handle?: WatchHandle } = {};
  const handle = await api.watch(namespace, { labelSelector, resourceVersion }, (event) => {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') return;
    found ??= event.object;
    watching.handle?.stop();
  });
  watching.handle = handle;
  const stop = (): void => handle.stop();
  const timer = setTimeout(stop, timeoutMs);
  onAbort(ctx.signal, stop);
  try {
    if (found) stop();
    await handle.closed;
  } finally {
    clearTimeout(timer);
    ctx.signal.removeEventListener('abort', stop);
  }
  ctx.signal.throwIfAborted();
  if (!found) throw new WaitTimeout();
  return [found];
}

const PHASES: Readonly<Record<string, number>> = { Running: 0, Unknown: 1, Pending: 2 };

function byLogging(a: Stored<Pod>, b: Stored<Pod>): number {
  const phase = (PHASES[a.status?.phase ?? ''] ?? 0) - (PHASES[b.status?.phase ?? ''] ?? 0);
  return byAssignment(a, b) || phase || byReadiness(a, b) || byReadyTime(a, b) || byRestarts(a, b) || byAge(a, b);
}

const ACTIVITY: Readonly<Record<string, number>> = { Running: 2, Unknown: 1 };

/** The reverse of podutils.ActivePods: those that a controller would delete last come first. */
function byActivity(a: Stored<Pod>, b: Stored<Pod>): number {
  const phase = (ACTIVITY[b.status?.phase ?? ''] ?? 0) - (ACTIVITY[a.status?.phase ?? ''] ?? 0);
  const deleting = Number(a.metadata.deletionTimestamp !== undefined) - Number(b.metadata.deletionTimestamp !== undefined);
  const deletion = (parseTime(b.metadata.deletionTimestamp) ?? 0) - (parseTime(a.metadata.deletionTimestamp) ?? 0);
  return byAssignment(a, b) || phase || byReadiness(a, b) || deleting || deletion || byReadyTime(a, b) || -byRestarts(a, b) || byAge(a, b);
}

const byAssignment = (a: Pod, b: Pod): number => Number(!a.spec?.nodeName) - Number(!b.spec?.nodeName);
const byReadiness = (a: Pod, b: Pod): number => Number(isPodReady(b)) - Number(isPodReady(a));
/** Of two that are ready: who has been so for longer. */
const byReadyTime = (a: Pod, b: Pod): number => (isPodReady(a) && isPodReady(b) ? readyTime(a) - readyTime(b) : 0);
const byAge = (a: Stored<Pod>, b: Stored<Pod>): number => parseTime(a.metadata.creationTimestamp) - parseTime(b.metadata.creationTimestamp);

function byRestarts(a: Pod, b: Pod): number {
  const [aRestarts, bRestarts] = [maxRestarts(a), maxRestarts(b)];
  return bRestarts.regular - aRestarts.regular || bRestarts.sidecar - aRestarts.sidecar;
}

/** When it became ready; without a time it counts as the last. */
const readyTime = (pod: Pod): number => parseTime(podCondition(pod, 'Ready')?.lastTransitionTime) ?? Number.MAX_SAFE_INTEGER;

function maxRestarts({ spec, status }: Pod): { readonly regular: number; readonly sidecar: number } {
  const sidecars = new Set(spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  return {
    regular: Math.max(0, ...(status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)),
    sidecar: Math.max(0, ...(status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)).map(({ restartCount }) => restartCount)),
  };
}
