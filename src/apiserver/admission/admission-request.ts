/** A request as webhooks and expressions see it: admission.k8s.io AdmissionRequest without its objects. Follows apiserver pkg/admission/plugin/webhook/request. */
import type { ResourceFacts } from '../../api/resource.ts';
import { nameOf, namespaceOf, operationOf } from './matching.ts';
import type { Attributes } from './plugin.ts';

const META = 'meta.k8s.io/v1';

const kindOf = (attributes: Attributes, { group, version, kind, subresources }: ResourceFacts) => {
  const own = attributes.subresource === '' || attributes.subresource === 'status' ? kind : (subresources[attributes.subresource]?.kind ?? kind);
  // Scale is of a group of its own; what else a subresource takes is of its resource's.
  return own === 'Scale' ? { group: 'autoscaling', version: 'v1', kind: own } : own === 'Eviction' ? { group: 'policy', version: 'v1', kind: own } : { group, version, kind: own };
};
const resourceOf = ({ group, version, plural }: ResourceFacts) => ({ group, version, resource: plural });

export type AdmissionRequestFields = ReturnType<typeof admissionRequest>;

/** @param matched the version of the resource that a rule wanted */
export function admissionRequest(attributes: Attributes, matched: ResourceFacts) {
  const { requested, subresource, user, options } = attributes;
  const { username, uid, groups, extra } = user;
  const namespace = namespaceOf(attributes);
  return {
    kind: kindOf(attributes, matched),
    resource: resourceOf(matched),
    ...(subresource ? { subResource: subresource } : {}),
    requestKind: kindOf(attributes, requested),
    requestResource: resourceOf(requested),
    ...(subresource ? { requestSubResource: subresource } : {}),
    ...(nameOf(attributes) ? { name: nameOf(attributes) } : {}),
    ...(namespace ? { namespace } : {}),
    operation: operationOf(attributes),
    userInfo: { ...(username ? { username } : {}), ...(uid ? { uid } : {}), ...(groups.length > 0 ? { groups } : {}), ...(extra && Object.keys(extra).length > 0 ? { extra } : {}) },
    dryRun: options.dryRun ?? false,
    options: optionsOf(attributes),
  };
}

const OPTION_KINDS: Readonly<Record<string, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions', delete: 'DeleteOptions', deletecollection: 'DeleteOptions' };

function optionsOf({ operation, verb, options }: Attributes) {
  if (operation === 'connect') return null;
  const { dryRun, fieldManager, fieldValidation, force, gracePeriodSeconds, propagationPolicy, preconditions } = options;
  const own = operation === 'delete' ? { ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }), ...(preconditions ? { preconditions } : {}), ...(propagationPolicy ? { propagationPolicy } : {}) } : {};
  return {
    kind: operation === 'delete' ? 'DeleteOptions' : (OPTION_KINDS[verb] ?? 'CreateOptions'), apiVersion: META,
    ...own,
    ...(dryRun ? { dryRun: ['All'] } : {}),
    ...(verb === 'patch' && force !== undefined ? { force } : {}),
    ...(operation !== 'delete' && fieldManager ? { fieldManager } : {}),
    ...(operation !== 'delete' && fieldValidation ? { fieldValidation } : {}),
  };
}

