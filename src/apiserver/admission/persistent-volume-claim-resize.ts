/** Claims grow only where their class allows it. Follows kubernetes plugin/pkg/admission/storage/persistentvolume/resize. */
import type { PersistentVolumeClaim } from '../../api/generated/types.ts';
import { STORAGECLASSES } from '../../api/kinds.ts';
import { parseQuantity, type Quantity } from '../../api/quantity.ts';
import { refuse, type AdmissionPlugin, type Attributes } from './plugin.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

const sizeOf = ({ spec }: PersistentVolumeClaim): Quantity => parseQuantity(spec?.resources?.requests?.storage ?? '0');
const classOf = ({ spec, metadata }: PersistentVolumeClaim): string => metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '';

export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: (operation, { group, plural }, subresource) => operation === 'update' && group === '' && plural === 'persistentvolumeclaims' && subresource === '',

  async validate(attributes: Attributes, cluster) {
    const claim = attributes.object as PersistentVolumeClaim;
    const old = attributes.old as PersistentVolumeClaim;
    if (sizeOf(claim).compare(sizeOf(old)) <= 0) return undefined;
    if (old.status?.phase !== 'Bound') throw refuse(attributes, 'Only bound persistent volume claims can be expanded');
    const name = classOf(claim);
    const storageClass = name !== '' && name === classOf(old) ? await cluster.get(STORAGECLASSES, undefined, name) : undefined;
    if (storageClass?.allowVolumeExpansion) return undefined;
    throw refuse(attributes, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  },
};
