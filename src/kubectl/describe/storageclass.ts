/** Storage classes (kubectl pkg/describe/describe.go: StorageClassDescriber). */
import type { StorageClass } from '../../api/generated/types.ts';
import { writeEvents } from './events.ts';
import { labelsOnOneLine, titleOrUnset } from './format.ts';
import { asStruct, typed, type Describe } from './reader.ts';
import { writeTerm } from './terms.ts';
import { page } from './writer.ts';

const DEFAULT_ANNOTATIONS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export const describe: Describe = async (reader, _namespace, name, resource) => {
  const given = await reader.getAsIs(typed<StorageClass>('storage.k8s.io', 'v1', 'storageclasses'), '', name);
  const storageClass = asStruct(resource, given);
  const events = await reader.eventsOf(storageClass, resource);
  const { metadata, provisioner, parameters, allowVolumeExpansion, mountOptions = [], reclaimPolicy, volumeBindingMode, allowedTopologies } = storageClass;
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('IsDefaultClass', DEFAULT_ANNOTATIONS.some((key) => metadata.annotations?.[key] === 'true') ? 'Yes' : 'No');
    w.field('Annotations', labelsOnOneLine(metadata.annotations));
    w.field('Provisioner', provisioner);
    w.field('Parameters', labelsOnOneLine(parameters));
    w.field('AllowVolumeExpansion', titleOrUnset(allowVolumeExpansion));
    if (mountOptions.length === 0) w.field('MountOptions', '<none>');
    else w.heading('MountOptions');
    for (const option of mountOptions) w.write(1, `${option}\n`);
    if (reclaimPolicy !== undefined) w.field('ReclaimPolicy', reclaimPolicy);
    if (volumeBindingMode !== undefined) w.field('VolumeBindingMode', volumeBindingMode);
    if (given.allowedTopologies) w.field('AllowedTopologies', allowedTopologies?.length ? '' : '<none>');
    (allowedTopologies ?? []).forEach(({ matchLabelExpressions = [] }, index) => {
      writeTerm(w, 1, `Term ${index}`, matchLabelExpressions.map(({ key, values = [] }) => ({ key, operator: 'in', values })));
    });
    await writeEvents(w, events, reader);
  });
};
