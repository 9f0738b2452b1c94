/**
 * Where objects lie in the store: /registry/<plural>/<namespace>/<name>, as kube-apiserver, but with every resource under
 * its plural name (upstream keeps a few historical ones: minions, services/specs). Custom resources add their group.
 */
import type { ResourceFacts } from '../../api/resource.ts';

/** The prefix of a resource's keys, with the slash at its end. */
export function resourcePrefix(resource: Pick<ResourceFacts, 'group' | 'plural' | 'model'>): string {
  return resource.model === '' ? `/registry/${resource.group}/${resource.plural}/` : `/registry/${resource.plural}/`;
}
