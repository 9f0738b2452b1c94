/** Deleting a namespace: it first turns Terminating and goes when the namespace controller has emptied it. Follows kubernetes pkg/registry/core/namespace/storage/storage.go: Delete. */
import type { Namespace } from '../../api/generated/types.ts';
import { draft, freeze, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { conflict, notFound } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import type { Change } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { admitDeletion, checkDeleteOptions, deleteObject, type DeleteResult } from './delete.ts';
import type { RequestScope } from './scope.ts';

export async function deleteNamespace(scope: RequestScope): Promise<DeleteResult> {
  checkDeleteOptions(scope.options);
  const { uid, resourceVersion } = scope.options.preconditions ?? {};
  const found: { preview?: StoredObject; empty: boolean } = { empty: false };
  const result = await scope.storage.change('', scope.name, async (current): Promise<Change> => {
    if (!current) throw notFound(scope.resource, scope.name);
    if (uid !== undefined && uid !== current.metadata.uid) {
      throw conflict(scope.resource, scope.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
    }
    if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
      throw conflict(scope.resource, scope.name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${current.metadata.resourceVersion}`);
    }
    await admitDeletion(scope, current);
    if (current.metadata.deletionTimestamp !== undefined) {
      found.empty = !(current as unknown as Namespace).spec?.finalizers?.length;
      return { type: 'keep' };
    }
    const next = draft(current) as Draft<Namespace & KubeObject>;
    const meta = (next.metadata ??= {});
    meta.deletionTimestamp = formatTime(scope.nowMs);
    (next.status ??= {}).phase = 'Terminating';
    const policy = scope.options.propagationPolicy;
    const finalizers = (meta.finalizers ?? []).filter((finalizer) => !policy || (finalizer !== 'orphan' && finalizer !== 'foregroundDeletion'));
    if (policy === 'Orphan') finalizers.push('orphan');
    if (policy === 'Foreground') finalizers.push('foregroundDeletion');
    if (finalizers.length > 0) meta.finalizers = finalizers;
    else delete meta.finalizers;
    if (!scope.options.dryRun) return { type: 'put', object: next as Draft<KubeObject> };
    found.preview = freeze(next) as unknown as StoredObject;
    return { type: 'keep' };
  });
  if (found.empty) return deleteObject(scope);
  const last = found.preview ?? (result.object as StoredObject);
  return { object: last, last, deleted: false };
}
