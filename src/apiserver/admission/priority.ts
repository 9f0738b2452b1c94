/** Works out a pod's priority from its class. Follows kubernetes plugin/pkg/admission/priority/admission.go. */
import type { Pod, PriorityClass } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { PRIORITYCLASSES } from '../../api/kinds.ts';
import type { Lookup } from '../storage/storages.ts';
import { refuse, type AdmissionPlugin, type Attributes } from './plugin.ts';

const isPod = ({ group, plural }: { group: string; plural: string }): boolean => group === '' && plural === 'pods';
const isClass = ({ group, plural }: { group: string; plural: string }): boolean => group === 'scheduling.k8s.io' && plural === 'priorityclasses';

/** The class for pods that name none; of several the one with the lowest value. */
async function defaultClass(cluster: Lookup): Promise<PriorityClass | undefined> {
  let found: PriorityClass | undefined;
  for (const candidate of await cluster.list(PRIORITYCLASSES)) if (candidate.globalDefault && (!found || candidate.value < found.value)) found = candidate;
  return found;
}

export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (operation, resource, subresource) => subresource === '' && ((isPod(resource) || isClass(resource)) && (operation === 'create' || operation === 'update')),

  async admit(attributes: Attributes, cluster: Lookup) {
    if (!isPod(attributes.resource)) return undefined;
    const spec = (attributes.object as Draft<Pod>).spec;
    if (!spec) return undefined;
    if (attributes.old) {
      // Whoever replaces a pod need not know what was worked out for it.
      const { priority, preemptionPolicy } = (attributes.old as Pod).spec ?? {};
      if (priority !== undefined) spec.priority ??= priority;
      if (preemptionPolicy !== undefined) spec.preemptionPolicy ??= preemptionPolicy;
      return undefined;
    }
    let found: PriorityClass | undefined;
    if (spec.priorityClassName) {
      found = await cluster.get(PRIORITYCLASSES, undefined, spec.priorityClassName);
      if (!found) throw refuse(attributes, `no PriorityClass with name ${spec.priorityClassName} was found`);
    } else {
      found = await defaultClass(cluster);
      if (found?.metadata?.name) spec.priorityClassName = found.metadata.name;
    }
    const value = found?.value ?? 0;
    if (spec.priority !== undefined && spec.priority !== value) {
      throw refuse(attributes, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
    }
    const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      throw refuse(attributes, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`);
    }
    spec.priority = value;
    spec.preemptionPolicy = policy;
    return `priority ${value}${spec.priorityClassName ? ` of class ${spec.priorityClassName}` : ''}`;
  },

  async validate(attributes: Attributes, cluster: Lookup) {
    if (!isClass(attributes.resource)) return undefined;
    const object = attributes.object as PriorityClass | undefined;
    if (!object?.globalDefault) return undefined;
    for (const other of await cluster.list(PRIORITYCLASSES)) {
      if (other.globalDefault && other.metadata.name !== object.metadata?.name) throw refuse(attributes, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`);
    }
    return undefined;
  },
};
