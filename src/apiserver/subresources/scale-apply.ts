/**
 * Server-side apply of a Scale: the applier owns the replicas of the object itself, through its scale subresource.
 * Follows apimachinery pkg/util/managedfields/scalehandler.go.
 */
import type { Scale } from '../../api/generated/types.ts';
import { draft, isObject, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { apiVersionOf, parseApiVersion } from '../../api/resource.ts';
import { badRequest, conflict, isConflict, OPTIMISTIC_LOCK_MESSAGE, StatusError } from '../../api/status.ts';
import { typeOfModel } from '../managedfields/builtin-schema.ts';
import { validate } from '../managedfields/validate.ts';
import { applyFields } from '../registry/field-tracking.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { StoredObject } from '../storage/stored-object.ts';

const SCALE_VERSION = 'autoscaling/v1';

/** What the request's Scale makes of the object whose replicas stand at this path. Throws StatusError. */
export function applyScale(scope: RequestScope, current: StoredObject, path: readonly string[]): Draft<KubeObject> {
  const { resource, request } = scope;
  const scale = scaleOf(request.body);
  const { name = scope.name, resourceVersion } = scale.metadata ?? {};
  if (name !== scope.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${scope.name})`);
  if (resourceVersion && resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, scope.name, OPTIMISTIC_LOCK_MESSAGE);
  const apiVersion = apiVersionOf(resource);
  const replicas = scale.spec?.replicas;
  const config = { apiVersion, kind: resource.kind, metadata: { name }, ...(replicas === undefined ? {} : (path.reduceRight<unknown>((value, field) => ({ [field]: value }), replicas) as object)) };
  try {
    return draft(applyFields(scope, current, config)) as Draft<KubeObject>;
  } catch (error) {
    throw isConflict(error) ? inScaleVersion(error, apiVersion) : error;
  }
}

function scaleOf(body: unknown): Scale {
  if (!isObject(body)) throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
  const { apiVersion = '', kind = '', metadata } = body as Scale;
  const { group, version } = parseApiVersion(apiVersion);
  if (apiVersion !== SCALE_VERSION || kind !== 'Scale') throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  const fault = validate(typeOfModel('Scale'), body);
  if (fault !== undefined) throw new StatusError(500, '', `failed to create typed patch object (${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${SCALE_VERSION}, Kind=Scale): ${fault}`);
  return body as Scale;
}

/** To who applies a Scale, all others are managers of Scales, too. */
function inScaleVersion({ status }: StatusError, apiVersion: string): StatusError {
  const reworded = (text = ''): string => text.replaceAll(` using ${apiVersion}`, ` using ${SCALE_VERSION}`);
  const causes = (status.details?.causes ?? []).map((cause) => ({ ...cause, message: reworded(cause.message) }));
  return new StatusError(409, 'Conflict', reworded(status.message), { causes });
}
