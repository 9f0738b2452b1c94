/** Numbers of replicas by name (kustomize ReplicaCountTransformer). */
import { KustomizeError } from '../errors.ts';
import { setScalar, visitFields, type FieldSpec } from '../field-spec.ts';
import { gvkText, isSelected } from '../resid.ts';
import type { ResourceList } from '../resource-list.ts';

export interface Replica {
  readonly name?: string;
  readonly count?: number;
}

export function setReplicas(list: ResourceList, { name = '', count = 0 }: Replica, specs: readonly FieldSpec[]): void {
  let found = false;
  for (const spec of specs) {
    for (const resource of list.matchingAnyId((id) => id.name === name && isSelected(id, spec))) {
      found = true;
      visitFields(resource, spec, (slot) => setScalar(slot, count), 'scalar');
    }
  }
  if (!found) throw new KustomizeError(`resource with name ${name} does not match a config with the following GVK [${specs.map(gvkText).join(' ')}]`);
}
