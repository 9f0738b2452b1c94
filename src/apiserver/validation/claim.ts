/** Validation of PersistentVolumeClaims and of the templates that others carry. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { ObjectMeta, PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimTemplate, TypedObjectReference } from '../../api/generated/types.ts';
import { draft, equal } from '../../api/json.ts';
import { dns1123SubdomainErrors, labelKeyErrors } from '../../api/names.ts';
import { forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkDnsLabel, checkDnsSubdomain } from './formats.ts';
import { goDiff } from './go-diff.ts';
import { ADDRESS } from './go-typed.ts';
import { GoValue } from './go-value.ts';
import { checkAnnotations, checkImmutable, checkLabels, checkLabelSelector, IMMUTABLE_TEXT } from './metadata.ts';
import { checkBasicQuantity, checkResourceQuantity, goResourceName, isNativeResource, quantityOf } from './resources.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');
const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES = ['Block', 'Filesystem'];
/** Where the storage class was named before v1.6. */
export const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

export function checkAccessModes(modes: readonly string[] | undefined, path: Path, errors: FieldError[]): void {
  for (const mode of modes ?? []) if (!ACCESS_MODES.includes(mode)) errors.push(notSupported(path, mode, ACCESS_MODES));
  if (modes?.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode))) errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
}

/** A data source, by either of its names. */
function checkDataSource(source: TypedObjectReference | undefined, path: Path, errors: FieldError[]): void {
  if (!source) return;
  const { apiGroup = '', kind = '', name = '', namespace = '' } = source;
  if (!name) errors.push(required(path.child('name')));
  if (!kind) errors.push(required(path.child('kind')));
  if (!apiGroup && kind !== 'PersistentVolumeClaim') errors.push(invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup) checkDnsSubdomain(apiGroup, path.child('apiGroup'), errors);
  if (namespace) checkDnsLabel(namespace, path.child('namespace'), errors);
}

export function checkClaimSpec(spec: PersistentVolumeClaimSpec, path: Path, errors: FieldError[]): void {
  if (!spec.accessModes?.length) errors.push(required(path.child('accessModes'), 'at least 1 access mode is required'));
  checkLabelSelector(spec.selector, path.child('selector'), errors);
  checkAccessModes(spec.accessModes, path.child('accessModes'), errors);
  const size = spec.resources?.requests?.storage;
  const sizePath = path.child('resources').key('storage');
  if (size === undefined) errors.push(required(sizePath));
  else if (quantityOf(size).nano <= 0n) errors.push(invalid(sizePath, quantityOf(size).toString(), 'must be greater than zero'));
  else checkResourceQuantity('storage', size, sizePath, errors);
  if (spec.storageClassName) for (const text of dns1123SubdomainErrors(spec.storageClassName)) errors.push(invalid(path.child('storageClassName'), spec.storageClassName, text));
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) errors.push(notSupported(path.child('volumeMode'), spec.volumeMode, VOLUME_MODES));
  const { dataSource, dataSourceRef } = spec;
  checkDataSource(dataSource, path.child('dataSource'), errors);
  checkDataSource(dataSourceRef, path.child('dataSourceRef'), errors);
  // Upstream hands over a path as the value.
  const shown = new GoValue(`field.Path{name:"dataSource", index:"", parent:(*field.Path)(${ADDRESS})}`);
  if (dataSource && dataSourceRef?.namespace) errors.push(invalid(path, shown, 'may not be specified when dataSourceRef.namespace is specified'));
  else if (dataSource && dataSourceRef && (dataSource.apiGroup !== dataSourceRef.apiGroup || dataSource.kind !== dataSourceRef.kind || dataSource.name !== dataSourceRef.name))
    errors.push(invalid(path, shown, 'must match dataSourceRef'));
}

/** The claim that an ephemeral volume makes: of its metadata only labels and annotations are taken. */
export function checkClaimTemplate(template: PersistentVolumeClaimTemplate, path: Path, errors: FieldError[]): void {
  const meta: ObjectMeta = template.metadata ?? {};
  const at = path.child('metadata');
  checkAnnotations(meta.annotations, at.child('annotations'), errors);
  checkLabels(meta.labels, at.child('labels'), errors);
  for (const name of OTHER_META) if (meta[name] !== undefined && meta[name] !== null && meta[name] !== '') errors.push(forbidden(at.child(GO_META[name] ?? name), 'cannot be set'));
  checkClaimSpec(template.spec ?? {}, path.child('spec'), errors);
}

/** The rest of metadata in the order of the Go struct, and what reflection calls a field there. */
const OTHER_META = ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'ownerReferences', 'finalizers', 'managedFields'] as const;
const GO_META: Readonly<Record<string, string>> = { uid: 'uID' };

export function validateClaim(claim: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  checkClaimSpec(claim.spec ?? {}, SPEC, errors);
  return errors;
}

/** A class may be set once: as the field what was the annotation, or where none was. */
function mungeClass(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, now: { storageClassName?: string }, errors: FieldError[]): void {
  const annotation = claim.metadata?.annotations?.[BETA_CLASS];
  const before = old.metadata?.annotations?.[BETA_CLASS];
  const oldName = old.spec?.storageClassName;
  const name = claim.spec?.storageClassName;
  if (before !== undefined && oldName === undefined && name === before && (annotation === undefined || annotation === before)) {
    delete now.storageClassName;
    return;
  }
  if ((annotation ?? '') !== (before ?? '')) errors.push(invalid(Path.of('metadata', 'annotations', BETA_CLASS), annotation ?? '', IMMUTABLE_TEXT));
  if (name !== undefined && oldName === undefined && (before === undefined || name === before)) delete now.storageClassName;
}

export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const now = claim.spec ?? {};
  const before = old.spec ?? {};
  if (equal(now, before) && equal(claim.metadata?.annotations, old.metadata?.annotations)) return [];
  const errors = validateClaim(claim);
  const munged = draft(now);
  const oldMunged = draft(before);
  if (!before.volumeName) {
    if (munged.volumeName === undefined) delete oldMunged.volumeName;
    else oldMunged.volumeName = munged.volumeName;
  }
  mungeClass(claim, old, munged, errors);
  const oldSize = before.resources?.requests?.storage;
  if (claim.status?.phase === 'Bound' && munged.resources?.requests && oldSize !== undefined) munged.resources.requests.storage = oldSize;
  const diff = equal(munged, oldMunged) ? '' : goDiff('core.PersistentVolumeClaimSpec', oldMunged, munged);
  if (diff) errors.push(forbidden(SPEC, `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${diff}`));
  const size = quantityOf(now.resources?.requests?.storage);
  // A claim that could not grow may ask for less again, but not for less than it has.
  if (size.compare(quantityOf(oldSize)) < 0 && size.compare(quantityOf(old.status?.capacity?.storage)) <= 0)
    errors.push(forbidden(SPEC.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity'));
  checkImmutable(now.volumeMode, before.volumeMode, Path.of('volumeMode'), errors, now.volumeMode ?? null);
  return errors;
}

const RESIZE_STATUSES = ['ControllerResizeInProgress', 'ControllerResizeInfeasible', 'NodeResizeInProgress', 'NodeResizeInfeasible', 'NodeResizePending'].sort();

function checkAllocatedKey(name: string, path: Path, errors: FieldError[]): boolean {
  const texts = labelKeyErrors(name);
  for (const text of texts) errors.push(invalid(path, name, text));
  if (texts.length) return false;
  if (!isNativeResource(name) || name === 'storage') return true;
  errors.push(notSupported(path, name, ['storage']));
  return false;
}

export function validateClaimStatusUpdate(claim: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  const { capacity = {}, allocatedResourceStatuses = {}, allocatedResources = {} } = claim.status ?? {};
  for (const [name, amount] of Object.entries(capacity)) checkBasicQuantity(amount, STATUS.child('capacity').key(name), errors);
  const statusPath = STATUS.child('allocatedResourceStatus');
  for (const [name, status] of Object.entries(allocatedResourceStatuses)) {
    checkAllocatedKey(name, statusPath, errors);
    if (!RESIZE_STATUSES.includes(status)) errors.push(notSupported(statusPath, goResourceName(name), RESIZE_STATUSES));
  }
  const path = STATUS.child('allocatedResources');
  for (const [name, amount] of Object.entries(allocatedResources)) {
    if (!checkAllocatedKey(name, path, errors)) continue;
    const count = errors.length;
    checkBasicQuantity(amount, path.key(name), errors);
    if (errors.length === count) checkResourceQuantity('storage', amount, path.key(name), errors);
  }
  return errors;
}
