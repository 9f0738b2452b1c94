/** What every Kubernetes object has: metadata, identity, owners. */
import type { ObjectMeta, OwnerReference } from './generated/types.ts';
import { apiVersionOf, type ResourceFacts } from './resource.ts';

/** Any object: only the common part is typed. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/** A stored object's metadata: what the API server has filled in. */
export interface StoredMeta extends ObjectMeta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
}

/** An object as read from the API server. A draft that was never stored has no uid; the type says so. */
export type Stored<T> = Omit<T, 'metadata'> & { readonly apiVersion: string; readonly kind: string; readonly metadata: StoredMeta };

/** "namespace/name", or "name" for cluster-scoped objects. Branded: made by `keyOf`, taken apart by `splitKey`, nowhere else. */
export type ObjectKey = string & { readonly __objectKey: unique symbol };

/** The key of a namespace and name (namespace undefined or '' for cluster scope). */
export function objectKey(namespace: string | undefined, name: string): ObjectKey {
  return (namespace ? `${namespace}/${name}` : name) as ObjectKey;
}

/** The key of an object. */
export function keyOf(object: { readonly metadata?: { readonly namespace?: string; readonly name?: string } }): ObjectKey {
  return objectKey(object.metadata?.namespace, object.metadata?.name ?? '');
}

/** The parts of a key; namespace is '' for cluster scope. */
export function splitKey(key: ObjectKey): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner reference that marks its object as managed by a controller, if there is one (metav1.GetControllerOf). */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((reference) => reference.controller === true);
}

/** Whether `owner` is the managing controller of `object` (metav1.IsControlledBy). */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  const reference = controllerOf(object);
  return reference !== undefined && reference.uid === owner.metadata?.uid;
}

/** The reference with which `owner` becomes the managing controller of another object (metav1.NewControllerRef). */
export function controllerRef(owner: { readonly metadata: { readonly name: string; readonly uid: string } }, resource: ResourceFacts): OwnerReference {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** Whether an object waits for its finalizers or its grace period before it goes. */
export function isTerminating(object: KubeObject): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}
