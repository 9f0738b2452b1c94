/**
 * The pod garbage collector: removes pods that no kubelet will ever finish. Follows kubernetes pkg/controller/podgc/gc_controller.go,
 * without its 20-second poll: what it would find then is found when it happens.
 */
import { NODES, PODS } from '../../api/kinds.ts';
import type { Pod } from '../../api/generated/types.ts';
import { isTerminating, keyOf, objectKey, splitKey, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import { isPodTerminal } from '../../api/pods.ts';
import { isNotFound } from '../../api/status.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const NAME = 'pod-garbage-collector';
const WORKERS = 5;
/** A node that is missing gets this long to come (back) before its pods count as lost, ms (quarantineTime). */
const QUARANTINE_MS = 40_000;
const OUT_OF_SERVICE_TAINT = 'node.kubernetes.io/out-of-service';
const BY_NODE = 'node';

export const podGarbageCollector: ComponentFactory = ({ client, clock, informers, log }) => {
  const pods = informers.of(PODS);
  const nodes = informers.of(NODES);
  pods.addIndex(BY_NODE, (pod) => pod.spec?.nodeName);
  const queue = new WorkQueue<ObjectKey>(clock);
  const nodeOf = (pod: Stored<Pod>) => (pod.spec?.nodeName ? nodes.get(objectKey(undefined, pod.spec.nodeName)) : undefined);
  const consider = (pod: Stored<Pod>) => {
    if (!pod.spec?.nodeName) {
      if (isTerminating(pod as KubeObject)) queue.add(keyOf(pod));
    } else if (!nodeOf(pod)) queue.addAfter(keyOf(pod), QUARANTINE_MS, 'background');
    else if (isTerminating(pod as KubeObject)) queue.add(keyOf(pod));
  };
  pods.onChange({ added: consider, updated: (_old, pod) => consider(pod) });
  nodes.onChange({
    deleted: (node) => pods.byIndex(BY_NODE, node.metadata.name).forEach(consider),
    updated(old, node) {
      if (old.spec?.taints !== node.spec?.taints) pods.byIndex(BY_NODE, node.metadata.name).forEach(consider);
    },
  });

  /** Why the pod is to be removed; undefined to leave it. */
  function reasonToDelete(pod: Stored<Pod>): string | undefined {
    const name = pod.spec?.nodeName;
    if (!name) return isTerminating(pod as KubeObject) ? 'it is being deleted and no node has it' : undefined;
    const node = nodeOf(pod);
    if (!node) return `its node ${name} is gone`;
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
    const outOfService = node.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE_TAINT) ?? false;
    return isTerminating(pod as KubeObject) && !ready && outOfService ? `its node ${name} is out of service` : undefined;
  }

  async function reconcile(key: ObjectKey): Promise<void> {
    const pod = pods.get(key);
    const reason = pod && reasonToDelete(pod);
    if (!pod || !reason) return;
    const { namespace, name } = splitKey(key);
    const api = client.of(PODS);
    try {
      if (pod.spec?.nodeName && !isPodTerminal(pod)) {
        const disruption = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };
        await api.patch(namespace, name, { status: { phase: 'Failed', conditions: [disruption] } }, 'strategic', { subresource: 'status', reason });
      }
      await api.delete(namespace, name, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid }, reason });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
