/** Validation of storage.k8s.io. Follows kubernetes pkg/apis/storage/validation/validation.go, v1.33. */
import type { CSIDriver, CSINode, CSINodeDriver, CSIStorageCapacity, StorageClass, TopologySelectorTerm, V1alpha1VolumeAttributesClass, VolumeAttachment, VolumeError } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { duplicate, forbidden, invalid, notSupported, Path, required, tooLong, type FieldError } from './field.ts';
import { checkDnsSubdomain, checkNonnegative, checkQualifiedName } from './formats.ts';
import { goLabelSelector, goSyntax, GoValue } from './go-value.ts';
import { checkImmutable, checkLabelSelector, IMMUTABLE_TEXT } from './metadata.ts';
import { quantityOf } from './resources.ts';

const SPEC = Path.of('spec');
/** Entries, and bytes of all together. */
const MAX_PARAMETERS = 512;
const MAX_PARAMETERS_SIZE = 256 * 1024;

function checkProvisioner(provisioner: string | undefined, path: Path, errors: FieldError[]): void {
  if (!provisioner) errors.push(required(path));
  else checkQualifiedName(provisioner.toLowerCase(), path, errors);
}

function sizeOf(map: Readonly<Record<string, string>> | undefined): number {
  return Object.entries(map ?? {}).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
}

function checkParameters(parameters: Readonly<Record<string, string>> | undefined, mayBeEmpty: boolean, path: Path, errors: FieldError[]): void {
  const keys = Object.keys(parameters ?? {});
  if (keys.length > MAX_PARAMETERS) {
    errors.push(tooLong(path, MAX_PARAMETERS));
    return;
  }
  if (keys.includes('')) errors.push(invalid(path, '', 'field can not be empty.'));
  if (sizeOf(parameters) > MAX_PARAMETERS_SIZE) errors.push(tooLong(path, MAX_PARAMETERS_SIZE));
  if (!mayBeEmpty && keys.length === 0) errors.push(required(path, 'must contain at least one key/value pair'));
}

export function validateStorageClass(storageClass: StorageClass): FieldError[] {
  const errors: FieldError[] = [];
  checkProvisioner(storageClass.provisioner, Path.of('provisioner'), errors);
  checkParameters(storageClass.parameters, true, Path.of('parameters'), errors);
  const reclaim = storageClass.reclaimPolicy;
  if (reclaim && reclaim !== 'Delete' && reclaim !== 'Retain') errors.push(notSupported('reclaimPolicy', reclaim, ['Delete', 'Retain']));
  const mode = storageClass.volumeBindingMode;
  if (mode === undefined) errors.push(required('volumeBindingMode'));
  else if (mode !== 'Immediate' && mode !== 'WaitForFirstConsumer') errors.push(notSupported('volumeBindingMode', mode, ['Immediate', 'WaitForFirstConsumer']));
  checkTopologies(storageClass.allowedTopologies, Path.of('allowedTopologies'), errors);
  return errors;
}

function checkTopologies(terms: readonly TopologySelectorTerm[] | undefined, path: Path, errors: FieldError[]): void {
  const seen: Record<string, string[]>[] = [];
  (terms ?? []).forEach((term, i) => {
    const expressions: Record<string, string[]> = {};
    (term.matchLabelExpressions ?? []).forEach(({ key = '', values = [] }, j) => {
      const at = path.index(i).child('matchLabelExpressions').index(j);
      if (values.length === 0) errors.push(required(at.child('values')));
      values.forEach((value, k) => {
        if (values.indexOf(value) < k) errors.push(duplicate(at.child('values').index(k), value));
      });
      checkQualifiedName(key, at.child('key'), errors);
      if (Object.hasOwn(expressions, key)) errors.push(duplicate(at.child('key'), key));
      expressions[key] = [...new Set(values)].sort();
    });
    for (const earlier of seen) if (equal(earlier, expressions)) errors.push(duplicate(path.index(i).child('matchLabelExpressions'), ''));
    seen.push(expressions);
  });
}

export function validateStorageClassUpdate(storageClass: StorageClass, old: StorageClass): FieldError[] {
  const errors = validateStorageClass(storageClass);
  if (!equal(storageClass.parameters, old.parameters)) errors.push(forbidden('parameters', 'updates to parameters are forbidden.'));
  if (storageClass.provisioner !== old.provisioner) errors.push(forbidden('provisioner', 'updates to provisioner are forbidden.'));
  if (storageClass.reclaimPolicy !== old.reclaimPolicy) errors.push(forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.'));
  if (storageClass.volumeBindingMode !== old.volumeBindingMode) errors.push(invalid('volumeBindingMode', storageClass.volumeBindingMode ?? null, IMMUTABLE_TEXT));
  return errors;
}

const MAX_DRIVER_NAME = 63;

/** A CSI driver's name. */
export function checkDriverName(name: string | undefined, path: Path, errors: FieldError[]): void {
  if (!name) {
    errors.push(required(path));
    return;
  }
  if (name.length > MAX_DRIVER_NAME) errors.push(tooLong(path, MAX_DRIVER_NAME));
  for (const text of dns1123SubdomainErrors(name.toLowerCase())) errors.push(invalid(path, name, text));
}

const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
const MAX_ERROR_MESSAGE = 1024;

/** A new one has to be called as v1 wants it, beside what held for older ones. */
export function validateVolumeAttachment(attachment: VolumeAttachment): FieldError[] {
  const errors = olderAttachmentFaults(attachment);
  const { attacher, source } = attachment.spec ?? {};
  checkDriverName(attacher, SPEC.child('attacher'), errors);
  const volume = source?.persistentVolumeName;
  if (volume !== undefined) checkDnsSubdomain(volume, SPEC.child('source', 'persistentVolumeName'), errors);
  return errors;
}

function olderAttachmentFaults({ spec, status }: VolumeAttachment): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec?.attacher) errors.push(required(SPEC.child('attacher')));
  const { inlineVolumeSpec, persistentVolumeName } = spec?.source ?? {};
  const source = SPEC.child('source');
  if (!inlineVolumeSpec && persistentVolumeName === undefined) errors.push(required(source, ONE_SOURCE));
  else if (inlineVolumeSpec && persistentVolumeName !== undefined) errors.push(forbidden(source, ONE_SOURCE));
  else if (persistentVolumeName === '') errors.push(required(source.child('persistentVolumeName'), 'must specify non empty persistentVolumeName'));
  checkDnsSubdomain(spec?.nodeName ?? '', SPEC.child('nodeName'), errors);
  if (sizeOf(status?.attachmentMetadata) > MAX_PARAMETERS_SIZE) errors.push(tooLong(Path.of('status', 'attachmentMetadata'), MAX_PARAMETERS_SIZE));
  checkVolumeError(status?.attachError, Path.of('status', 'attachError'), errors);
  checkVolumeError(status?.detachError, Path.of('status', 'detachError'), errors);
  return errors;
}

function checkVolumeError(error: VolumeError | undefined, path: Path, errors: FieldError[]): void {
  // The limit that upstream names is that of the metadata.
  if (Buffer.byteLength(error?.message ?? '') > MAX_ERROR_MESSAGE) errors.push(tooLong(path.child('message'), MAX_PARAMETERS_SIZE));
}

export function validateVolumeAttachmentUpdate(attachment: VolumeAttachment, old: VolumeAttachment): FieldError[] {
  const errors = olderAttachmentFaults(attachment);
  const { attacher = '', nodeName = '' } = attachment.spec ?? {};
  checkImmutable(attachment.spec, old.spec, SPEC, errors, new GoValue(`storage.VolumeAttachmentSpec{Attacher:"${attacher}", Source:storage.VolumeAttachmentSource{PersistentVolumeName:(*string)(0xc000000000), InlineVolumeSpec:(*core.PersistentVolumeSpec)(nil)}, NodeName:"${nodeName}"}`));
  return errors;
}

const MAX_NODE_ID = 256;

export function validateCsiNode(node: CSINode): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  (node.spec?.drivers ?? []).forEach((driver, i) => {
    const at = SPEC.child('drivers').index(i);
    checkNodeDriver(driver, names, at, errors);
    names.add(driver.name);
  });
  return errors;
}

function checkNodeDriver(driver: CSINodeDriver, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  checkDriverName(driver.name, path.child('name'), errors);
  if (!driver.nodeID) errors.push(required(path.child('nodeID')));
  else if (driver.nodeID.length > MAX_NODE_ID) errors.push(invalid(path.child('nodeID'), driver.nodeID, `must be ${MAX_NODE_ID} characters or less`));
  checkNonnegative(driver.allocatable?.count, path.child('allocatable', 'count'), errors);
  if (names.has(driver.name)) errors.push(duplicate(path.child('name'), driver.name));
  const keys = new Set<string>();
  for (const key of driver.topologyKeys ?? []) {
    if (!key) errors.push(required(path));
    if (keys.has(key)) errors.push(duplicate(path, key));
    keys.add(key);
    checkQualifiedName(key, path, errors);
  }
}

export function validateCsiNodeUpdate(node: CSINode, old: CSINode): FieldError[] {
  const errors = validateCsiNode(node);
  for (const before of old.spec?.drivers ?? []) {
    const now = node.spec?.drivers?.find(({ name }) => name === before.name);
    if (now) checkImmutable(now, before, SPEC.child('drivers'), errors, new GoValue(`storage.CSINodeDriver${goSyntax(now)}`));
  }
  return errors;
}

const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLE_MODES = ['Persistent', 'Ephemeral'];

export function validateCsiDriver({ spec }: CSIDriver): FieldError[] {
  const errors: FieldError[] = [];
  // Upstream calls the field so.
  for (const [field, name] of [['attachRequired', 'attachedRequired'], ['podInfoOnMount'], ['storageCapacity']] as const) if (spec?.[field] === undefined) errors.push(required(SPEC.child(name ?? field)));
  const policy = spec?.fsGroupPolicy;
  if (policy !== undefined && !FS_GROUP_POLICIES.includes(policy)) errors.push(notSupported(SPEC.child('fsGroupPolicy'), policy, FS_GROUP_POLICIES));
  const audiences = new Set<string>();
  (spec?.tokenRequests ?? []).forEach(({ audience, expirationSeconds }, i) => {
    const at = SPEC.child('tokenRequests').index(i);
    if (audiences.has(audience)) {
      errors.push(duplicate(at.child('audience'), audience));
      return;
    }
    audiences.add(audience);
    if (expirationSeconds === undefined) return;
    if (expirationSeconds < 600) errors.push(invalid(at.child('expirationSeconds'), expirationSeconds, 'may not specify a duration less than 10 minutes'));
    if (expirationSeconds > 2 ** 32) errors.push(invalid(at.child('expirationSeconds'), expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  });
  for (const mode of spec?.volumeLifecycleModes ?? []) if (!LIFECYCLE_MODES.includes(mode)) errors.push(notSupported(SPEC.child('volumeLifecycleModes'), mode, LIFECYCLE_MODES));
  if (spec?.seLinuxMount === undefined) errors.push(required(SPEC.child('seLinuxMount')));
  return errors;
}

export function validateCsiDriverUpdate(driver: CSIDriver, old: CSIDriver): FieldError[] {
  const errors = validateCsiDriver(driver);
  checkImmutable(driver.spec?.attachRequired, old.spec?.attachRequired, SPEC.child('attachedRequired'), errors);
  checkImmutable(driver.spec?.volumeLifecycleModes, old.spec?.volumeLifecycleModes, SPEC.child('volumeLifecycleModes'), errors, new GoValue(`[]storage.VolumeLifecycleMode{${(driver.spec?.volumeLifecycleModes ?? []).map((mode) => `"${mode}"`).join(', ')}}`));
  return errors;
}

export function validateCsiStorageCapacity(capacity: CSIStorageCapacity): FieldError[] {
  const errors: FieldError[] = [];
  checkLabelSelector(capacity.nodeTopology, Path.of('nodeTopology'), errors);
  checkDnsSubdomain(capacity.storageClassName ?? '', Path.of('storageClassName'), errors);
  if (capacity.capacity !== undefined && quantityOf(capacity.capacity).nano < 0n) errors.push(invalid('capacity', quantityOf(capacity.capacity).toString(), 'must be greater than or equal to 0'));
  return errors;
}

export function validateCsiStorageCapacityUpdate(capacity: CSIStorageCapacity, old: CSIStorageCapacity): FieldError[] {
  const errors = validateCsiStorageCapacity(capacity);
  checkImmutable(capacity.nodeTopology, old.nodeTopology, Path.of('nodeTopology'), errors, goLabelSelector(capacity.nodeTopology));
  checkImmutable(capacity.storageClassName, old.storageClassName, Path.of('storageClassName'), errors);
  return errors;
}

export function validateVolumeAttributesClass({ driverName, parameters }: V1alpha1VolumeAttributesClass): FieldError[] {
  const errors: FieldError[] = [];
  checkProvisioner(driverName, Path.of('driverName'), errors);
  checkParameters(parameters, false, Path.of('parameters'), errors);
  return errors;
}

export function validateVolumeAttributesClassUpdate(attributes: V1alpha1VolumeAttributesClass, old: V1alpha1VolumeAttributesClass): FieldError[] {
  const errors: FieldError[] = [];
  if (attributes.driverName !== old.driverName) errors.push(forbidden('driverName', 'updates to driverName are forbidden.'));
  if (!equal(attributes.parameters, old.parameters)) errors.push(forbidden('parameters', 'updates to parameters are forbidden.'));
  return [...errors, ...validateVolumeAttributesClass(attributes)];
}
