/** Faults of access reviews. Follows kubernetes pkg/apis/authorization/validation/validation.go. */
import type { LocalSubjectAccessReview, NonResourceAttributes, ObjectMeta, ResourceAttributes } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { forbidden, invalid, Path, required, type FieldError } from './field.ts';
import { labelKeyErrors, labelValueErrors } from '../../api/names.ts';
import { goSlice, goStringMap, goStrings, GoValue } from './go-value.ts';

export type AccessReviewKind = 'subjectaccessreviews' | 'localsubjectaccessreviews' | 'selfsubjectaccessreviews';

/** What the three kinds of review have in common. */
export type AccessReview = Partial<Pick<LocalSubjectAccessReview, 'metadata' | 'spec'>>;

const SPEC = Path.of('spec');

export function validateAccessReview(kind: AccessReviewKind, { metadata = {}, spec = {} }: AccessReview): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (resource && path) errors.push(invalid(SPEC.child('nonResourceAttributes'), goPathAttributes(path), 'cannot be specified in combination with resourceAttributes'));
  if (!resource && !path) errors.push(invalid(SPEC.child('resourceAttributes'), null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'));
  if (kind !== 'selfsubjectaccessreviews' && !spec.user && !spec.groups?.length) errors.push(invalid(SPEC.child('user'), '', 'at least one of user or group must be specified'));
  if (resource) checkSelectors(resource, errors);
  const local = kind === 'localsubjectaccessreviews';
  if (!isEmpty(metadata, local)) errors.push(invalid('metadata', goObjectMeta(metadata), local ? 'must be empty except for namespace' : 'must be empty'));
  if (!local) return errors;
  if (resource && (resource.namespace ?? '') !== (metadata.namespace ?? '')) errors.push(invalid('spec.resourceAttributes.namespace', resource.namespace ?? '', 'must match metadata.namespace'));
  if (path) errors.push(invalid('spec.nonResourceAttributes', goPathAttributes(path), 'disallowed on this kind of request'));
  return errors;
}

function checkSelectors({ fieldSelector, labelSelector }: ResourceAttributes, errors: FieldError[]): void {
  const attributes = Path.of('spec.resourceAttributes');
  if (fieldSelector) {
    const at = attributes.child('fieldSelector');
    checkForm(fieldSelector, at, errors);
    fieldSelector.requirements?.forEach((requirement, i) => {
      if (!requirement.key) errors.push(required(at.child('requirements').index(i).child('key'), 'must be specified'));
      checkValues(requirement, at.child('requirements').index(i), errors);
    });
  }
  if (labelSelector) {
    const at = attributes.child('labelSelector');
    checkForm(labelSelector, at, errors);
    labelSelector.requirements?.forEach((requirement, i) => {
      const here = at.child('requirements').index(i);
      checkValues(requirement, here, errors);
      for (const text of labelKeyErrors(requirement.key ?? '')) errors.push(invalid(here.child('key'), requirement.key ?? '', text));
      requirement.values?.forEach((value, j) => {
        for (const text of labelValueErrors(value)) errors.push(invalid(here.child('values').index(j), value, text));
      });
    });
  }
}

interface SelectorAttributes {
  readonly rawSelector?: string;
  readonly requirements?: readonly unknown[];
}

function checkForm({ rawSelector, requirements }: SelectorAttributes, at: Path, errors: FieldError[]): void {
  if (rawSelector && requirements?.length) errors.push(invalid(at.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements'));
  if (!rawSelector && !requirements?.length) errors.push(required(at.child('requirements'), `when ${at.toString()} is specified, requirements or rawSelector is required`));
}

/** Unknown operators are let through: newer clients may know more of them. */
function checkValues({ operator, values }: { readonly operator: string; readonly values?: readonly string[] }, at: Path, errors: FieldError[]): void {
  const count = values?.length ?? 0;
  if ((operator === 'In' || operator === 'NotIn') && count === 0) errors.push(required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
  if ((operator === 'Exists' || operator === 'DoesNotExist') && count > 0) errors.push(forbidden(at.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
}

function isEmpty(meta: ObjectMeta, exceptNamespace: boolean): boolean {
  return Object.entries(meta).every(([key, value]) => value === undefined || value === null || value === '' || key === 'managedFields' || (exceptNamespace && key === 'namespace'));
}

const goPathAttributes = ({ path = '', verb = '' }: NonResourceAttributes): GoValue => new GoValue(`authorization.NonResourceAttributes{Path:${goQuote(path)}, Verb:${goQuote(verb)}}`);

function goObjectMeta(meta: ObjectMeta): GoValue {
  const text = (['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion'] as const).map((key) => `${GO_NAMES[key]}:${goQuote(meta[key] ?? '')}`).join(', ');
  const zeroTime = 'time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)';
  return new GoValue(`v1.ObjectMeta{${text}, Generation:${meta.generation ?? 0}, CreationTimestamp:${zeroTime}, DeletionTimestamp:<nil>, DeletionGracePeriodSeconds:(*int64)(nil), Labels:${goStringMap(meta.labels)}, Annotations:${goStringMap(meta.annotations)}, OwnerReferences:${goSlice('v1.OwnerReference', undefined, String)}, Finalizers:${goStrings(meta.finalizers)}, ManagedFields:${goSlice('v1.ManagedFieldsEntry', undefined, String)}}`);
}

const GO_NAMES = { name: 'Name', generateName: 'GenerateName', namespace: 'Namespace', selfLink: 'SelfLink', uid: 'UID', resourceVersion: 'ResourceVersion' } as const;
