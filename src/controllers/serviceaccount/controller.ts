/** The service account controller: every active namespace has its "default" ServiceAccount. Follows kubernetes pkg/controller/serviceaccount/serviceaccounts_controller.go. */
import { NAMESPACES, SERVICEACCOUNTS } from '../../api/kinds.ts';
import { keyOf, objectKey, type ObjectKey } from '../../api/object.ts';
import { isAlreadyExists, isNamespaceTerminating, isNotFound } from '../../api/status.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const NAME = 'service-account-controller';
const WORKERS = 1;
/** The accounts that every namespace has. */
const MANAGED = ['default'];

export const serviceAccountController: ComponentFactory = ({ client, clock, informers, log }) => {
  const namespaces = informers.of(NAMESPACES);
  const accounts = informers.of(SERVICEACCOUNTS);
  const queue = new WorkQueue<ObjectKey>(clock);
  namespaces.onChange({ added: (namespace) => queue.add(keyOf(namespace)), updated: (_old, namespace) => queue.add(keyOf(namespace)) });
  accounts.onChange({ deleted: (account) => queue.add(objectKey(undefined, account.metadata.namespace ?? '')) });

  async function reconcile(key: ObjectKey): Promise<void> {
    const namespace = namespaces.get(key);
    if (namespace?.status?.phase !== 'Active') return;
    for (const name of MANAGED) {
      if (accounts.get(objectKey(key, name))) continue;
      try {
        await client.of(SERVICEACCOUNTS).create({ metadata: { name, namespace: key } }, { reason: `every namespace has the service account "${name}"` });
      } catch (error) {
        // A namespace on its way out needs none; it may have gone or begun to go since the cache saw it.
        if (!isAlreadyExists(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error;
      }
    }
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
