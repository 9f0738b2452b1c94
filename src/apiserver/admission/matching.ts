/** Which requests a webhook or a policy is about. Follows apiserver pkg/admission/plugin/webhook/{rules,predicates} and policy/matching. */
import type { LabelSelector } from '../../api/generated/types.ts';
import { draft, freeze, type Draft } from '../../api/json.ts';
import { NAMESPACES } from '../../api/kinds.ts';
import { selectorFromLabelSelector, type Labels } from '../../api/labels.ts';
import type { KubeObject } from '../../api/object.ts';
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';
import { notFound } from '../../api/status.ts';
import { conversionOf } from '../registry/conversion.ts';
import type { ServedResources } from '../served-resources.ts';
import type { Lookup } from '../storage/storages.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { Attributes } from './plugin.ts';

export interface Rule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly scope?: string;
  readonly resourceNames?: readonly string[];
}

export interface Selectors {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

const EXEMPT = new Set(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding']);

/** Whether a resource configures admission itself: nobody could put right what refuses to be put right. */
export const isExempt = ({ group, kind }: ResourceFacts): boolean => group === 'admissionregistration.k8s.io' && EXEMPT.has(kind);

const isNamespace = ({ group, plural }: ResourceFacts): boolean => group === '' && plural === 'namespaces';

/** The namespace that a request is about; of a namespace itself it is its own. */
export const namespaceOf = ({ requested, namespace, name }: Attributes): string => (isNamespace(requested) ? name : namespace);

export const nameOf = ({ name, object }: Attributes): string => name || (object?.metadata?.name ?? '');

/** The operation as rules and reviews call it. */
export const operationOf = ({ operation }: Attributes): string => operation.toUpperCase();

/** Whether both selectors want the request. Throws where the namespace isn't there. */
export function selects(attributes: Attributes, { namespaceSelector, objectSelector }: Selectors, cluster: Lookup): boolean | Promise<boolean> {
  const objects = selectorFromLabelSelector(objectSelector ?? {});
  if (!objects.empty && ![attributes.object, attributes.old].some((object) => object !== undefined && objects.matches(object.metadata?.labels))) return false;
  const { requested } = attributes;
  const name = namespaceOf(attributes);
  const namespaces = selectorFromLabelSelector(namespaceSelector ?? {});
  if (namespaces.empty || (name === '' && !isNamespace(requested))) return true;
  if (isNamespace(requested) && attributes.subresource === '' && attributes.object) return namespaces.matches(attributes.object.metadata?.labels);
  const test = (found: { readonly metadata?: { readonly labels?: Labels } } | undefined): boolean => {
    if (!found) throw notFound(NAMESPACES, name);
    return namespaces.matches(found.metadata?.labels);
  };
  const found = cluster.get(NAMESPACES, undefined, name);
  return found instanceof Promise ? found.then(test) : test(found);
}

/**
 * The version of the resource in which a rule wants the request: as asked for, or another one that is served where the
 * match policy lets versions stand for each other.
 */
export async function matchRules(attributes: Attributes, rules: readonly Rule[], matchPolicy: string | undefined, served: ServedResources): Promise<ResourceFacts | undefined> {
  const { requested } = attributes;
  if (rules.some((rule) => matches(rule, attributes, requested))) return requested;
  if (matchPolicy === 'Exact') return undefined;
  const others = await equivalents(requested, served);
  for (const rule of rules) for (const other of others) if (matches(rule, attributes, other)) return other;
  return undefined;
}

function matches(rule: Rule, attributes: Attributes, { group, version, plural, namespaced }: ResourceFacts): boolean {
  const has = (items: readonly string[] | undefined, value: string): boolean => items !== undefined && (items.includes('*') || items.includes(value));
  if (!has(rule.operations, operationOf(attributes)) || !has(rule.apiGroups, group) || !has(rule.apiVersions, version)) return false;
  if (rule.scope !== undefined && rule.scope !== '*' && (rule.scope === 'Namespaced') !== namespaced) return false;
  const fits = (text: string): boolean => {
    const [resource, subresource = ''] = text.split('/', 2);
    return (resource === '*' || resource === plural) && (subresource === '*' || subresource === attributes.subresource);
  };
  return (rule.resources?.some(fits) ?? false) && (!rule.resourceNames?.length || rule.resourceNames.includes(nameOf(attributes)));
}

async function equivalents(requested: ResourceFacts, served: ServedResources): Promise<readonly ResourceFacts[]> {
  const isEvent = ({ group, plural }: ResourceFacts): boolean => plural === 'events' && (group === '' || group === 'events.k8s.io');
  return (await served.all()).filter((other) => other !== requested && other.plural === requested.plural && (other.group === requested.group ? other.version !== requested.version : isEvent(other) && isEvent(requested)));
}

/** An object of the request in the version that was matched. */
export function inVersion<T extends KubeObject>(object: T, { resource }: Attributes, wanted: ResourceFacts): KubeObject {
  if (apiVersionOf(wanted) === apiVersionOf(resource)) return object;
  const conversion = conversionOf(wanted);
  return conversion ? conversion.fromStorage(freeze(draft(object)) as unknown as StoredObject) : { ...object, apiVersion: apiVersionOf(wanted) };
}

/** The way back. */
export function fromVersion(object: Draft<KubeObject>, { resource }: Attributes, matched: ResourceFacts): Draft<KubeObject> {
  if (apiVersionOf(matched) === apiVersionOf(resource)) return object;
  const conversion = conversionOf(matched);
  return conversion ? conversion.toStorage(object) : { ...object, apiVersion: apiVersionOf(resource) };
}
