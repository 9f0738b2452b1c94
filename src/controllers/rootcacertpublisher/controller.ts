/** The root CA publisher: every namespace has the ConfigMap that pods trust the API server by. Follows kubernetes pkg/controller/certificates/rootcacertpublisher/publisher.go. */
import { draft } from '../../api/json.ts';
import { CONFIGMAPS, NAMESPACES } from '../../api/kinds.ts';
import { keyOf, objectKey, type ObjectKey, type Stored } from '../../api/object.ts';
import type { ConfigMap } from '../../api/generated/types.ts';
import { isAlreadyExists, isNamespaceTerminating, isNotFound } from '../../api/status.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const NAME = 'root-ca-certificate-publisher-controller';
const WORKERS = 1;
const CONFIG_MAP = 'kube-root-ca.crt';
const KEY = 'ca.crt';
const DESCRIPTION_ANNOTATION = 'kubernetes.io/description';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** @param rootCA the authority's certificate, PEM */
export const rootCACertPublisher = (rootCA: string): ComponentFactory => ({ client, clock, informers, log }) => {
  const namespaces = informers.of(NAMESPACES);
  const configMaps = informers.of(CONFIGMAPS);
  const queue = new WorkQueue<ObjectKey>(clock);
  const published = ({ metadata }: Stored<ConfigMap>): void => {
    if (metadata.name === CONFIG_MAP) queue.add(objectKey(undefined, metadata.namespace ?? ''));
  };
  namespaces.onChange({
    added: (namespace) => queue.add(keyOf(namespace)),
    updated: (_old, namespace) => {
      if (namespace.status?.phase === 'Active') queue.add(keyOf(namespace));
    },
  });
  configMaps.onChange({ updated: (_old, configMap) => published(configMap), deleted: published });

  async function reconcile(namespace: ObjectKey): Promise<void> {
    const present = configMaps.get(objectKey(namespace, CONFIG_MAP));
    try {
      if (present) await restore(present);
      else if (namespaces.get(namespace)?.status?.phase === 'Active') {
        await client.of(CONFIGMAPS).create({ metadata: { name: CONFIG_MAP, namespace, annotations: { [DESCRIPTION_ANNOTATION]: DESCRIPTION } }, data: { [KEY]: rootCA } }, { reason: "every namespace has the cluster's CA certificate" });
      }
    } catch (error) {
      // A namespace on its way out needs none.
      if (!isNotFound(error) && !isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
    }
  }

  async function restore(present: Stored<ConfigMap>): Promise<void> {
    const same = present.data?.[KEY] === rootCA && Object.keys(present.data).length === 1 && !present.binaryData;
    if (same && present.metadata.annotations?.[DESCRIPTION_ANNOTATION]) return;
    const changed = draft(present);
    changed.data = { [KEY]: rootCA };
    delete changed.binaryData;
    (changed.metadata.annotations ??= {})[DESCRIPTION_ANNOTATION] = DESCRIPTION;
    await client.of(CONFIGMAPS).update(changed, { reason: "the cluster's CA certificate was changed" });
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
};
