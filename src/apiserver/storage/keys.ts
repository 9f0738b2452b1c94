/**
 * Where objects lie in the store: /registry/<plural>/<namespace>/<name>, as kube-apiserver, but in a cluster's own folder
 * with every resource under its plural name. In an etcd that others write to, too, the prefixes are kube-apiserver's to the
 * letter: a few resources still have names of old. Custom resources add their group. Follows pkg/kubeapiserver/default_storage_factory_builder.go
 * (SpecialDefaultResourcePrefixes) and pkg/registry's storage configuration.
 */
import type { ResourceFacts } from '../../api/resource.ts';

/** By group/plural. */
const NAMES_OF_OLD: Readonly<Record<string, string>> = {
  '/endpoints': 'services/endpoints',
  '/nodes': 'minions',
  '/replicationcontrollers': 'controllers',
  '/services': 'services/specs',
  'networking.k8s.io/ingresses': 'ingress',
  'apiregistration.k8s.io/apiservices': 'apiregistration.k8s.io/apiservices',
  'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/customresourcedefinitions',
};

/** The prefix of a resource's keys, with the slash at its end. */
export function resourcePrefix({ group, plural, model }: Pick<ResourceFacts, 'group' | 'plural' | 'model'>, shared = false): string {
  const old = shared ? NAMES_OF_OLD[`${group}/${plural}`] : undefined;
  return `/registry/${old ?? (model === '' ? `${group}/${plural}` : plural)}/`;
}
