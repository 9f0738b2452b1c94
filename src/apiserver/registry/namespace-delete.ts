/** Deleting a namespace: it first turns Terminating and goes when the namespace controller has emptied it. Follows kubernetes pkg/registry/core/namespace/storage/storage.go: Delete. */
import type { Namespace } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { formatTime } from '../../api/time.ts';
import type { DeleteResult } from './delete.ts';
import type { RequestScope } from './scope.ts';
import { deleteInStages, type Stages } from './staged-delete.ts';

const STAGES: Stages = {
  mark(object, { nowMs, options }) {
    const namespace = object as Draft<Namespace>;
    const meta = (namespace.metadata ??= {});
    meta.deletionTimestamp = formatTime(nowMs);
    (namespace.status ??= {}).phase = 'Terminating';
    const policy = options.propagationPolicy;
    const finalizers = (meta.finalizers ?? []).filter((finalizer) => !policy || (finalizer !== 'orphan' && finalizer !== 'foregroundDeletion'));
    if (policy === 'Orphan') finalizers.push('orphan');
    if (policy === 'Foreground') finalizers.push('foregroundDeletion');
    if (finalizers.length > 0) meta.finalizers = finalizers;
    else delete meta.finalizers;
  },
  mayGo: (object) => !(object as unknown as Namespace).spec?.finalizers?.length,
};

export const deleteNamespace = (scope: RequestScope): Promise<DeleteResult> => deleteInStages(scope, STAGES);
