/** The volume protection controller: a volume that is being deleted stays while a claim is bound to it. Follows kubernetes pkg/controller/volume/pvprotection/pv_protection_controller.go. */
import { PERSISTENTVOLUMES } from '../../api/kinds.ts';
import { keyOf, type ObjectKey } from '../../api/object.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';
import { protectWhileUsed } from '../shared/protection.ts';

const NAME = 'pv-protection-controller';
const FINALIZER = 'kubernetes.io/pv-protection';
const WORKERS = 1;

export const pvProtectionController: ComponentFactory = ({ client, clock, informers, log }) => {
  const volumes = informers.of(PERSISTENTVOLUMES);
  const queue = new WorkQueue<ObjectKey>(clock);
  volumes.onChange({ added: (volume) => queue.add(keyOf(volume)), updated: (_old, volume) => queue.add(keyOf(volume)) });

  async function reconcile(key: ObjectKey): Promise<void> {
    const volume = volumes.get(key);
    if (volume) await protectWhileUsed(client.of(PERSISTENTVOLUMES), volume, FINALIZER, volume.status?.phase === 'Bound');
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
