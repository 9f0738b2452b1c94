/** Defaults of the groups around workloads: networking, autoscaling, rbac, scheduling, admissionregistration. Follows kubernetes pkg/apis/<group>/v1/defaults.go. */
import type { ClusterRoleBinding, IngressClass, MutatingWebhookConfiguration, NetworkPolicy, NetworkPolicyPort, PriorityClass, RoleBinding, RuleWithOperations, V2HorizontalPodAutoscaler, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhook, ValidatingWebhookConfiguration } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';

export function defaultRoleBinding(binding: Draft<RoleBinding> | Draft<ClusterRoleBinding>): void {
  if (binding.roleRef) binding.roleRef.apiGroup ||= RBAC_GROUP;
  for (const subject of binding.subjects ?? []) if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= RBAC_GROUP;
}

export function defaultNetworkPolicy(policy: Draft<NetworkPolicy>): void {
  const spec = (policy.spec ??= { podSelector: {} });
  spec.podSelector ??= {};
  for (const rule of spec.ingress ?? []) defaultPolicyPorts(rule.ports);
  for (const rule of spec.egress ?? []) defaultPolicyPorts(rule.ports);
  if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}

function defaultPolicyPorts(ports: Draft<NetworkPolicyPort>[] | undefined): void {
  for (const port of ports ?? []) port.protocol ??= 'TCP';
}

export function defaultIngressClass(ingressClass: Draft<IngressClass>): void {
  if (ingressClass.spec?.parameters) ingressClass.spec.parameters.scope ??= 'Cluster';
}

/** autoscaling/v2 */
export function defaultAutoscaler(autoscaler: Draft<V2HorizontalPodAutoscaler>): void {
  const spec = autoscaler.spec;
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  if (!spec.behavior) return;
  const up = (spec.behavior.scaleUp ??= {});
  up.stabilizationWindowSeconds ??= 0;
  up.selectPolicy ??= 'Max';
  up.policies ??= [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ];
  const down = (spec.behavior.scaleDown ??= {});
  down.selectPolicy ??= 'Max';
  down.policies ??= [{ type: 'Percent', value: 100, periodSeconds: 15 }];
}

export function defaultPriorityClass(priorityClass: Draft<PriorityClass>): void {
  priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
  if (priorityClass.globalDefault === false) delete priorityClass.globalDefault;
}

function defaultRules(rules: Draft<RuleWithOperations>[] | undefined): void {
  for (const rule of rules ?? []) rule.scope ??= '*';
}

function defaultWebhook(webhook: Draft<ValidatingWebhook>): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= 443;
  defaultRules(webhook.rules);
}

export function defaultValidatingWebhooks(configuration: Draft<ValidatingWebhookConfiguration>): void {
  for (const webhook of configuration.webhooks ?? []) defaultWebhook(webhook);
}

export function defaultMutatingWebhooks(configuration: Draft<MutatingWebhookConfiguration>): void {
  for (const webhook of configuration.webhooks ?? []) {
    defaultWebhook(webhook);
    webhook.reinvocationPolicy ??= 'Never';
  }
}

interface MatchResources {
  matchPolicy?: string;
  namespaceSelector?: object;
  objectSelector?: object;
  resourceRules?: Draft<RuleWithOperations>[];
  excludeResourceRules?: Draft<RuleWithOperations>[];
}

function defaultMatchResources(match: MatchResources | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

export function defaultAdmissionPolicy(policy: Draft<ValidatingAdmissionPolicy>): void {
  if (!policy.spec) return;
  policy.spec.failurePolicy ??= 'Fail';
  defaultMatchResources(policy.spec.matchConstraints);
}

export function defaultAdmissionPolicyBinding(binding: Draft<ValidatingAdmissionPolicyBinding>): void {
  defaultMatchResources(binding.spec?.matchResources);
}
