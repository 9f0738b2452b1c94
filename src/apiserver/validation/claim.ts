/** Validation of PersistentVolumeClaims' specs. Follows kubernetes pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimSpec). */
import type { PersistentVolumeClaimSpec } from '../../api/generated/types.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { forbidden, invalid, notSupported, required, type FieldError, type Path } from './field.ts';
import { checkLabelSelector } from './metadata.ts';
import { checkResourceQuantity, quantityOf } from './resources.ts';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES = ['Block', 'Filesystem'];

export function checkAccessModes(modes: readonly string[] | undefined, path: Path, errors: FieldError[]): void {
  let oncePod = false;
  let others = false;
  for (const mode of modes ?? []) {
    if (!ACCESS_MODES.includes(mode)) errors.push(notSupported(path, mode, ACCESS_MODES));
    else if (mode === 'ReadWriteOncePod') oncePod = true;
    else others = true;
  }
  if (oncePod && others) errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
}

/** A storage size: an amount above zero. */
export function checkStorageSize(text: string, path: Path, errors: FieldError[]): void {
  const size = quantityOf(text);
  if (size.nano <= 0n) errors.push(invalid(path, size.toString(), 'must be greater than zero'));
  else checkResourceQuantity('storage', size, path, errors);
}

export function checkClaimSpec(spec: PersistentVolumeClaimSpec, path: Path, errors: FieldError[]): void {
  if (!spec.accessModes?.length) errors.push(required(path.child('accessModes'), 'at least 1 access mode is required'));
  checkLabelSelector(spec.selector, path.child('selector'), errors);
  checkAccessModes(spec.accessModes, path.child('accessModes'), errors);
  const size = spec.resources?.requests?.storage;
  const sizePath = path.child('resources').key('storage');
  if (size === undefined) errors.push(required(sizePath));
  else checkStorageSize(size, sizePath, errors);
  if (spec.storageClassName) for (const text of dns1123SubdomainErrors(spec.storageClassName)) errors.push(invalid(path.child('storageClassName'), spec.storageClassName, text));
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) errors.push(notSupported(path.child('volumeMode'), spec.volumeMode, VOLUME_MODES));
  for (const name of ['dataSource', 'dataSourceRef'] as const) {
    const source = spec[name];
    if (!source) continue;
    const at = path.child(name);
    if (!source.name) errors.push(required(at.child('name')));
    if (!source.kind) errors.push(required(at.child('kind')));
    if (!source.apiGroup && source.kind !== 'PersistentVolumeClaim') errors.push(invalid(at, source.kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
    if (source.apiGroup) for (const text of dns1123SubdomainErrors(source.apiGroup)) errors.push(invalid(at.child('apiGroup'), source.apiGroup, text));
  }
}
