/** Metadata on its way in: what clients may not set is wiped, what only the server sets is filled in. Follows apiserver pkg/registry/rest/meta.go. */
import { equal, type Draft } from '../../api/json.ts';
import type { ObjectMeta } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest } from '../../api/status.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { RequestScope } from './scope.ts';

/** The object's metadata; made where there is none. */
export function metaOf(object: Draft<KubeObject>): Draft<ObjectMeta> {
  const meta = (object.metadata ??= {});
  delete meta.selfLink;
  return meta;
}

/** Clients don't choose these on creation. */
export function wipeSystemFields(meta: Draft<ObjectMeta>): void {
  delete meta.creationTimestamp;
  delete meta.uid;
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
}

/** Puts the request's namespace into an object that names none; refuses one that names another. */
export function matchNamespace(scope: RequestScope, meta: Draft<ObjectMeta>): void {
  const namespace = scope.storage.resource.namespaced ? scope.namespace : '';
  if ((meta.namespace ?? '') === namespace) return;
  if (!meta.namespace) meta.namespace = namespace;
  else if (namespace === '') delete meta.namespace;
  else throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** The object of a PUT has to be the one that the URL names. */
export function matchName(scope: RequestScope, meta: Draft<ObjectMeta>): void {
  if (!meta.name) throw badRequest(`the name of the object (${scope.name} based on URL) was undeterminable: name must be provided`);
  if (meta.name !== scope.name) throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${scope.name})`);
}

/** Drops exact repetitions of owner references, with a warning (handlers/rest.go: dedupOwnerReferencesAndAddWarning). */
export function dedupeOwners(scope: RequestScope, meta: Draft<ObjectMeta>): void {
  const owners = meta.ownerReferences;
  if (!owners || owners.length < 2) return;
  const dropped: string[] = [];
  const kept = owners.filter((owner, i) => {
    const repeated = owners.some((other, j) => j < i && other.uid === owner.uid && equal(other, owner));
    if (repeated) dropped.push(owner.uid);
    return !repeated;
  });
  if (dropped.length === 0) return;
  meta.ownerReferences = kept;
  scope.warnings.push(`.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${dropped.join(', ')}`);
}

/** What an update keeps whatever the request says (rest.BeforeUpdate). */
export function keepSystemFields(meta: Draft<ObjectMeta>, old: StoredObject['metadata']): void {
  if (old.generation === undefined) delete meta.generation;
  else meta.generation = old.generation;
  meta.uid ||= old.uid;
  meta.creationTimestamp = old.creationTimestamp;
  if (old.deletionTimestamp !== undefined) meta.deletionTimestamp = old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined) meta.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
}

/** Empty labels, annotations and lists are not stored, as Go's encoding leaves them out. */
export function dropEmpty(meta: Draft<ObjectMeta>): void {
  for (const field of ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const) {
    const value = meta[field];
    if (value === null || (value !== undefined && Object.keys(value).length === 0)) delete meta[field];
  }
  if (meta.generateName === '') delete meta.generateName;
  if (meta.generation === 0) delete meta.generation;
  if (meta.resourceVersion === '') delete meta.resourceVersion;
  if (meta.uid === '') delete meta.uid;
  if (meta.namespace === '') delete meta.namespace;
  if ((meta.creationTimestamp as string | null | undefined) === null) delete meta.creationTimestamp;
}
