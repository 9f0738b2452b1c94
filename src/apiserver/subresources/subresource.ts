/** Subresources: what a resource offers under a name beside the object itself. */
import type { ApiResponse } from '../../api/request.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import type { StatusObject } from '../../api/status.ts';
import type { Draft } from '../../api/json.ts';
import { attributesOf, type RequestScope } from '../registry/scope.ts';

/** An answer, and the object that was changed where the answer is something else (a Status, a Scale). */
export interface SubresourceAnswer extends ApiResponse {
  readonly subject?: KubeObject;
}

/** Answers a request for a subresource; the verb has been checked against the resource table. */
export type SubresourceHandler = (scope: RequestScope) => Promise<SubresourceAnswer>;

/** The answer of an action that leaves nothing to show. */
export const SUCCESS: KubeObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } satisfies Partial<StatusObject> as KubeObject;

/** Facts of a kind that is only a request's body (Scale, Binding, Eviction), for decoding. */
export function bodyKind(resource: ResourceFacts, group: string, version: string, kind: string, model = kind): ResourceFacts {
  return { ...resource, group, version, kind, model, subresources: {} };
}

/** Takes what a subresource is given (a Binding, an Eviction, the options of a connection) through admission; it is not stored. */
export async function admitBody(scope: RequestScope, operation: 'create' | 'connect', body: KubeObject): Promise<void> {
  const { admission } = scope.registry;
  const attributes = attributesOf(scope, operation, body as Draft<KubeObject>, undefined);
  await admission.admit(attributes, scope.stations);
  const release = await admission.validate(attributes);
  release();
}
