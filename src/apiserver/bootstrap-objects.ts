/** Writes what a new cluster begins with: many objects in a few transactions, as the server's own storage would have them. */
import type { Draft } from '../api/json.ts';
import type { Resource } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { apiVersionOf } from '../api/resource.ts';
import type { Identities } from './registry/identities.ts';
import { trackUpdate } from './managedfields/field-manager.ts';
import { fieldContext } from './registry/field-tracking.ts';
import type { Storages } from './storage/storages.ts';

export interface BootstrapStorage {
  readonly storages: Storages;
  readonly identities: Identities;
  readonly nowMs: number;
}

export interface Wanted {
  readonly resource: Resource<KubeObject>;
  /** Complete but for its apiVersion, kind, uid and time of creation. */
  readonly object: KubeObject;
}

/** Who manages what a cluster begins with. */
const MANAGER = 'kube-apiserver';
/** Keys in a transaction: etcd takes 128, and the readable tree is told of its progress one by one. */
const AT_ONCE = 16;

/** Writes everything; false, with nothing or only the first of it done, where something of it exists. */
export async function createAll({ storages, identities, nowMs }: BootstrapStorage, wanted: readonly Wanted[]): Promise<boolean> {
  const creationTimestamp = identities.time(nowMs);
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const writes = wanted.slice(from, from + AT_ONCE).map(({ resource, object }) => {
      const { namespace = '', name = '' } = object.metadata ?? {};
      const key = storages.of(resource).key(namespace, name);
      const stored: Draft<KubeObject> = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object, metadata: { ...object.metadata, creationTimestamp, uid: identities.uid(key) } as Draft<KubeObject>['metadata'] };
      trackUpdate(fieldContext({ resource, subresource: '', registry: { identities }, nowMs }), undefined, stored, MANAGER);
      return { key, value: JSON.stringify(stored) };
    });
    const { succeeded } = await storages.store.txn(writes.map(({ key }) => ({ key, modRevision: 0 as const })), writes.map(({ key, value }) => ({ type: 'put', key, value })));
    if (!succeeded) return false;
  }
  return true;
}
