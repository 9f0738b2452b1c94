/** Validation of PersistentVolumes. Follows kubernetes pkg/apis/core/validation/validation.go (ValidatePersistentVolume and below). */
import type { PersistentVolume, VolumeNodeAffinity } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { checkAccessModes, VOLUME_MODES } from './claim.ts';
import { forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { goDiff } from './go-diff.ts';
import { goTyped } from './go-typed.ts';
import { goResourceList } from './go-value.ts';
import { checkImmutable, IMMUTABLE_TEXT } from './metadata.ts';
import { checkBasicQuantity, quantityOf } from './resources.ts';
import { checkNodeSelector } from './scheduling.ts';
import { checkPersistentSource, persistentSource } from './volume-sources.ts';

const SPEC = Path.of('spec');
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];

export function validatePersistentVolume(volume: PersistentVolume): FieldError[] {
  const errors: FieldError[] = [];
  const spec = volume.spec ?? {};
  if (!spec.accessModes?.length) errors.push(required(SPEC.child('accessModes')));
  checkAccessModes(spec.accessModes, SPEC.child('accessModes'), errors);
  const capacity = Object.entries(spec.capacity ?? {});
  const capacityPath = SPEC.child('capacity');
  if (!capacity.length) errors.push(required(capacityPath));
  if (spec.capacity?.storage === undefined || capacity.length > 1) errors.push(notSupported(capacityPath, goResourceList(spec.capacity), ['storage']));
  for (const [name, amount] of capacity) {
    checkBasicQuantity(amount, capacityPath.key(name), errors);
    if (quantityOf(amount).nano <= 0n) errors.push(invalid(capacityPath.key(name), quantityOf(amount).toString(), 'must be greater than zero'));
  }
  const policy = spec.persistentVolumeReclaimPolicy;
  const policyPath = SPEC.child('persistentVolumeReclaimPolicy');
  if (policy && !RECLAIM_POLICIES.includes(policy)) errors.push(notSupported(policyPath, policy, RECLAIM_POLICIES));
  if (spec.nodeAffinity) {
    const path = SPEC.child('nodeAffinity', 'required');
    if (spec.nodeAffinity.required) checkNodeSelector(spec.nodeAffinity.required, path, errors);
    else errors.push(required(path, 'must specify required node constraints'));
  }
  checkPersistentSource(spec, volume.metadata?.name ?? '', SPEC, errors);
  if (spec.hostPath && /^\/*(\.?\/*)*$/.test(spec.hostPath.path ?? '') && spec.hostPath.path?.startsWith('/') && policy === 'Recycle') errors.push(forbidden(policyPath, "may not be 'recycle' for a hostPath mount of '/'"));
  if (spec.storageClassName) for (const text of dns1123SubdomainErrors(spec.storageClassName)) errors.push(invalid(SPEC.child('storageClassName'), spec.storageClassName, text));
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) errors.push(notSupported(SPEC.child('volumeMode'), spec.volumeMode, VOLUME_MODES));
  return errors;
}

const GA_LABELS: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** The same affinity, but for labels that were given their lasting names. */
function keepsAffinity(now: VolumeNodeAffinity | undefined, old: VolumeNodeAffinity): boolean {
  const terms = now?.required?.nodeSelectorTerms ?? [];
  const before = old.required?.nodeSelectorTerms ?? [];
  const renamed = before.map((term, i) => ({
    ...term,
    ...(term.matchExpressions ? { matchExpressions: term.matchExpressions.map((expression, j) => (GA_LABELS[expression.key] === terms[i]?.matchExpressions?.[j]?.key ? { ...expression, key: GA_LABELS[expression.key] } : expression)) } : {}),
  }));
  return equal(terms, renamed);
}

export function validatePersistentVolumeUpdate(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  if (equal(volume.spec, old.spec)) return [];
  const errors = validatePersistentVolume(volume);
  const before = persistentSource(old.spec ?? {});
  let now = persistentSource(volume.spec ?? {});
  // The secret for expanding may be added later.
  if (before.csi && !before.csi.controllerExpandSecretRef && now.csi?.controllerExpandSecretRef) {
    const { controllerExpandSecretRef: _, ...csi } = now.csi;
    now = { ...now, csi };
  }
  const diff = equal(now, before) ? '' : goDiff('core.PersistentVolumeSource', before, now);
  if (diff) errors.push(forbidden(SPEC.child('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${diff}`));
  checkImmutable(volume.spec?.volumeMode, old.spec?.volumeMode, Path.of('volumeMode'), errors, volume.spec?.volumeMode ?? null);
  const affinity = old.spec?.nodeAffinity;
  if (affinity && !keepsAffinity(volume.spec?.nodeAffinity, affinity))
    errors.push(invalid('nodeAffinity', goTyped('core.VolumeNodeAffinity', volume.spec?.nodeAffinity), `${IMMUTABLE_TEXT}, except for updating from beta label to GA`));
  return errors;
}
