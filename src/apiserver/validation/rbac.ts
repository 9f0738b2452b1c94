/** Validation of rbac.authorization.k8s.io. Follows kubernetes pkg/apis/rbac/validation/validation.go, v1.33. */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacV1Subject, Role, RoleBinding, RoleRef } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { nameIsPathSegment } from './formats.ts';
import { goStrings, GoValue } from './go-value.ts';
import { checkLabelSelector } from './metadata.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';

function checkRule(rule: PolicyRule, namespaced: boolean, path: Path, errors: FieldError[]): void {
  if (!rule.verbs?.length) errors.push(required(path.child('verbs'), 'verbs must contain at least one value'));
  if (rule.nonResourceURLs?.length) {
    const shown = new GoValue(goStrings(rule.nonResourceURLs));
    if (namespaced) errors.push(invalid(path.child('nonResourceURLs'), shown, 'namespaced rules cannot apply to non-resource URLs'));
    if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length) errors.push(invalid(path.child('nonResourceURLs'), shown, 'rules cannot apply to both regular resources and non-resource URLs'));
    return;
  }
  if (!rule.apiGroups?.length) errors.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'));
  if (!rule.resources?.length) errors.push(required(path.child('resources'), 'resource rules must supply at least one resource'));
}

export function validateRole(role: Role): FieldError[] {
  const errors: FieldError[] = [];
  (role.rules ?? []).forEach((rule, i) => checkRule(rule, true, Path.of('rules').index(i), errors));
  return errors;
}

export function validateClusterRole(role: ClusterRole): FieldError[] {
  const errors: FieldError[] = [];
  (role.rules ?? []).forEach((rule, i) => checkRule(rule, false, Path.of('rules').index(i), errors));
  if (role.aggregationRule) {
    const path = Path.of('aggregationRule');
    const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
    if (!selectors.length) errors.push(required(path.child('clusterRoleSelectors'), 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
    selectors.forEach((selector, i) => checkLabelSelector(selector, path.child('clusterRoleSelectors').index(i), errors));
  }
  return errors;
}

function checkSubject(subject: RbacV1Subject, namespaced: boolean, path: Path, errors: FieldError[]): void {
  if (!subject.name) errors.push(required(path.child('name')));
  const group = subject.apiGroup ?? '';
  if (subject.kind === 'ServiceAccount') {
    if (subject.name) for (const text of dns1123SubdomainErrors(subject.name)) errors.push(invalid(path.child('name'), subject.name, text));
    if (group) errors.push(notSupported(path.child('apiGroup'), group, ['']));
    if (!namespaced && !subject.namespace) errors.push(required(path.child('namespace')));
  } else if (subject.kind === 'User' || subject.kind === 'Group') {
    if (!subject.name) errors.push(invalid(path.child('name'), '', `${subject.kind.toLowerCase()} name cannot be empty`));
    if (group !== RBAC_GROUP) errors.push(notSupported(path.child('apiGroup'), group, [RBAC_GROUP]));
  } else errors.push(notSupported(path.child('kind'), subject.kind ?? '', ['ServiceAccount', 'User', 'Group']));
}

function checkRoleRef(ref: RoleRef | undefined, kinds: readonly string[], errors: FieldError[]): void {
  const path = Path.of('roleRef');
  if ((ref?.apiGroup ?? '') !== RBAC_GROUP) errors.push(notSupported(path.child('apiGroup'), ref?.apiGroup ?? '', [RBAC_GROUP]));
  if (!kinds.includes(ref?.kind ?? '')) errors.push(notSupported(path.child('kind'), ref?.kind ?? '', kinds));
  if (!ref?.name) errors.push(required(path.child('name')));
  else for (const text of nameIsPathSegment(ref.name, false)) errors.push(invalid(path.child('name'), ref.name, text));
}

export function validateRoleBinding(binding: RoleBinding): FieldError[] {
  const errors: FieldError[] = [];
  checkRoleRef(binding.roleRef, ['Role', 'ClusterRole'], errors);
  (binding.subjects ?? []).forEach((subject, i) => checkSubject(subject, true, Path.of('subjects').index(i), errors));
  return errors;
}

export function validateClusterRoleBinding(binding: ClusterRoleBinding): FieldError[] {
  const errors: FieldError[] = [];
  checkRoleRef(binding.roleRef, ['ClusterRole'], errors);
  (binding.subjects ?? []).forEach((subject, i) => checkSubject(subject, false, Path.of('subjects').index(i), errors));
  return errors;
}

/** The fault of a binding that would lead to another role. */
export function roleRefChange(now: RoleRef, old: RoleRef): FieldError[] {
  if (equal(now, old)) return [];
  const shown = new GoValue(`rbac.RoleRef{APIGroup:"${now.apiGroup ?? ''}", Kind:"${now.kind ?? ''}", Name:"${now.name ?? ''}"}`);
  return [invalid('roleRef', shown, 'cannot change roleRef')];
}
