/** Deleting a definition: it stays until its last instance is gone. Follows apiextensions-apiserver pkg/registry/customresourcedefinition/etcd.go: Delete. */
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import { draft, freeze, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { conflict, notFound } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import { admitDeletion, checkDeleteOptions, deleteObject, type DeleteResult } from '../registry/delete.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { Change } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { setCondition } from './conditions.ts';

export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** The first request marks the definition; its controller does the rest. */
export async function deleteDefinition(scope: RequestScope): Promise<DeleteResult> {
  checkDeleteOptions(scope.options);
  const { uid, resourceVersion } = scope.options.preconditions ?? {};
  const found: { preview?: StoredObject; marked: boolean } = { marked: false };
  const result = await scope.storage.change('', scope.name, async (current): Promise<Change> => {
    if (!current) throw notFound(scope.resource, scope.name);
    const { metadata } = current;
    if (uid !== undefined && uid !== metadata.uid) throw conflict(scope.resource, scope.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
    if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
      throw conflict(scope.resource, scope.name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`);
    }
    found.marked = metadata.deletionTimestamp !== undefined;
    if (found.marked) return { type: 'keep' };
    await admitDeletion(scope, current);
    const next = draft(current) as unknown as Draft<CustomResourceDefinition>;
    const meta = (next.metadata ??= {});
    meta.deletionTimestamp = formatTime(scope.nowMs);
    if (!meta.finalizers?.includes(CLEANUP_FINALIZER)) meta.finalizers = [...(meta.finalizers ?? []), CLEANUP_FINALIZER];
    setCondition(next, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon' }, formatTime(scope.nowMs));
    if (!scope.options.dryRun) return { type: 'put', object: next as Draft<KubeObject> };
    found.preview = freeze(next) as unknown as StoredObject;
    return { type: 'keep' };
  });
  if (found.marked) return deleteObject(scope);
  const last = found.preview ?? (result.object as StoredObject);
  return { object: last, last, deleted: false };
}
