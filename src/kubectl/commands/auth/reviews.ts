/** Questions to the server in the form of objects that it answers and does not store. */
import type { KubeObject } from '../../../api/object.ts';
import { apiVersionOf, resourceAt, type ResourceFacts } from '../../../api/resource.ts';
import type { Resource } from '../../../api/kinds.ts';
import type { CommandContext } from '../../command.ts';

const review = (group: string, plural: string): ResourceFacts => {
  const resource = resourceAt(group, 'v1', plural);
  if (!resource) throw new Error(`${plural}.${group} is no resource`);
  return resource;
};

export const SELFSUBJECTREVIEWS = review('authentication.k8s.io', 'selfsubjectreviews');
export const SELFSUBJECTACCESSREVIEWS = review('authorization.k8s.io', 'selfsubjectaccessreviews');
export const SELFSUBJECTRULESREVIEWS = review('authorization.k8s.io', 'selfsubjectrulesreviews');

/** The object with the server's answer in its status. */
export async function askReview<Status>(ctx: CommandContext, resource: ResourceFacts, spec?: object): Promise<KubeObject & { readonly status: Status }> {
  const object = { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: {}, ...(spec ? { spec } : {}) };
  return (await (await ctx.client()).of(resource as Resource<KubeObject>).create(object)) as KubeObject & { readonly status: Status };
}
