/** pods/binding: the scheduler gives a pod its node. Follows kubernetes pkg/registry/core/pod/storage/storage.go: BindingREST. */
import type { Binding, Pod, PodCondition } from '../../api/generated/types.ts';
import { draft, freeze, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { conflict, notFound, badRequest } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import { decodeRequest } from '../registry/incoming.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { Change } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { invalidObject } from '../validation/field.ts';
import { validateBinding } from '../validation/pod-subresources.ts';
import { admitBody, bodyKind, SUCCESS, type SubresourceHandler } from './subresource.ts';

const PODS_BINDING = { group: '', plural: 'pods/binding' };

export const bindingSubresource: SubresourceHandler = async (scope) => {
  const binding = decodeRequest(scope, bodyKind(scope.resource, '', 'v1', 'Binding')) as Binding;
  if (binding.metadata?.name && binding.metadata.name !== scope.name) throw badRequest('name in URL does not match name in Binding object');
  return { code: 201, object: SUCCESS, subject: await bindPod(scope, binding) };
};

/** Puts a pod on a node, once and for all. Returns the bound pod. */
export async function bindPod(scope: RequestScope, binding: Binding): Promise<KubeObject> {
  const errors = validateBinding(binding);
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'Binding' }, scope.name, errors);
  const refuse = (why: string) => conflict(PODS_BINDING, scope.name, why);
  await admitBody({ ...scope, subresource: 'binding' }, 'create', binding);
  const { object } = await scope.storage.change(scope.namespace, scope.name, (current): Change => {
    if (!current) throw notFound(scope.resource, scope.name);
    const pod = current as StoredObject & Pod;
    const { uid, annotations } = binding.metadata ?? {};
    if (uid && uid !== current.metadata.uid) throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
    if (current.metadata.deletionTimestamp !== undefined) throw refuse(`pod ${scope.name} is being deleted, cannot be assigned to a host`);
    if (pod.spec?.nodeName) throw refuse(`pod ${scope.name} is already assigned to node "${pod.spec.nodeName}"`);
    if (pod.spec?.schedulingGates?.length) throw refuse(`pod ${scope.name} has non-empty .spec.schedulingGates`);
    if (scope.options.dryRun) return { type: 'keep' };
    const bound = {
      ...pod,
      metadata: { ...draft(current.metadata), ...(annotations ? { annotations: { ...current.metadata.annotations, ...annotations } } : {}) },
      // Everything else of the spec is shared with the object before.
      spec: freeze({ ...pod.spec, nodeName: binding.target.name ?? '' }),
      status: { ...pod.status, conditions: scheduled(pod.status?.conditions, scope.nowMs) },
    };
    return { type: 'put', object: bound as Draft<StoredObject> };
  });
  return object as KubeObject;
}

function scheduled(conditions: readonly PodCondition[] | undefined, nowMs: number): PodCondition[] {
  const old = conditions?.find((condition) => condition.type === 'PodScheduled');
  const lastTransitionTime = old?.status === 'True' && old.lastTransitionTime ? old.lastTransitionTime : formatTime(nowMs);
  // Go writes the zero time of a probe that was never made.
  const now = { lastProbeTime: null, lastTransitionTime, status: 'True', type: 'PodScheduled' } as unknown as PodCondition;
  return old ? (conditions ?? []).map((condition) => (condition === old ? now : condition)) : [...(conditions ?? []), now];
}
