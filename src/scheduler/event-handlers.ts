/** Keeps the cache and the queue in step with the API server. Follows kubernetes pkg/scheduler/eventhandlers.go. */
import { NODES, PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS, STORAGECLASSES } from '../api/kinds.ts';
import { isPodTerminal } from '../api/pods.ts';
import type { PersistentVolumeClaim, Pod } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { Cache } from './cache/cache.ts';
import { nodeChanges, podChanges } from './framework/events.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';

/** The one profile's name. */
export const SCHEDULER_NAME = 'default-scheduler';

const isOurs = (pod: Stored<Pod>): boolean => pod.spec?.schedulerName === SCHEDULER_NAME;
const isAssigned = (pod: Stored<Pod>): boolean => (pod.spec?.nodeName ?? '') !== '';

export function addEventHandlers(informers: InformerFactory, cache: Cache, queue: SchedulingQueue): void {
  informers.of(NODES).onChange({
    added(node) {
      cache.setNode(node);
      queue.move({ kind: 'NodeAdd', node });
    },
    updated(old, node) {
      cache.setNode(node);
      for (const change of nodeChanges(old, node)) queue.move({ kind: 'NodeUpdate', change, old, node });
    },
    deleted(node) {
      queue.move({ kind: 'NodeDelete', node });
      cache.removeNode(node.metadata.name);
    },
  });

  const claimChanged = (claim: Stored<PersistentVolumeClaim>): void => queue.move({ kind: 'ClaimChange', claim });
  informers.of(PERSISTENTVOLUMECLAIMS).onChange({ added: claimChanged, updated: (_old, claim) => claimChanged(claim) });
  informers.of(PERSISTENTVOLUMES).onChange({ added: () => queue.move({ kind: 'VolumeChange' }), updated: () => queue.move({ kind: 'VolumeChange' }) });
  informers.of(STORAGECLASSES).onChange({ added: () => queue.move({ kind: 'StorageClassAdd' }) });

  const added = (pod: Stored<Pod>) => {
    if (isAssigned(pod)) {
      cache.setPod(pod);
      queue.move({ kind: 'AssignedPodAdd', pod });
    } else if (isOurs(pod)) queue.add(pod);
  };
  const deleted = (pod: Stored<Pod>) => {
    const held = cache.removePod(pod.metadata.uid);
    const nominated = queue.nominator.nodeOf(pod.metadata.uid) !== undefined;
    queue.delete(pod.metadata.uid);
    // An assumed or nominated pod held its room too.
    if (held || nominated) queue.move({ kind: 'AssignedPodDelete', pod });
  };
  informers.of(PODS).onChange({
    // Pods that have ended take no room: for the scheduler they are gone.
    added: (pod) => {
      if (!isPodTerminal(pod)) added(pod);
    },
    deleted: (pod) => {
      if (!isPodTerminal(pod) || cache.has(pod.metadata.uid)) deleted(pod);
    },
    updated(old, pod) {
      if (isPodTerminal(pod)) {
        if (!isPodTerminal(old)) deleted(old);
      } else if (isAssigned(old)) {
        cache.setPod(pod);
        for (const change of podChanges(old, pod)) if (change !== 'other') queue.move({ kind: 'AssignedPodUpdate', change, old, pod });
      } else if (isAssigned(pod)) {
        queue.delete(pod.metadata.uid);
        cache.setPod(pod);
        queue.move({ kind: 'AssignedPodAdd', pod });
      } else if (isOurs(pod) && !cache.isAssumed(pod.metadata.uid)) queue.update(old, pod);
    },
  });
}
