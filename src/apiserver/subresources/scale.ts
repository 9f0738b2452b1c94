/** The scale subresource of workloads: replicas under a kind of its own. Follows kubernetes pkg/registry/apps/deployment/storage/storage.go: ScaleREST. */
import { applyPatch, schemaForKind } from '../../api/patch/index.ts';
import type { LabelSelector, Scale } from '../../api/generated/types.ts';
import { draft, type Draft } from '../../api/json.ts';
import { selectorFromLabelSelector, selectorFromMap } from '../../api/labels.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { badRequest, conflict, OPTIMISTIC_LOCK_MESSAGE, StatusError } from '../../api/status.ts';
import { decodePatched } from '../decode/decode.ts';
import { decodeRequest } from '../registry/incoming.ts';
import { readObject } from '../registry/read.ts';
import type { RequestScope } from '../registry/scope.ts';
import { updateObject } from '../registry/update.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { invalid, invalidObject, Path } from '../validation/field.ts';
import { applyScale } from './scale-apply.ts';
import { bodyKind, type SubresourceHandler } from './subresource.ts';

interface Scalable extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly replicas?: number };
}

const SCALE = { group: 'autoscaling', kind: 'Scale' };

function scaleOf(resource: ResourceFacts, object: StoredObject): Scale {
  const { metadata, spec, status } = object as StoredObject & Scalable;
  // ReplicationControllers select by a plain map.
  const selector = resource.plural === 'replicationcontrollers' ? selectorFromMap(spec?.selector as Readonly<Record<string, string>> | undefined) : selectorFromLabelSelector(spec?.selector);
  const text = selector.nothing ? '' : selector.toString();
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name: metadata.name, ...(metadata.namespace ? { namespace: metadata.namespace } : {}), uid: metadata.uid, resourceVersion: metadata.resourceVersion, creationTimestamp: metadata.creationTimestamp },
    spec: spec?.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(text ? { selector: text } : {}) },
  };
}

/** The Scale that the request asks for, over the one that is. */
export function wantedScale(scope: RequestScope, current: Scale): Scale {
  const { verb, patchType, body } = scope.request;
  if (verb !== 'patch') return decodeRequest(scope, bodyKind(scope.resource, 'autoscaling', 'v1', 'Scale')) as Scale;
  if (patchType === undefined || patchType === 'apply') {
    throw new StatusError(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json');
  }
  const patched = applyPatch(patchType, current, body, schemaForKind('autoscaling/v1', 'Scale'));
  return decodePatched(bodyKind(scope.resource, 'autoscaling', 'v1', 'Scale'), patched, patchType, body, 'Warn').object as Scale;
}

export const scaleSubresource: SubresourceHandler = async (scope) => {
  const { resource } = scope;
  if (scope.request.verb === 'get') return { code: 200, object: scaleOf(resource, await readObject(scope)) };
  const applies = scope.request.patchType === 'apply';
  const { object } = await updateObject(scope, (current) => {
    if (applies) return applyScale(scope, current, ['spec', 'replicas']);
    const scale = wantedScale(scope, scaleOf(resource, current));
    const { name, uid, resourceVersion } = scale.metadata ?? {};
    if (!name) throw badRequest(`the name of the object (${scope.name} based on URL) was undeterminable: name must be provided`);
    if (name !== scope.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${scope.name})`);
    const replicas = scale.spec?.replicas ?? 0;
    if (replicas < 0) throw invalidObject(SCALE, scope.name, [invalid(Path.of('spec', 'replicas'), replicas, 'must be greater than or equal to 0')]);
    if (uid && uid !== current.metadata.uid) throw conflict(resource, scope.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
    if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, scope.name, OPTIMISTIC_LOCK_MESSAGE);
    const next = draft(current) as Draft<Scalable>;
    (next.spec ??= {}).replicas = replicas;
    return next as Draft<KubeObject>;
  }, { tracked: applies, seenAs: (seen) => scaleOf(resource, seen as StoredObject) as KubeObject });
  return { code: 200, object: scaleOf(resource, object) };
};
