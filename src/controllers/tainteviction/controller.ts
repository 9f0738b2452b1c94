/**
 * The taint eviction controller: deletes pods from nodes whose NoExecute taints they do not tolerate, or no longer.
 * Follows kubernetes pkg/controller/tainteviction/taint_eviction.go.
 */
import type { Node, Pod, Taint, Toleration } from '../../api/generated/types.ts';
import { NODES, PODS } from '../../api/kinds.ts';
import { isTerminating, keyOf, objectKey, splitKey, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import { isNotFound } from '../../api/status.ts';
import { formatTime, parseTime } from '../../api/time.ts';
import { tolerates } from '../../api/tolerations.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const NAME = 'taint-eviction-controller';
const WORKERS = 8;
const BY_NODE = 'node';

/** When a pod has to leave, ms since the epoch: 0 for at once, Infinity for never. */
export function evictionTime(taints: readonly Taint[], tolerations: readonly Toleration[]): number {
  let earliest = Infinity;
  for (const taint of taints) {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    const since = parseTime(taint.timeAdded) ?? 0;
    for (const { tolerationSeconds } of matching) if (tolerationSeconds !== undefined) earliest = Math.min(earliest, tolerationSeconds <= 0 ? 0 : since + tolerationSeconds * 1000);
  }
  return earliest;
}

const noExecute = (node: Node | undefined): readonly Taint[] => node?.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];

export const taintEvictionController: ComponentFactory = ({ client, clock, events, informers, log }) => {
  const pods = informers.of(PODS);
  const nodes = informers.of(NODES);
  pods.addIndex(BY_NODE, (pod) => pod.spec?.nodeName);
  const queue = new WorkQueue<ObjectKey>(clock);
  /** Pods whose time is running, so that they can be told when it no longer does. */
  const scheduled = new Set<ObjectKey>();
  const taintsFor = (pod: Stored<Pod>) => noExecute(pod.spec?.nodeName ? nodes.get(objectKey(undefined, pod.spec.nodeName)) : undefined);
  const consider = (pod: Stored<Pod>) => {
    if (scheduled.has(keyOf(pod)) || taintsFor(pod).length > 0) queue.add(keyOf(pod));
  };
  pods.onChange({
    added: consider,
    updated(old, pod) {
      if (old.spec?.nodeName !== pod.spec?.nodeName || old.spec?.tolerations !== pod.spec?.tolerations) consider(pod);
    },
    deleted: (pod) => void scheduled.delete(keyOf(pod)),
  });
  const nodeChanged = (node: Stored<Node>) => pods.byIndex(BY_NODE, node.metadata.name).forEach(consider);
  nodes.onChange({
    added: nodeChanged,
    updated(old, node) {
      if (old.spec?.taints !== node.spec?.taints) nodeChanged(node);
    },
    deleted: nodeChanged,
  });

  async function reconcile(key: ObjectKey): Promise<void> {
    const pod = pods.get(key);
    if (!pod || isTerminating(pod as KubeObject)) return void scheduled.delete(key);
    const taints = taintsFor(pod);
    const due = evictionTime(taints, pod.spec?.tolerations ?? []);
    if (due === Infinity) {
      if (scheduled.delete(key)) events.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      return;
    }
    const wait = due - clock.now();
    if (wait > 0) {
      scheduled.add(key);
      queue.addAfter(key, wait, 'background');
      return;
    }
    events.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    const { namespace, name } = splitKey(key);
    const reason = `its node ${pod.spec?.nodeName} is tainted ${taints.map((taint) => `${taint.key}:NoExecute`).join(', ')}, and the pod tolerates that no longer`;
    try {
      const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint', lastTransitionTime: formatTime(clock.now()) };
      await client.of(PODS).patch(namespace, name, { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } }, 'strategic', { subresource: 'status', reason });
      await client.of(PODS).delete(namespace, name, { preconditions: { uid: pod.metadata.uid }, reason });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    scheduled.delete(key);
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
