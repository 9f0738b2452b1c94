/** What of a PersistentVolume is allowed but worth a word. Follows kubernetes pkg/api/persistentvolume/util.go. */
import type { PersistentVolume } from '../../api/generated/types.ts';
import { Path } from '../validation/field.ts';
import { nodeTermWarnings } from './node-warnings.ts';
import { DEPRECATED_VOLUMES } from './pod-warnings.ts';
import { OLD_CLASS_ANNOTATION, OLD_CLASS_TEXT } from './warnings.ts';

const SPEC = Path.of('spec');
const DEPRECATED_ANNOTATIONS: readonly (readonly [string, string])[] = [
  [OLD_CLASS_ANNOTATION, OLD_CLASS_TEXT],
  ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'],
];
/** Those that PersistentVolumes are warned of. */
const SOURCES: ReadonlySet<string> = new Set(['cephfs', 'glusterfs', 'photonPersistentDisk', 'rbd', 'scaleIO', 'storageos']);

export function volumeWarnings({ metadata, spec }: PersistentVolume): string[] {
  const warnings: string[] = [];
  for (const [key, text] of DEPRECATED_ANNOTATIONS) if (metadata?.annotations?.[key] !== undefined) warnings.push(`${Path.of('metadata', 'annotations').key(key)}: ${text}`);
  if (spec?.persistentVolumeReclaimPolicy === 'Recycle')
    warnings.push('spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.');
  (spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []).forEach((term, i) => warnings.push(...nodeTermWarnings(term, false, SPEC.child('nodeAffinity', 'required', 'nodeSelectorTerms').index(i))));
  for (const [name, shown, text] of DEPRECATED_VOLUMES) if (SOURCES.has(name) && name in (spec ?? {})) warnings.push(`${SPEC.child(shown)}: ${text}`);
  return warnings;
}
