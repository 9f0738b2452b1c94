/** Strategies of the groups around workloads. Follows kubernetes pkg/registry/<group>/<kind>/strategy.go. */
import type { CertificateSigningRequest, ClusterRole, ClusterRoleBinding, CSIDriver, HorizontalPodAutoscaler, Ingress, IngressClass, MutatingWebhookConfiguration, NetworkPolicy, PodDisruptionBudget, PriorityClass, Role, RoleBinding, StorageClass, V2HorizontalPodAutoscaler, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhookConfiguration } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { defaultAdmissionPolicy, defaultAdmissionPolicyBinding, defaultAutoscaler, defaultAutoscalerV1, defaultIngressClass, defaultMutatingWebhooks, defaultNetworkPolicy, defaultPriorityClass, defaultRoleBinding, defaultValidatingWebhooks } from '../defaults/policy.ts';
import { defaultCsiDriver, defaultStorageClass } from '../defaults/storage.ts';
import type { Strategy } from '../strategy.ts';
import { nameIsPathSegment } from '../validation/formats.ts';
import { roleRefChange, validateAutoscaler, validateAutoscalerV1, validateClusterRole, validateClusterRoleBinding, validateIngress, validateIngressClass, validateIngressClassUpdate, validateNetworkPolicy, validatePodDisruptionBudget, validatePriorityClass, validatePriorityClassUpdate, validateRole, validateRoleBinding, validateStorageClass, validateStorageClassUpdate } from '../validation/policy-kinds.ts';
import { keepStatus, startsWith } from './common.ts';

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

export const ingressStrategy: Strategy<Ingress> = {
  prepareForCreate: startsWith(() => ({ loadBalancer: {} })),
  prepareForUpdate: keepStatus,
  validate: validateIngress,
  validateUpdate: (ingress, old) => (equal(ingress.spec, old.spec) ? [] : validateIngress(ingress)),
  warnings: (ingress, old) =>
    !old && ingress.metadata?.annotations?.[CLASS_ANNOTATION] !== undefined ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`] : [],
};

export const ingressClassStrategy: Strategy<IngressClass> = { applyDefaults: defaultIngressClass, validate: validateIngressClass, validateUpdate: validateIngressClassUpdate };

export const networkPolicyStrategy: Strategy<NetworkPolicy> = { applyDefaults: defaultNetworkPolicy, validate: validateNetworkPolicy, validateUpdate: validateNetworkPolicy };

export const podDisruptionBudgetStrategy: Strategy<PodDisruptionBudget> = {
  prepareForCreate: startsWith(() => ({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 })),
  prepareForUpdate: keepStatus,
  validate: validatePodDisruptionBudget,
  validateUpdate: validatePodDisruptionBudget,
  allowUnconditionalUpdate: false,
};

export const autoscalerStrategy: Strategy<V2HorizontalPodAutoscaler> = {
  applyDefaults: defaultAutoscaler,
  prepareForCreate: startsWith(() => ({ desiredReplicas: 0 })),
  prepareForUpdate: keepStatus,
  validate: validateAutoscaler,
  validateUpdate: validateAutoscaler,
};

export const autoscalerV1Strategy: Strategy<HorizontalPodAutoscaler> = {
  applyDefaults: defaultAutoscalerV1,
  prepareForCreate: startsWith(() => ({ currentReplicas: 0, desiredReplicas: 0 })),
  prepareForUpdate: keepStatus,
  validate: validateAutoscalerV1,
  validateUpdate: validateAutoscalerV1,
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

export const priorityClassStrategy: Strategy<PriorityClass> = { applyDefaults: defaultPriorityClass, validate: validatePriorityClass, validateUpdate: validatePriorityClassUpdate };

export const storageClassStrategy: Strategy<StorageClass> = { applyDefaults: defaultStorageClass, validate: validateStorageClass, validateUpdate: validateStorageClassUpdate };

export const csiDriverStrategy: Strategy<CSIDriver> = { applyDefaults: defaultCsiDriver, allowUnconditionalUpdate: false };

export const validatingWebhookStrategy: Strategy<ValidatingWebhookConfiguration> = { applyDefaults: defaultValidatingWebhooks, allowUnconditionalUpdate: false };
export const mutatingWebhookStrategy: Strategy<MutatingWebhookConfiguration> = { applyDefaults: defaultMutatingWebhooks, allowUnconditionalUpdate: false };
export const admissionPolicyStrategy: Strategy<ValidatingAdmissionPolicy> = { applyDefaults: defaultAdmissionPolicy, allowUnconditionalUpdate: false };
export const admissionPolicyBindingStrategy: Strategy<ValidatingAdmissionPolicyBinding> = { applyDefaults: defaultAdmissionPolicyBinding, allowUnconditionalUpdate: false };

export const certificateRequestStrategy: Strategy<CertificateSigningRequest> = {
  validateName: nameIsPathSegment,
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
