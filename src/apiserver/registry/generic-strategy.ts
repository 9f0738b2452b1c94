/** What holds for kinds whose strategy says nothing of its own. */
import { equal, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import type { Strategy } from '../strategy.ts';

/** Kinds whose changes of spec are counted in metadata.generation (their strategies upstream set it). */
const COUNTED = new Set([
  'apps/daemonsets', 'apps/deployments', 'apps/replicasets', 'apps/statefulsets', '/replicationcontrollers', 'batch/jobs', 'batch/cronjobs',
  'policy/poddisruptionbudgets', 'networking.k8s.io/ingresses', 'networking.k8s.io/ingressclasses', 'networking.k8s.io/networkpolicies',
  'discovery.k8s.io/endpointslices', 'scheduling.k8s.io/priorityclasses', 'apiextensions.k8s.io/customresourcedefinitions',
  'admissionregistration.k8s.io/mutatingwebhookconfigurations', 'admissionregistration.k8s.io/validatingwebhookconfigurations',
  'admissionregistration.k8s.io/validatingadmissionpolicies', 'admissionregistration.k8s.io/validatingadmissionpolicybindings',
  'flowcontrol.apiserver.k8s.io/flowschemas', 'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations',
]);

export function keepsGeneration(resource: ResourceFacts, strategy: Strategy): boolean {
  return strategy.keepsGeneration ?? (COUNTED.has(`${resource.group}/${resource.plural}`) || resource.model === '');
}

/** Kinds whose deletion answers with the last state and not with a Status (ReturnDeletedObject upstream). */
const RETURNS_DELETED = new Set(['/pods', '/services', '/serviceaccounts', '/persistentvolumes', '/persistentvolumeclaims', '/podtemplates', '/resourcequotas', 'storage.k8s.io/csidrivers', 'storage.k8s.io/csinodes', 'storage.k8s.io/storageclasses', 'storage.k8s.io/volumeattachments']);

export function returnsDeleted(resource: ResourceFacts): boolean {
  return RETURNS_DELETED.has(`${resource.group}/${resource.plural}`);
}

/** Kinds of API servers beside the core's, whose finalizers may be called as they like. */
const FREE_FINALIZERS = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** Whether finalizers without a domain have to be the core's own. */
export function standardFinalizers({ group, model }: ResourceFacts): boolean {
  return model !== '' && !FREE_FINALIZERS.has(group);
}

/** Whether anything but metadata and status differs. */
export function specChanged(object: KubeObject, old: KubeObject): boolean {
  const left = object as Readonly<Record<string, unknown>>;
  const right = old as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (key !== 'metadata' && key !== 'status' && !equal(left[key], right[key])) return true;
  }
  return false;
}

type WithStatus = { status?: unknown };

/** A new object has no status: components write it. */
export function clearStatus(resource: ResourceFacts, object: Draft<KubeObject>): void {
  if (resource.subresources.status) delete (object as WithStatus).status;
}

/** The main resource doesn't change the status. */
export function keepStatus(resource: ResourceFacts, object: Draft<KubeObject>, old: KubeObject): void {
  if (!resource.subresources.status) return;
  const status = (old as WithStatus).status;
  if (status === undefined) delete (object as WithStatus).status;
  else (object as WithStatus).status = status;
}
