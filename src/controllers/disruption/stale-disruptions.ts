/**
 * Takes back what a pod's condition DisruptionTarget says where nobody has deleted the pod two minutes later. Follows
 * kubernetes pkg/controller/disruption/disruption.go: syncStalePodDisruption.
 */
import type { Pod } from '../../api/generated/types.ts';
import { PODS } from '../../api/kinds.ts';
import { isTerminating, keyOf, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import { isPodTerminal, podCondition } from '../../api/pods.ts';
import { isNotFound } from '../../api/status.ts';
import { formatTime, parseTime } from '../../api/time.ts';
import type { ComponentContext } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const STALE_MS = 120_000;
const CONDITION = 'DisruptionTarget';

export class StaleDisruptions {
  readonly #queue: WorkQueue<ObjectKey>;
  readonly #pods;

  constructor(private readonly context: ComponentContext) {
    this.#queue = new WorkQueue(context.clock);
    this.#pods = context.informers.of(PODS);
    const consider = (pod: Stored<Pod>): void => {
      const dueMs = staleAt(pod);
      if (dueMs !== undefined) this.#queue.addAfter(keyOf(pod), dueMs - context.clock.now(), 'background');
    };
    this.#pods.onChange({ added: consider, updated: (_old, pod) => consider(pod) });
  }

  run(signal: AbortSignal): Promise<void> {
    return runWorkers({ queue: this.#queue, workers: 1, reconcile: (key) => this.#reconcile(key), log: this.context.log, signal });
  }

  async #reconcile(key: ObjectKey): Promise<void> {
    const { client, clock } = this.context;
    const pod = this.#pods.get(key);
    const dueMs = pod && staleAt(pod);
    if (!pod || dueMs === undefined) return;
    if (dueMs > clock.now()) return this.#queue.addAfter(key, dueMs - clock.now(), 'background');
    const { namespace, name } = pod.metadata;
    const now = formatTime(clock.now());
    const condition = { type: CONDITION, status: 'False', reason: null, message: null, lastProbeTime: null, lastTransitionTime: now };
    try {
      await client.of(PODS).patch(namespace, name, { status: { conditions: [condition] } }, 'strategic', { subresource: 'status', reason: 'it was not deleted after all' });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** When the pod's condition is out of date, ms since the epoch; undefined where it may stay. */
function staleAt(pod: Stored<Pod>): number | undefined {
  if (isTerminating(pod as KubeObject) || isPodTerminal(pod)) return undefined;
  const condition = podCondition(pod, CONDITION);
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined;
  return parseTime(condition.lastTransitionTime ?? '') + STALE_MS;
}
