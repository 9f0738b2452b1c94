/** Applies the LimitRanges of a namespace to pods and claims: defaults first, then limits. Follows kubernetes plugin/pkg/admission/limitranger/admission.go. */
import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import type { Resource } from '../../api/kinds.ts';
import { podLimits, podRequests } from '../../api/pods.ts';
import { parseQuantity, type Quantity } from '../../api/quantity.ts';
import { resourceAt } from '../../api/resource.ts';
import type { Lookup } from '../storage/storages.ts';
import { refuse, type AdmissionPlugin, type Attributes } from './plugin.ts';

const LIMITRANGES = resourceAt('', 'v1', 'limitranges') as Resource<LimitRange>;
const ANNOTATION = 'kubernetes.io/limit-ranger';

type Amounts = Readonly<Record<string, string>> | undefined;

const isPods = ({ group, plural }: { group: string; plural: string }): boolean => group === '' && plural === 'pods';

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  // Pods' resources don't change after creation but by their own subresource.
  handles: (operation, { group, plural }, subresource) =>
    group === '' && (subresource === 'resize' ? plural === 'pods' && operation === 'update' : subresource === '' && ((plural === 'pods' && operation === 'create') || (plural === 'persistentvolumeclaims' && (operation === 'create' || operation === 'update')))),

  async admit(attributes: Attributes, cluster: Lookup) {
    if (!isPods(attributes.resource)) return undefined;
    const ranges = await cluster.list(LIMITRANGES, attributes.namespace);
    if (ranges.length === 0) return undefined;
    const pod = attributes.object as Draft<Pod>;
    const done = ranges.flatMap((range) => applyDefaults(pod, range));
    if (done.length === 0) return undefined;
    const text = `LimitRanger plugin set: ${done.join('; ')}`;
    ((pod.metadata ??= {}).annotations ??= {})[ANNOTATION] = text;
    return done.join('; ');
  },

  async validate(attributes: Attributes, cluster: Lookup) {
    for (const range of await cluster.list(LIMITRANGES, attributes.namespace)) {
      const errors = (range.spec?.limits ?? []).flatMap((item) => (isPods(attributes.resource) ? podErrors(attributes.object as Pod, item) : claimErrors(attributes.object as PersistentVolumeClaim, item)));
      const unique = [...new Set(errors)];
      if (unique.length > 0) throw refuse(attributes, unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`);
    }
    return undefined;
  },
};

/** Requests and limits for containers that name none; says which. */
function applyDefaults(pod: Draft<Pod>, range: LimitRange): string[] {
  const items = (range.spec?.limits ?? []).filter((item) => item.type === 'Container');
  const requests = Object.assign({}, ...items.map((item) => item.defaultRequest)) as Record<string, string>;
  const limits = Object.assign({}, ...items.map((item) => item.default)) as Record<string, string>;
  const done: string[] = [];
  const fill = (containers: Draft<Container>[] | undefined, what: string) => {
    for (const container of containers ?? []) {
      const setRequests = fillIn(container, 'requests', requests);
      const setLimits = fillIn(container, 'limits', limits);
      if (setRequests.length > 0) done.push(`${setRequests.join(', ')} request for ${what} ${container.name}`);
      if (setLimits.length > 0) done.push(`${setLimits.join(', ')} limit for ${what} ${container.name}`);
    }
  };
  fill(pod.spec?.containers, 'container');
  fill(pod.spec?.initContainers, 'init container');
  return done;
}

function fillIn(container: Draft<Container>, which: 'requests' | 'limits', defaults: Record<string, string>): string[] {
  const missing = Object.keys(defaults).filter((name) => container.resources?.[which]?.[name] === undefined).sort();
  if (missing.length === 0) return [];
  const list = ((container.resources ??= {})[which] ??= {});
  for (const name of missing) list[name] = defaults[name] ?? '0';
  return missing;
}

function podErrors(pod: Pod, item: LimitRangeItem): string[] {
  if (item.type === 'Container') {
    const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    return containers.flatMap(({ resources }) => constraintErrors(item, 'Container', resources?.requests, resources?.limits));
  }
  if (item.type !== 'Pod') return [];
  const texts = (list: ReadonlyMap<string, Quantity>) => Object.fromEntries([...list].map(([name, amount]) => [name, amount.toString()]));
  return constraintErrors(item, 'Pod', texts(podRequests(pod)), texts(podLimits(pod)));
}

function claimErrors(claim: PersistentVolumeClaim, item: LimitRangeItem): string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const requests = claim.spec?.resources?.requests;
  const errors: string[] = [];
  for (const [name, enforced] of amounts(item.min)) errors.push(...minErrors(name, 'PersistentVolumeClaim', enforced, requests, undefined));
  for (const [name, enforced] of amounts(item.max)) {
    const request = amountOf(requests, name);
    const what = `maximum ${name} usage per PersistentVolumeClaim is ${enforced.toString()}`;
    if (!request) errors.push(`${what}.  No request is specified`);
    else if (request.compare(enforced) > 0) errors.push(`${what}, but request is ${request.toString()}`);
  }
  return errors;
}

function constraintErrors(item: LimitRangeItem, type: string, requests: Amounts, limits: Amounts): string[] {
  const errors: string[] = [];
  for (const [name, enforced] of amounts(item.min)) errors.push(...minErrors(name, type, enforced, requests, limits));
  for (const [name, enforced] of amounts(item.max)) {
    const what = `maximum ${name} usage per ${type} is ${enforced.toString()}`;
    const limit = amountOf(limits, name);
    const request = amountOf(requests, name);
    if (!limit) errors.push(`${what}.  No limit is specified`);
    else if (limit.compare(enforced) > 0) errors.push(`${what}, but limit is ${limit.toString()}`);
    else if (request && request.compare(enforced) > 0) errors.push(`${what}, but request is ${request.toString()}`);
  }
  for (const [name, enforced] of amounts(item.maxLimitRequestRatio)) {
    const what = `${name} max limit to request ratio per ${type} is ${enforced.toString()}, but`;
    const limit = amountOf(limits, name);
    const request = amountOf(requests, name);
    if (!request || request.isZero()) errors.push(`${what} no request is specified or request is 0`);
    else if (!limit || limit.isZero()) errors.push(`${what} no limit is specified or limit is 0`);
    else {
      const ratio = Number(limit.nano) / Number(request.nano);
      if (ratio > Number(enforced.nano) / 1e9) errors.push(`${what} provided ratio is ${ratio.toFixed(6)}`);
    }
  }
  return errors;
}

function minErrors(name: string, type: string, enforced: Quantity, requests: Amounts, limits: Amounts): string[] {
  const what = `minimum ${name} usage per ${type} is ${enforced.toString()}`;
  const request = amountOf(requests, name);
  const limit = amountOf(limits, name);
  if (!request) return [`${what}.  No request is specified`];
  if (request.compare(enforced) < 0) return [`${what}, but request is ${request.toString()}`];
  return limit && limit.compare(enforced) < 0 ? [`${what}, but limit is ${limit.toString()}`] : [];
}

const amountOf = (list: Amounts, name: string): Quantity | undefined => (list?.[name] === undefined ? undefined : parseQuantity(list[name]));
const amounts = (list: Amounts): [string, Quantity][] => Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantity(text)]);
