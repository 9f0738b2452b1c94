/**
 * What has to be done to a role or binding so that it grants what it should. Follows component-helpers
 * auth/rbac/reconciliation/{reconcile_role,reconcile_rolebindings}.go.
 */
import type { AggregationRule, ClusterRole, ClusterRoleBinding, LabelSelector, ObjectMeta, PolicyRule, RbacV1Subject, Role, RoleBinding } from '../generated/types.ts';
import { equal } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { missingRules } from './rules.ts';

export type AnyRole = (Role | ClusterRole) & { readonly aggregationRule?: AggregationRule };
export type AnyBinding = RoleBinding | ClusterRoleBinding;

export type ReconcileOperation = 'create' | 'update' | 'recreate' | 'none';

export interface RoleResult<T extends AnyRole = AnyRole> {
  readonly role: T;
  readonly operation: ReconcileOperation;
  /** The existing object wants to be left alone. */
  readonly protected: boolean;
  readonly missingRules: readonly PolicyRule[];
  readonly extraRules: readonly PolicyRule[];
  readonly missingAggregationRuleSelectors: readonly LabelSelector[];
  readonly extraAggregationRuleSelectors: readonly LabelSelector[];
}

export interface BindingResult<T extends AnyBinding = AnyBinding> {
  readonly binding: T;
  readonly operation: ReconcileOperation;
  readonly protected: boolean;
  readonly missingSubjects: readonly RbacV1Subject[];
  readonly extraSubjects: readonly RbacV1Subject[];
}

const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

const isProtected = ({ metadata }: KubeObject): boolean => metadata?.annotations?.[AUTOUPDATE] === 'false';

/** The existing role with what it lacks, and, with `removeExtra`, without what it should not have. */
export function reconcileRole<T extends AnyRole>(existing: T | undefined, expected: T, removeExtra = false): RoleResult<T> {
  if (!existing) {
    return { role: expected, operation: 'create', protected: false, missingRules: expected.rules ?? [], extraRules: [], missingAggregationRuleSelectors: expected.aggregationRule?.clusterRoleSelectors ?? [], extraAggregationRuleSelectors: [] };
  }
  const held = existing.rules ?? [];
  const wanted = expected.rules ?? [];
  const missing = missingRules(held, wanted);
  const extra = expected.aggregationRule && existing.aggregationRule ? [] : missingRules(wanted, held);
  const metadata = mergedMeta(existing, expected);
  let role: T = metadata ? { ...existing, metadata } : existing;
  if (removeExtra && (missing.length > 0 || extra.length > 0)) role = { ...role, rules: wanted };
  else if (missing.length > 0) role = { ...role, rules: [...held, ...missing] };

  const missingSelectors = selectorsBeyond(existing.aggregationRule, expected.aggregationRule);
  const extraSelectors = selectorsBeyond(expected.aggregationRule, existing.aggregationRule);
  if (!expected.aggregationRule && existing.aggregationRule) role = withoutAggregation(role);
  else if (removeExtra && (missingSelectors.length > 0 || extraSelectors.length > 0)) role = { ...role, aggregationRule: expected.aggregationRule };
  else if (missingSelectors.length > 0) role = { ...role, aggregationRule: { ...existing.aggregationRule, clusterRoleSelectors: [...(existing.aggregationRule?.clusterRoleSelectors ?? []), ...missingSelectors] } };
  return {
    role, operation: role === existing ? 'none' : 'update', protected: isProtected(existing),
    missingRules: missing, extraRules: extra, missingAggregationRuleSelectors: missingSelectors, extraAggregationRuleSelectors: extraSelectors,
  };
}

function withoutAggregation<T extends AnyRole>(role: T): T {
  const { aggregationRule: _, ...rest } = role;
  return rest as T;
}

/** The existing binding with the subjects that it lacks, and, with `removeExtra`, without others; another role means another binding. */
export function reconcileBinding<T extends AnyBinding>(existing: T | undefined, expected: T, removeExtra = false): BindingResult<T> {
  const wanted = expected.subjects ?? [];
  if (!existing) return { binding: expected, operation: 'create', protected: false, missingSubjects: wanted, extraSubjects: [] };
  if (!sameRef(expected, existing)) return { binding: expected, operation: 'recreate', protected: isProtected(existing), missingSubjects: [], extraSubjects: [] };
  const held = existing.subjects ?? [];
  const missing = beyond(held, wanted);
  const extra = beyond(wanted, held);
  const metadata = mergedMeta(existing, expected);
  let binding: T = metadata ? { ...existing, metadata } : existing;
  if (removeExtra && (missing.length > 0 || extra.length > 0)) binding = { ...binding, subjects: wanted };
  else if (missing.length > 0) binding = { ...binding, subjects: [...held, ...missing] };
  return { binding, operation: binding === existing ? 'none' : 'update', protected: isProtected(existing), missingSubjects: missing, extraSubjects: extra };
}

function sameRef(a: AnyBinding, b: AnyBinding): boolean {
  return a.roleRef.apiGroup === b.roleRef.apiGroup && a.roleRef.kind === b.roleRef.kind && a.roleRef.name === b.roleRef.name;
}

/** The existing labels and annotations with the expected ones that they lack; undefined where they lack none. */
function mergedMeta(existing: KubeObject, expected: KubeObject): ObjectMeta | undefined {
  const before = existing.metadata ?? {};
  const annotations = { ...expected.metadata?.annotations, ...before.annotations };
  const labels = { ...expected.metadata?.labels, ...before.labels };
  if (equal(annotations, before.annotations ?? {}) && equal(labels, before.labels ?? {})) return undefined;
  return { ...before, ...(Object.keys(annotations).length > 0 ? { annotations } : {}), ...(Object.keys(labels).length > 0 ? { labels } : {}) };
}

function selectorsBeyond(owner: AggregationRule | undefined, servant: AggregationRule | undefined): LabelSelector[] {
  const held = owner?.clusterRoleSelectors ?? [];
  return (servant?.clusterRoleSelectors ?? []).filter((selector) => !held.some((known) => equal(known, selector)));
}

/** The subjects of `list` that `held` has not, each once. */
function beyond(held: readonly RbacV1Subject[], list: readonly RbacV1Subject[]): RbacV1Subject[] {
  const found: RbacV1Subject[] = [];
  for (const subject of list) if (!held.some((known) => sameSubject(known, subject)) && !found.some((known) => sameSubject(known, subject))) found.push(subject);
  return found;
}

function sameSubject(a: RbacV1Subject, b: RbacV1Subject): boolean {
  return a.kind === b.kind && a.name === b.name && (a.apiGroup ?? '') === (b.apiGroup ?? '') && (a.namespace ?? '') === (b.namespace ?? '');
}
