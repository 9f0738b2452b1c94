/** Which requests are kept, and what of them. */
import { controllerOf, type KubeObject } from '../api/object.ts';
import type { ApiRequest, UserInfo } from '../api/request.ts';
import type { AuditEntry } from './audit.ts';
import type { RequestScope } from './registry/scope.ts';

/**
 * Writes are kept, and what people read. Components' reads, heartbeats and event records are not: they are many, say
 * nothing that the objects don't say, and would drown the rest.
 */
export function isAudited(request: ApiRequest, user: UserInfo): boolean {
  const component = user.username.startsWith('system:');
  if (request.verb === 'get' || request.verb === 'list' || request.verb === 'watch') return !component;
  if (!component) return true;
  return request.resource !== 'events' && request.resource !== 'leases';
}

/** What a program says of the part of it that asks, behind the commit it was made of. */
const PART = /\) kubernetes\/[0-9a-f]+\/(?:[\w:-]*:)?([\w-]+)$/;

/** "kubectl/v1.33.1 (linux/amd64) …" -> "kubectl"; "kube-controller-manager/… kubernetes/60a317e/job-controller" -> "job-controller". */
export function componentOf(userAgent: string | undefined): string {
  if (!userAgent) return 'unknown';
  const part = userAgent.includes(') kubernetes/') ? PART.exec(userAgent)?.[1] : undefined;
  if (part) return part;
  const end = userAgent.search(/[/ ]/);
  return end < 0 ? userAgent : userAgent.slice(0, end);
}

function ownerOf(object: KubeObject): { ownerUid?: string } {
  const owner = controllerOf(object);
  return owner ? { ownerUid: owner.uid } : {};
}

export function auditEntry(scope: RequestScope, code: number, object: KubeObject | undefined, message?: string): AuditEntry {
  const { request, user, resource, stations, nowMs, options } = scope;
  const meta = object?.kind === resource.kind || object?.kind === scope.storage.resource.kind ? object?.metadata : undefined;
  const name = scope.name || meta?.name;
  return {
    timeMs: nowMs,
    component: componentOf(request.userAgent),
    user: user.username,
    verb: request.verb,
    group: resource.group,
    version: resource.version,
    resource: resource.plural,
    ...(scope.subresource ? { subresource: scope.subresource } : {}),
    ...(scope.namespace ? { namespace: scope.namespace } : {}),
    ...(name ? { name } : {}),
    ...(meta?.uid ? { uid: meta.uid } : {}),
    ...(request.verb === 'create' && object && meta ? ownerOf(object) : {}),
    ...(meta?.resourceVersion ? { resourceVersion: meta.resourceVersion } : {}),
    code,
    ...(message === undefined ? {} : { message }),
    ...(request.reason ? { reason: request.reason } : {}),
    ...(request.detail ? { detail: request.detail } : {}),
    ...(options.dryRun ? { dryRun: true } : {}),
    stations,
  };
}
