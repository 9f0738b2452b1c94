/** The scale subresource of custom resources: replicas and selector stand where the definition says. Follows apiextensions-apiserver pkg/registry/customresource/etcd.go: ScaleREST. */
import type { CustomResourceSubresourceScale, Scale } from '../../api/generated/types.ts';
import { draft, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { badRequest, conflict, internalError, notFound, OPTIMISTIC_LOCK_MESSAGE } from '../../api/status.ts';
import { nested, setNested, splitPath } from '../customresources/scale-paths.ts';
import { readObject } from '../registry/read.ts';
import { updateObject } from '../registry/update.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { applyScale } from './scale-apply.ts';
import { wantedScale } from './scale.ts';
import type { SubresourceHandler } from './subresource.ts';

/** An object's Scale; `set` tells whether it says how many replicas it wants. */
function scaleOf(object: StoredObject, { specReplicasPath, statusReplicasPath, labelSelectorPath }: CustomResourceSubresourceScale): { readonly scale: Scale; readonly set: boolean } {
  const read = (path: string, type: 'number' | 'string') => {
    const { value, error } = nested(object, path, type);
    if (error !== undefined) throw internalError(error);
    return value;
  };
  const replicas = read(specReplicasPath, 'number');
  const current = read(statusReplicasPath, 'number');
  const selector = labelSelectorPath ? read(labelSelectorPath, 'string') : undefined;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    set: replicas !== undefined,
    scale: {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
      spec: replicas ? { replicas: Number(replicas) } : {},
      status: { replicas: Number(current ?? 0), ...(selector ? { selector: String(selector) } : {}) },
    },
  };
}

/** Stands for "not set" while a patch is applied, so that one that doesn't set it is found out. */
const NOT_SET = -2147483648;

export const customScaleSubresource: SubresourceHandler = async (scope) => {
  const { resource, custom } = scope;
  const paths = custom?.scale;
  if (!paths) throw notFound(resource, scope.name);
  const missing = `the spec replicas field ${goQuote(paths.specReplicasPath)}`;
  if (scope.request.verb === 'get') {
    const { scale, set } = scaleOf(await readObject(scope), paths);
    if (!set) throw internalError(`${missing} does not exist`);
    return { code: 200, object: scale };
  }
  const applies = scope.request.patchType === 'apply';
  const { object } = await updateObject(scope, (current) => {
    if (applies) return applyScale(scope, current, splitPath(paths.specReplicasPath));
    const { scale, set } = scaleOf(current, paths);
    const wanted = wantedScale(scope, set ? scale : { ...scale, spec: { replicas: NOT_SET } });
    const { uid, resourceVersion } = wanted.metadata ?? {};
    const replicas = wanted.spec?.replicas ?? 0;
    if (replicas === NOT_SET) throw badRequest(`${missing} cannot be empty`);
    if (uid && uid !== current.metadata.uid) throw conflict(resource, scope.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
    if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, scope.name, OPTIMISTIC_LOCK_MESSAGE);
    const next = draft(current) as Draft<KubeObject>;
    setNested(next as Record<string, unknown>, paths.specReplicasPath, replicas);
    return next;
  }, { tracked: applies });
  return { code: 200, object: scaleOf(object, paths).scale, subject: object };
};
