/** Which strategy a resource has. Kinds that are not named here differ in nothing from the generic way. */
import type { KubeObject } from '../../api/object.ts';
import { groupResourceName, type ResourceFacts } from '../../api/resource.ts';
import type { Strategy } from '../strategy.ts';
import * as apps from './apps.ts';
import * as core from './core.ts';
import { customResourceDefinitionStrategy } from './custom-resource-definition.ts';
import { podEphemeralContainersStrategy, podResizeStrategy, podStrategy } from './pod.ts';
import * as extensions from './extensions.ts';
import * as networking from './networking.ts';
import * as policy from './policy.ts';
import { serviceStrategy } from './service.ts';
import * as storage from './storage.ts';

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  pods: podStrategy,
  services: serviceStrategy,
  configmaps: core.configMapStrategy,
  secrets: core.secretStrategy,
  namespaces: core.namespaceStrategy,
  nodes: core.nodeStrategy,
  serviceaccounts: core.serviceAccountStrategy,
  endpoints: core.endpointsStrategy,
  events: core.eventStrategy,
  resourcequotas: core.resourceQuotaStrategy,
  limitranges: core.limitRangeStrategy,
  persistentvolumeclaims: core.claimStrategy,
  persistentvolumes: core.persistentVolumeStrategy,
  replicationcontrollers: apps.replicationControllerStrategy,
  podtemplates: apps.podTemplateStrategy,
  'deployments.apps': apps.deploymentStrategy,
  'replicasets.apps': apps.replicaSetStrategy,
  'statefulsets.apps': apps.statefulSetStrategy,
  'daemonsets.apps': apps.daemonSetStrategy,
  'controllerrevisions.apps': apps.controllerRevisionStrategy,
  'jobs.batch': apps.jobStrategy,
  'cronjobs.batch': apps.cronJobStrategy,
  'events.events.k8s.io': core.newEventStrategy,
  'endpointslices.discovery.k8s.io': core.endpointSliceStrategy,
  'leases.coordination.k8s.io': core.leaseStrategy,
  'ingresses.networking.k8s.io': networking.ingressStrategy,
  'ingressclasses.networking.k8s.io': networking.ingressClassStrategy,
  'networkpolicies.networking.k8s.io': networking.networkPolicyStrategy,
  'ipaddresses.networking.k8s.io': networking.ipAddressStrategy,
  'servicecidrs.networking.k8s.io': networking.serviceCidrStrategy,
  'poddisruptionbudgets.policy': policy.podDisruptionBudgetStrategy,
  'horizontalpodautoscalers.autoscaling': policy.autoscalerStrategy,
  'roles.rbac.authorization.k8s.io': policy.roleStrategy,
  'clusterroles.rbac.authorization.k8s.io': policy.clusterRoleStrategy,
  'rolebindings.rbac.authorization.k8s.io': policy.roleBindingStrategy,
  'clusterrolebindings.rbac.authorization.k8s.io': policy.clusterRoleBindingStrategy,
  'priorityclasses.scheduling.k8s.io': policy.priorityClassStrategy,
  'storageclasses.storage.k8s.io': storage.storageClassStrategy,
  'csidrivers.storage.k8s.io': storage.csiDriverStrategy,
  'csinodes.storage.k8s.io': storage.csiNodeStrategy,
  'csistoragecapacities.storage.k8s.io': storage.csiStorageCapacityStrategy,
  'volumeattachments.storage.k8s.io': storage.volumeAttachmentStrategy,
  'volumeattributesclasses.storage.k8s.io': storage.volumeAttributesClassStrategy,
  'runtimeclasses.node.k8s.io': policy.runtimeClassStrategy,
  'apiservices.apiregistration.k8s.io': extensions.apiServiceStrategy,
  'flowschemas.flowcontrol.apiserver.k8s.io': extensions.flowSchemaStrategy,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': extensions.priorityLevelStrategy,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': extensions.validatingWebhookStrategy,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': extensions.mutatingWebhookStrategy,
  'validatingadmissionpolicies.admissionregistration.k8s.io': extensions.admissionPolicyStrategy,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': extensions.admissionPolicyBindingStrategy,
  'customresourcedefinitions.apiextensions.k8s.io': customResourceDefinitionStrategy as Strategy,
  'certificatesigningrequests.certificates.k8s.io': policy.certificateRequestStrategy,
};

/** Strategies of subresources that change a part of the object by rules of their own. */
const SUBRESOURCES: Readonly<Record<string, Strategy>> = {
  'pods/ephemeralcontainers': podEphemeralContainersStrategy,
  'pods/resize': podResizeStrategy,
  'namespaces/finalize': core.namespaceFinalizeStrategy,
};

/** The strategy of a resource, or of one of its subresources where that has its own; undefined where the generic way is all there is. */
export function kindStrategy(resource: ResourceFacts, subresource?: string): Strategy<KubeObject> | undefined {
  const name = groupResourceName(resource);
  if (subresource !== undefined) {
    const own = SUBRESOURCES[`${name}/${subresource}`];
    if (own) return own;
  }
  return Object.hasOwn(STRATEGIES, name) ? STRATEGIES[name] : undefined;
}

const GENERIC: Strategy = {};

/** As kindStrategy, with an empty strategy where a kind has none of its own. */
export function strategyFor(resource: ResourceFacts, subresource?: string): Strategy<KubeObject> {
  return kindStrategy(resource, subresource) ?? GENERIC;
}
