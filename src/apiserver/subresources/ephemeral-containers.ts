/** pods/ephemeralcontainers: adds containers for debugging to a running pod, and nothing else. Follows kubernetes ValidatePodEphemeralContainersUpdate. */
import type { Pod } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { incomingChange, type Compose } from '../registry/incoming.ts';
import { readObject } from '../registry/read.ts';
import { updateObject } from '../registry/update.ts';
import { forbidden, invalidObject, Path, type FieldError } from '../validation/field.ts';
import type { SubresourceHandler } from './subresource.ts';

const PATH = Path.of('spec', 'ephemeralContainers');

const debuggersOnly: Compose = (incoming, current) => {
  const { spec, ...rest } = current as unknown as Pod;
  const containers = (incoming as Draft<Pod>).spec?.ephemeralContainers;
  return { ...rest, metadata: incoming.metadata, spec: { ...spec, ...(containers?.length ? { ephemeralContainers: containers } : {}) } } as Draft<KubeObject>;
};

function errorsOf(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  for (const before of old.spec?.ephemeralContainers ?? []) {
    const now = pod.spec?.ephemeralContainers?.find((container) => container.name === before.name);
    if (!now) errors.push(forbidden(PATH, `existing ephemeral containers "${before.name}" may not be removed\n`));
    else if (!equal(now, before)) errors.push(forbidden(PATH, `existing ephemeral containers "${before.name}" may not be changed\n`));
  }
  return errors;
}

export const ephemeralContainersSubresource: SubresourceHandler = async (scope) => {
  if (scope.request.verb === 'get') return { code: 200, object: await readObject(scope) };
  const { revise, options } = incomingChange(scope, debuggersOnly);
  const { create: _, ...rest } = options;
  const { object } = await updateObject(scope, async (current) => {
    const next = await revise(current);
    const errors = errorsOf(next as Pod, current as unknown as Pod);
    if (errors.length > 0) throw invalidObject(scope.resource, scope.name, errors);
    return next;
  }, { ...rest, part: 'status' });
  return { code: 200, object };
};
