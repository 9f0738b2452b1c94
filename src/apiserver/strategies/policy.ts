/** Strategies of the groups around workloads: policy, autoscaling, rbac, scheduling, node, certificates. Follows kubernetes pkg/registry/<group>/<kind>/strategy.go. */
import type { CertificateSigningRequest, ClusterRole, ClusterRoleBinding, PodDisruptionBudget, PriorityClass, Role, RoleBinding, RuntimeClass, V2HorizontalPodAutoscaler } from '../../api/generated/types.ts';
import { draft, type Draft } from '../../api/json.ts';
import { formatTime } from '../../api/time.ts';
import { defaultAutoscaler, defaultPriorityClass, defaultRoleBinding } from '../defaults/policy.ts';
import type { Strategy } from '../strategy.ts';
import { validateAutoscaler, validateAutoscalerStatus } from '../validation/autoscaling.ts';
import { validateCertificateRequest, validateCertificateRequestUpdate } from '../validation/certificates.ts';
import { nameIsPathSegment } from '../validation/formats.ts';
import { validateRuntimeClass, validateRuntimeClassUpdate } from '../validation/node-kinds.ts';
import { validatePodDisruptionBudget, validatePodDisruptionBudgetStatus } from '../validation/policy.ts';
import { validatePriorityClass, validatePriorityClassUpdate } from '../validation/priority-class.ts';
import { roleRefChange, validateClusterRole, validateClusterRoleBinding, validateRole, validateRoleBinding } from '../validation/rbac.ts';
import { runtimeClassWarnings } from './node-label-warnings.ts';
import { keepStatus, startsWith } from './common.ts';

export const podDisruptionBudgetStrategy: Strategy<PodDisruptionBudget> = {
  prepareForCreate: startsWith(() => ({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 })),
  prepareForUpdate: keepStatus,
  validate: validatePodDisruptionBudget,
  validateUpdate: validatePodDisruptionBudget,
  validateStatusUpdate: validatePodDisruptionBudgetStatus,
  allowUnconditionalUpdate: false,
};

/** HPAConfigurableTolerance is off. */
function dropTolerance({ spec }: Draft<V2HorizontalPodAutoscaler>, old: V2HorizontalPodAutoscaler | undefined): void {
  const { scaleUp, scaleDown } = old?.spec?.behavior ?? {};
  if (scaleUp?.tolerance !== undefined || scaleDown?.tolerance !== undefined) return;
  for (const rules of [spec?.behavior?.scaleUp, spec?.behavior?.scaleDown]) if (rules) delete rules.tolerance;
}

export const autoscalerStrategy: Strategy<V2HorizontalPodAutoscaler> = {
  applyDefaults: defaultAutoscaler,
  prepareForCreate(autoscaler) {
    autoscaler.status = { desiredReplicas: 0 };
    dropTolerance(autoscaler, undefined);
  },
  prepareForUpdate(autoscaler, old) {
    keepStatus(autoscaler, old);
    dropTolerance(autoscaler, old);
  },
  validate: validateAutoscaler,
  validateUpdate: validateAutoscaler,
  validateStatusUpdate: validateAutoscalerStatus,
};

export const roleStrategy: Strategy<Role> = { validateName: nameIsPathSegment, validate: validateRole, validateUpdate: validateRole, allowCreateOnUpdate: true };

export const clusterRoleStrategy: Strategy<ClusterRole> = { validateName: nameIsPathSegment, validate: validateClusterRole, validateUpdate: validateClusterRole, allowCreateOnUpdate: true };

export const roleBindingStrategy: Strategy<RoleBinding> = {
  applyDefaults: defaultRoleBinding,
  validateName: nameIsPathSegment,
  validate: validateRoleBinding,
  validateUpdate: (binding, old) => [...validateRoleBinding(binding), ...roleRefChange(binding.roleRef, old.roleRef)],
  allowCreateOnUpdate: true,
};

export const clusterRoleBindingStrategy: Strategy<ClusterRoleBinding> = {
  applyDefaults: defaultRoleBinding,
  validateName: nameIsPathSegment,
  validate: validateClusterRoleBinding,
  validateUpdate: (binding, old) => [...validateClusterRoleBinding(binding), ...roleRefChange(binding.roleRef, old.roleRef)],
  allowCreateOnUpdate: true,
};

/** What may change of a class does not count as a change of its generation. */
export const priorityClassStrategy: Strategy<PriorityClass> = {
  applyDefaults: defaultPriorityClass,
  prepareForUpdate(priorityClass, old) {
    if (priorityClass.metadata && old.metadata?.generation !== undefined) priorityClass.metadata.generation = old.metadata.generation;
  },
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
};

export const runtimeClassStrategy: Strategy<RuntimeClass> = { validate: validateRuntimeClass, validateUpdate: validateRuntimeClassUpdate, warnings: runtimeClassWarnings, allowCreateOnUpdate: true, allowUnconditionalUpdate: false };


/** Times that whoever wrote a condition left to the server. */
export function stampConditions(request: Draft<CertificateSigningRequest>, old: CertificateSigningRequest, nowMs: number): void {
  const now = formatTime(nowMs);
  for (const condition of request.status?.conditions ?? []) {
    condition.lastUpdateTime ??= now;
    condition.lastTransitionTime ??= old.status?.conditions?.find(({ type, status }) => type === condition.type && status === condition.status)?.lastTransitionTime ?? now;
  }
}

export const certificateRequestStrategy: Strategy<CertificateSigningRequest> = {
  validateName: () => [],
  validate: (request) => validateCertificateRequest(request),
  validateUpdate: (request, old) => validateCertificateRequestUpdate(request, old),
  validateStatusUpdate: (request, old) => validateCertificateRequestUpdate(request, old, 'status'),
  prepareForStatusUpdate(request, old, { nowMs }) {
    // Approval has a subresource of its own.
    for (const type of ['Approved', 'Denied']) {
      const before = (old.status?.conditions ?? []).filter((condition) => condition.type === type);
      const now = (request.status?.conditions ?? []).flatMap((condition, i) => (condition.type === type ? [i] : []));
      if (before.length === now.length) now.forEach((index, i) => void ((request.status?.conditions ?? [])[index] = draft(before[i]!)));
    }
    stampConditions(request, old, nowMs);
  },
  prepareForCreate(request, context) {
    request.status = {};
    // Who asks is what the certificate will be judged by, so the server says it, not the client.
    const { user } = context;
    if (!request.spec) return;
    request.spec.username = user.username;
    request.spec.groups = [...user.groups];
    if (user.uid === undefined) delete request.spec.uid;
    else request.spec.uid = user.uid;
    if (user.extra && Object.keys(user.extra).length > 0) request.spec.extra = Object.fromEntries(Object.entries(user.extra).map(([key, values]) => [key, [...values]]));
    else delete request.spec.extra;
  },
  prepareForUpdate(request, old) {
    request.spec = old.spec as NonNullable<typeof request.spec>;
    keepStatus(request, old);
  },
  selectableFields: (request) => ({ 'spec.signerName': request.spec?.signerName ?? '' }),
};
