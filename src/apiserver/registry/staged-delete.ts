/**
 * Deletion of what has contents: the first request marks the object, its controller empties it, a later one lets it go. What
 * kubernetes pkg/registry/core/namespace/storage/storage.go: Delete and apiextensions-apiserver
 * pkg/registry/customresourcedefinition/etcd.go: Delete have in common.
 */
import { draft, freeze, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { conflict, notFound } from '../../api/status.ts';
import type { Change } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { admitDeletion, checkDeleteOptions, deleteObject, type DeleteResult } from './delete.ts';
import type { RequestScope } from './scope.ts';

/** How a kind goes. */
export interface Stages {
  /** Changes an object that is to go and has not been marked. */
  mark(object: Draft<KubeObject>, scope: RequestScope): void;
  /** Whether a marked object may go as any other, when it is asked to. */
  mayGo(object: StoredObject): boolean;
}

/** What is left to the object after the mark is its controller's. Throws StatusError. */
export async function deleteInStages(scope: RequestScope, stages: Stages): Promise<DeleteResult> {
  checkDeleteOptions(scope.options);
  const found: { preview?: StoredObject; mayGo: boolean } = { mayGo: false };
  const result = await scope.storage.change('', scope.name, async (current): Promise<Change> => {
    if (!current) throw notFound(scope.resource, scope.name);
    checkPreconditions(scope, current);
    if (current.metadata.deletionTimestamp !== undefined) {
      found.mayGo = stages.mayGo(current);
      if (!found.mayGo) await admitDeletion(scope, current);
      return { type: 'keep' };
    }
    await admitDeletion(scope, current);
    const next = draft(current) as Draft<KubeObject>;
    stages.mark(next, scope);
    if (!scope.options.dryRun) return { type: 'put', object: next };
    found.preview = freeze(next) as unknown as StoredObject;
    return { type: 'keep' };
  });
  if (found.mayGo) return deleteObject(scope);
  const last = found.preview ?? (result.object as StoredObject);
  return { object: last, last, deleted: false };
}

function checkPreconditions(scope: RequestScope, { metadata }: StoredObject): void {
  const { uid, resourceVersion } = scope.options.preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid) throw conflict(scope.resource, scope.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(scope.resource, scope.name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`);
  }
}
