/**
 * The claim protection controller: a claim that is being deleted stays until no pod uses it. Follows kubernetes
 * pkg/controller/volume/pvcprotection/pvc_protection_controller.go.
 */
import type { PersistentVolumeClaim, Pod } from '../../api/generated/types.ts';
import { PERSISTENTVOLUMECLAIMS, PODS } from '../../api/kinds.ts';
import { isControlledBy, isTerminating, keyOf, objectKey, type ObjectKey, type Stored } from '../../api/object.ts';
import { claimNameOf } from '../../api/volume-binding.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { protectWhileUsed } from '../shared/protection.ts';

const NAME = 'pvc-protection-controller';
const FINALIZER = 'kubernetes.io/pvc-protection';
const WORKERS = 1;
const BY_NAMESPACE = 'namespace';

/** The kubelet is done with the pod, or it was removed by force. */
const isShutDown = ({ metadata }: Pod): boolean => metadata?.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;

export const pvcProtectionController: ComponentFactory = ({ client, clock, informers, log }) => {
  const claims = informers.of(PERSISTENTVOLUMECLAIMS);
  const pods = informers.of(PODS);
  pods.addIndex(BY_NAMESPACE, (pod) => pod.metadata.namespace);
  const queue = new WorkQueue<ObjectKey>(clock);
  const ofPod = (pod: Stored<Pod>): void => {
    for (const volume of pod.spec?.volumes ?? []) {
      const name = claimNameOf(volume, pod);
      if (name !== undefined) queue.add(objectKey(pod.metadata.namespace, name));
    }
  };
  claims.onChange({ added: (claim) => queue.add(keyOf(claim)), updated: (_old, claim) => queue.add(keyOf(claim)) });
  pods.onChange({ added: ofPod, deleted: ofPod });

  /** A pod uses its claims from the moment that it has a node: before, no kubelet would start it on a claim that goes. */
  const uses = (pod: Stored<Pod>, claim: Stored<PersistentVolumeClaim>): boolean =>
    Boolean(pod.spec?.nodeName) && (pod.spec?.volumes ?? []).some((volume) =>
      volume.persistentVolumeClaim ? volume.persistentVolumeClaim.claimName === claim.metadata.name : claimNameOf(volume, pod) === claim.metadata.name && !isShutDown(pod) && isControlledBy(claim, pod));

  const isUsed = (claim: Stored<PersistentVolumeClaim>): boolean => pods.byIndex(BY_NAMESPACE, claim.metadata.namespace ?? '').some((pod) => uses(pod, claim));

  async function reconcile(key: ObjectKey): Promise<void> {
    const claim = claims.get(key);
    if (claim) await protectWhileUsed(client.of(PERSISTENTVOLUMECLAIMS), claim, FINALIZER, isTerminating(claim) && isUsed(claim));
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
