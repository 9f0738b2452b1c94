/** What a request asks for, as authorizers see it. Follows apiserver pkg/endpoints/request/requestinfo.go and pkg/endpoints/filters/authorization.go. */
import { parseFieldSelector } from '../../api/fields.ts';
import { parseSelector } from '../../api/labels.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { ResourceQuestion } from './authorizer.ts';

const WITH_SELECTORS = new Set<string>(['list', 'watch', 'deletecollection']);

export function questionOf({ request, options, user, resource, subresource, namespace, name }: RequestScope): ResourceQuestion {
  const { verb } = request;
  const { group, version, plural } = resource;
  // A namespace is within itself.
  const within = group === '' && plural === 'namespaces' ? name : namespace;
  const question: ResourceQuestion = { user, verb, group, version, resource: plural, subresource, namespace: within, name };
  if (!WITH_SELECTORS.has(verb) || (!options.fieldSelector && !options.labelSelector)) return question;
  const fieldRequirements = parsed(() => parseFieldSelector(options.fieldSelector ?? '').requirements);
  const labelRequirements = parsed(() => parseSelector(options.labelSelector ?? '').requirements);
  const exact = verb === 'deletecollection' ? undefined : fieldRequirements?.find(({ field, operator }) => field === 'metadata.name' && operator === '=');
  return {
    ...question,
    ...(name === '' && exact ? { name: exact.value } : {}),
    ...(fieldRequirements?.length ? { fieldRequirements } : {}),
    ...(labelRequirements?.length ? { labelRequirements } : {}),
  };
}

/** A selector that makes no sense narrows nothing; the request fails on it later. */
function parsed<T>(parse: () => readonly T[]): readonly T[] | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
