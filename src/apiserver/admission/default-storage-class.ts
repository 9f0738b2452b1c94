/** A claim that names no class gets the default one. Follows kubernetes plugin/pkg/admission/storage/storageclass/setdefault. */
import type { PersistentVolumeClaim } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { STORAGECLASSES } from '../../api/kinds.ts';
import { DEFAULT_STORAGE_CLASS, newestDefault } from '../../api/newest-default.ts';
import type { AdmissionPlugin, Attributes } from './plugin.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: (operation, { group, plural }, subresource) => operation === 'create' && group === '' && plural === 'persistentvolumeclaims' && subresource === '',

  async admit({ object }: Attributes, cluster) {
    const claim = object as Draft<PersistentVolumeClaim>;
    // "" is a class, too: none.
    if (claim.spec?.storageClassName !== undefined || claim.metadata?.annotations?.[CLASS_ANNOTATION] !== undefined) return undefined;
    const name = newestDefault(await cluster.list(STORAGECLASSES), DEFAULT_STORAGE_CLASS)?.metadata.name;
    if (name === undefined) return undefined;
    (claim.spec ??= {}).storageClassName = name;
    return `storageClassName ${name}`;
  },
};
