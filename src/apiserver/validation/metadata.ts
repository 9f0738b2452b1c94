/** Validation of metadata and of label selectors. Follows apimachinery pkg/api/validation/objectmeta.go, pkg/apis/meta/v1/validation, and kubernetes pkg/apis/core/validation. */
import type { LabelSelector, ObjectMeta, OwnerReference } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { selectorFromLabelSelector, type Selector } from '../../api/labels.ts';
import { labelKeyErrors, labelValueErrors } from '../../api/names.ts';
import { parseApiVersion } from '../../api/resource.ts';
import { forbidden, invalid, Path, required, tooLong, type FieldError } from './field.ts';
import { checkNonnegative, nameIsDnsLabel, type NameCheck } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { goStrings, GoValue } from './go-value.ts';

/** Bytes of all annotations of an object together. */
const MAX_ANNOTATIONS_SIZE = 256 * 1024;
const METADATA = Path.of('metadata');
export const IMMUTABLE_TEXT = 'field is immutable';
/** Finalizers without a domain that the core knows. */
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

type LabelMap = Readonly<Record<string, string | undefined>> | undefined;

export function checkLabels(labels: LabelMap, path: Path, errors: FieldError[]): void {
  for (const key in labels) {
    const value = labels[key] ?? '';
    for (const text of labelKeyErrors(key)) errors.push(invalid(path, key, text));
    for (const text of labelValueErrors(value)) errors.push(invalid(path, value, text));
  }
}

export function checkAnnotations(annotations: LabelMap, path: Path, errors: FieldError[]): void {
  let size = 0;
  for (const key in annotations) {
    for (const text of labelKeyErrors(key.toLowerCase())) errors.push(invalid(path, key, text));
    const value = annotations[key] ?? '';
    size += key.length + value.length;
  }
  // Text beyond ASCII takes more bytes than characters; counted only where it may matter.
  if (size * 3 > MAX_ANNOTATIONS_SIZE) {
    size = 0;
    for (const key in annotations) size += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? '');
    if (size > MAX_ANNOTATIONS_SIZE) errors.push(tooLong(path, MAX_ANNOTATIONS_SIZE));
  }
}

function checkOwners(owners: readonly OwnerReference[] | undefined, errors: FieldError[]): void {
  if (!owners?.length) return;
  const path = METADATA.child('ownerReferences');
  let controller = '';
  for (const owner of owners) {
    const { group, version } = parseApiVersion(owner.apiVersion ?? '');
    if (!version) errors.push(invalid(path.child('apiVersion'), owner.apiVersion ?? '', 'version must not be empty'));
    if (!owner.kind) errors.push(invalid(path.child('kind'), '', 'kind must not be empty'));
    if (!owner.name) errors.push(invalid(path.child('name'), '', 'name must not be empty'));
    if (!owner.uid) errors.push(invalid(path.child('uid'), '', 'uid must not be empty'));
    if (group === '' && version === 'v1' && owner.kind === 'Event') errors.push(invalid(path, goTyped('v1.OwnerReference', owner), '/v1, Kind=Event is disallowed from being an owner'));
    if (!owner.controller) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller) errors.push(invalid(path, goTyped('[]v1.OwnerReference', owners), `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`));
    else controller = name;
  }
}

/** A finalizer without a domain has to be one that the core knows. */
function checkKubeFinalizer(name: string, path: Path, errors: FieldError[]): void {
  if (!name.includes('/') && !STANDARD_FINALIZERS.has(name)) errors.push(invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified'));
}

/** Shape and standing of a finalizer's name, as for a namespace's spec.finalizers. */
export function checkFinalizerName(name: string, path: Path, errors: FieldError[]): void {
  for (const text of labelKeyErrors(name)) errors.push(invalid(path, name, text));
  checkKubeFinalizer(name, path, errors);
}

export interface MetaRules {
  readonly namespaced: boolean;
  readonly validateName: NameCheck;
  /** Whether finalizers without a domain have to be the core's own: true for built-in kinds, false for custom resources. */
  readonly standardFinalizers?: boolean;
}

/** Metadata of a new object (name generation done). */
export function validateObjectMeta(meta: ObjectMeta, rules: MetaRules): FieldError[] {
  const errors: FieldError[] = [];
  if (meta.generateName) for (const text of rules.validateName(meta.generateName, true)) errors.push(invalid(METADATA.child('generateName'), meta.generateName, text));
  if (!meta.name) errors.push(required(METADATA.child('name'), 'name or generateName is required'));
  else for (const text of rules.validateName(meta.name, false)) errors.push(invalid(METADATA.child('name'), meta.name, text));
  if (rules.namespaced) {
    if (!meta.namespace) errors.push(required(METADATA.child('namespace')));
    else for (const text of nameIsDnsLabel(meta.namespace, false)) errors.push(invalid(METADATA.child('namespace'), meta.namespace, text));
  } else if (meta.namespace) errors.push(forbidden(METADATA.child('namespace'), 'not allowed on this type'));
  checkNonnegative(meta.generation, METADATA.child('generation'), errors);
  checkLabels(meta.labels, METADATA.child('labels'), errors);
  checkAnnotations(meta.annotations, METADATA.child('annotations'), errors);
  checkOwners(meta.ownerReferences, errors);
  checkFinalizers(meta.finalizers, errors);
  if (rules.standardFinalizers !== false) (meta.finalizers ?? []).forEach((name, i) => checkKubeFinalizer(name, METADATA.child('finalizers').index(i), errors));
  return errors;
}

function checkFinalizers(finalizers: readonly string[] | undefined, errors: FieldError[]): void {
  if (!finalizers?.length) return;
  const path = METADATA.child('finalizers');
  for (const name of finalizers) for (const text of labelKeyErrors(name)) errors.push(invalid(path, name, text));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.push(invalid(path, new GoValue(goStrings(finalizers)), 'finalizer orphan and foregroundDeletion cannot be both set'));
}

/** What may not change in metadata, and the new metadata by itself. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, standardFinalizers = true): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) {
    const before = new Set(old.finalizers);
    const added = (meta.finalizers ?? []).filter((name) => !before.has(name)).sort();
    if (added.length)
      errors.push(forbidden(METADATA.child('finalizers'), `no new finalizers can be added if the object is being deleted, found new finalizers ${goStrings([...new Set(added)])}`));
  }
  if (!meta.resourceVersion) errors.push(invalid(METADATA.child('resourceVersion'), '', 'must be specified for an update'));
  if ((meta.generation ?? 0) < (old.generation ?? 0)) errors.push(invalid(METADATA.child('generation'), meta.generation ?? 0, 'must not be decremented'));
  if ((meta.name ?? '') !== (old.name ?? '')) errors.push(invalid(METADATA.child('name'), meta.name ?? '', IMMUTABLE_TEXT));
  if ((meta.namespace ?? '') !== (old.namespace ?? '')) errors.push(invalid(METADATA.child('namespace'), meta.namespace ?? '', IMMUTABLE_TEXT));
  if ((meta.uid ?? '') !== (old.uid ?? '')) errors.push(invalid(METADATA.child('uid'), meta.uid ?? '', IMMUTABLE_TEXT));
  if (meta.creationTimestamp !== old.creationTimestamp) errors.push(invalid(METADATA.child('creationTimestamp'), goTime(meta.creationTimestamp), IMMUTABLE_TEXT));
  if (meta.deletionTimestamp !== old.deletionTimestamp) errors.push(invalid(METADATA.child('deletionTimestamp'), meta.deletionTimestamp === undefined ? null : goTime(meta.deletionTimestamp), IMMUTABLE_TEXT));
  if (meta.deletionGracePeriodSeconds !== old.deletionGracePeriodSeconds)
    errors.push(invalid(METADATA.child('deletionGracePeriodSeconds'), meta.deletionGracePeriodSeconds ?? null, IMMUTABLE_TEXT));
  if (!equal(meta.labels, old.labels)) checkLabels(meta.labels, METADATA.child('labels'), errors);
  if (!equal(meta.annotations, old.annotations)) checkAnnotations(meta.annotations, METADATA.child('annotations'), errors);
  checkOwners(meta.ownerReferences, errors);
  if (standardFinalizers) (meta.finalizers ?? []).forEach((name, i) => checkKubeFinalizer(name, METADATA.child('finalizers').index(i), errors));
  return errors;
}

/** Go's text of a time (time.Time.String), as its errors show it. */
export function goTime(time: string | undefined): GoValue {
  return new GoValue(time === undefined ? '0001-01-01 00:00:00 +0000 UTC' : time.replace('T', ' ').replace('Z', ' +0000 UTC'));
}

export function checkLabelSelector(selector: LabelSelector | undefined, path: Path, errors: FieldError[]): void {
  if (!selector) return;
  checkLabels(selector.matchLabels, path.child('matchLabels'), errors);
  (selector.matchExpressions ?? []).forEach((expression, i) => {
    const at = path.child('matchExpressions').index(i);
    const count = expression.values?.length ?? 0;
    switch (expression.operator) {
      case 'In':
      case 'NotIn':
        if (count === 0) errors.push(required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (count > 0) errors.push(forbidden(at.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
        break;
      default:
        errors.push(invalid(at.child('operator'), expression.operator ?? '', 'not a valid selector operator'));
    }
    for (const text of labelKeyErrors(expression.key ?? '')) errors.push(invalid(at.child('key'), expression.key ?? '', text));
    (expression.values ?? []).forEach((value, j) => {
      for (const text of labelValueErrors(value)) errors.push(invalid(at.child('values').index(j), value, text));
    });
  });
}

/** The selector as a matcher; undefined where it is none (its faults are told by checkLabelSelector). */
export function selectorMatcher(selector: LabelSelector | undefined): Selector | undefined {
  try {
    return selectorFromLabelSelector(selector);
  } catch {
    return undefined;
  }
}

/** How many requirements a selector has. */
export const selectorSize = (selector: LabelSelector | undefined): number => Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions?.length ?? 0);

/** A field that keeps the value it was created with; `shown` is how errors print the new one. */
export function checkImmutable(value: unknown, old: unknown, path: Path, errors: FieldError[], shown: unknown = value): void {
  if (!equal(value, old)) errors.push(invalid(path, shown, IMMUTABLE_TEXT));
}
