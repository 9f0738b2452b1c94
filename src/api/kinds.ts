/** Typed handles on the resources that components work with: `client.of(PODS).get(namespace, name)` gives a Pod. */
import type * as model from './generated/types.ts';
import { resourceAt, type ResourceFacts } from './resource.ts';

/** A resource together with the TypeScript type of its objects (a type-level mark; nothing at run time). */
export interface Resource<T> extends ResourceFacts {
  readonly objectType?: T;
}

function builtin<T>(group: string, version: string, plural: string): Resource<T> {
  const resource = resourceAt(group, version, plural);
  if (!resource) throw new Error(`no built-in resource ${group}/${version}/${plural}`);
  return resource;
}

export const PODS = builtin<model.Pod>('', 'v1', 'pods');
export const NODES = builtin<model.Node>('', 'v1', 'nodes');
export const SERVICES = builtin<model.Service>('', 'v1', 'services');
export const ENDPOINTS = builtin<model.Endpoints>('', 'v1', 'endpoints');
export const EVENTS = builtin<model.Event>('', 'v1', 'events');
export const NAMESPACES = builtin<model.Namespace>('', 'v1', 'namespaces');
export const CONFIGMAPS = builtin<model.ConfigMap>('', 'v1', 'configmaps');
export const SECRETS = builtin<model.Secret>('', 'v1', 'secrets');
export const SERVICEACCOUNTS = builtin<model.ServiceAccount>('', 'v1', 'serviceaccounts');
export const PERSISTENTVOLUMECLAIMS = builtin<model.PersistentVolumeClaim>('', 'v1', 'persistentvolumeclaims');
export const PERSISTENTVOLUMES = builtin<model.PersistentVolume>('', 'v1', 'persistentvolumes');
export const REPLICATIONCONTROLLERS = builtin<model.ReplicationController>('', 'v1', 'replicationcontrollers');
export const DEPLOYMENTS = builtin<model.Deployment>('apps', 'v1', 'deployments');
export const REPLICASETS = builtin<model.ReplicaSet>('apps', 'v1', 'replicasets');
export const STATEFULSETS = builtin<model.StatefulSet>('apps', 'v1', 'statefulsets');
export const DAEMONSETS = builtin<model.DaemonSet>('apps', 'v1', 'daemonsets');
export const CONTROLLERREVISIONS = builtin<model.ControllerRevision>('apps', 'v1', 'controllerrevisions');
export const JOBS = builtin<model.Job>('batch', 'v1', 'jobs');
export const CRONJOBS = builtin<model.CronJob>('batch', 'v1', 'cronjobs');
export const ENDPOINTSLICES = builtin<model.EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices');
export const CUSTOMRESOURCEDEFINITIONS = builtin<model.CustomResourceDefinition>('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
export const MUTATINGWEBHOOKCONFIGURATIONS = builtin<model.MutatingWebhookConfiguration>('admissionregistration.k8s.io', 'v1', 'mutatingwebhookconfigurations');
export const VALIDATINGWEBHOOKCONFIGURATIONS = builtin<model.ValidatingWebhookConfiguration>('admissionregistration.k8s.io', 'v1', 'validatingwebhookconfigurations');
export const VALIDATINGADMISSIONPOLICIES = builtin<model.ValidatingAdmissionPolicy>('admissionregistration.k8s.io', 'v1', 'validatingadmissionpolicies');
export const VALIDATINGADMISSIONPOLICYBINDINGS = builtin<model.ValidatingAdmissionPolicyBinding>('admissionregistration.k8s.io', 'v1', 'validatingadmissionpolicybindings');
export const LEASES = builtin<model.Lease>('coordination.k8s.io', 'v1', 'leases');
export const STORAGECLASSES = builtin<model.StorageClass>('storage.k8s.io', 'v1', 'storageclasses');
export const INGRESSCLASSES = builtin<model.IngressClass>('networking.k8s.io', 'v1', 'ingressclasses');
export const RUNTIMECLASSES = builtin<model.RuntimeClass>('node.k8s.io', 'v1', 'runtimeclasses');
export const PODDISRUPTIONBUDGETS = builtin<model.PodDisruptionBudget>('policy', 'v1', 'poddisruptionbudgets');
export const PRIORITYCLASSES = builtin<model.PriorityClass>('scheduling.k8s.io', 'v1', 'priorityclasses');
