/** Deleting a definition: it stays until its last instance is gone. Follows apiextensions-apiserver pkg/registry/customresourcedefinition/etcd.go: Delete. */
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { formatTime } from '../../api/time.ts';
import type { DeleteResult } from '../registry/delete.ts';
import type { RequestScope } from '../registry/scope.ts';
import { deleteInStages, type Stages } from '../registry/staged-delete.ts';
import { setCondition } from './conditions.ts';

export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** The first request marks the definition; its controller does the rest. */
const STAGES: Stages = {
  mark(object, { nowMs }) {
    const definition = object as unknown as Draft<CustomResourceDefinition>;
    const meta = (definition.metadata ??= {});
    meta.deletionTimestamp = formatTime(nowMs);
    if (!meta.finalizers?.includes(CLEANUP_FINALIZER)) meta.finalizers = [...(meta.finalizers ?? []), CLEANUP_FINALIZER];
    setCondition(definition, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon' }, formatTime(nowMs));
  },
  mayGo: () => true,
};

export const deleteDefinition = (scope: RequestScope): Promise<DeleteResult> => deleteInStages(scope, STAGES);
