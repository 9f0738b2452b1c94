/** Claims and volumes stay as long as somebody uses them: by a finalizer. Follows kubernetes plugin/pkg/admission/storage/storageobjectinuseprotection. */
import type { AdmissionPlugin, Attributes } from './plugin.ts';

const FINALIZERS: Readonly<Record<string, string>> = { persistentvolumeclaims: 'kubernetes.io/pvc-protection', persistentvolumes: 'kubernetes.io/pv-protection' };

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: (operation, { group, plural }, subresource) => operation === 'create' && group === '' && subresource === '' && FINALIZERS[plural] !== undefined,

  admit({ object, resource }: Attributes) {
    const finalizer = FINALIZERS[resource.plural];
    const meta = object && (object.metadata ??= {});
    if (!meta || finalizer === undefined || meta.finalizers?.includes(finalizer)) return undefined;
    (meta.finalizers ??= []).push(finalizer);
    return `finalizer ${finalizer}`;
  },
};
