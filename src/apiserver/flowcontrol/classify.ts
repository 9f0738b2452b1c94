/** Which FlowSchema a request belongs to. Follows apiserver pkg/util/flowcontrol/rule.go. */
import type { FlowcontrolV1Subject, FlowSchema, NonResourcePolicyRule, ResourcePolicyRule } from '../../api/generated/types.ts';
import type { UserInfo } from '../../api/request.ts';
import type { Stored } from '../../api/object.ts';

/** A request for a resource, or for another path. */
export interface FlowRequest {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  /** For what is no resource. */
  readonly path?: string;
}

const ALL = '*';
const ACCOUNT = 'system:serviceaccount:';

const names = (list: readonly string[] | undefined, value: string): boolean => list?.some((each) => each === ALL || each === value) ?? false;

function isSubject({ kind, user, group, serviceAccount }: FlowcontrolV1Subject, { username, groups }: UserInfo): boolean {
  if (kind === 'User') return user?.name === ALL || user?.name === username;
  if (kind === 'Group') return group?.name === ALL || groups.includes(group?.name ?? '');
  const prefix = `${ACCOUNT}${serviceAccount?.namespace ?? ''}:`;
  return serviceAccount?.name === ALL ? username.startsWith(prefix) : username === prefix + (serviceAccount?.name ?? '');
}

function isOfResourceRule({ verbs, apiGroups, resources, clusterScope = false, namespaces }: ResourcePolicyRule, { verb, group = '', resource = '', subresource = '', namespace = '' }: FlowRequest): boolean {
  return names(verbs, verb) && names(apiGroups, group) && names(resources, subresource === '' ? resource : `${resource}/${subresource}`) && (namespace === '' ? clusterScope : names(namespaces, namespace));
}

function isOfPathRule({ verbs, nonResourceURLs }: NonResourcePolicyRule, { verb, path = '' }: FlowRequest): boolean {
  return names(verbs, verb) && nonResourceURLs.some((url) => url === ALL || url === path || (url.endsWith('/*') && path.startsWith(url.slice(0, -1))));
}

/** The schemas in the order in which they are asked. */
export const inOrder = (schemas: readonly Stored<FlowSchema>[]): Stored<FlowSchema>[] =>
  [...schemas].sort((a, b) => (a.spec?.matchingPrecedence ?? 1000) - (b.spec?.matchingPrecedence ?? 1000) || (a.metadata.name < b.metadata.name ? -1 : 1));

export function matches({ spec }: FlowSchema, request: FlowRequest): boolean {
  return spec?.rules?.some(({ subjects, resourceRules, nonResourceRules }) =>
    subjects.some((subject) => isSubject(subject, request.user)) &&
    (request.path === undefined ? resourceRules?.some((rule) => isOfResourceRule(rule, request)) : nonResourceRules?.some((rule) => isOfPathRule(rule, request)))) ?? false;
}

/** Whose requests wait behind each other: those of one user, of one namespace, or all of the schema. */
export function flowOf({ metadata, spec }: Stored<FlowSchema>, { user, namespace = '' }: FlowRequest): string {
  const { type } = spec?.distinguisherMethod ?? {};
  return `${metadata.name}/${type === 'ByUser' ? user.username : type === 'ByNamespace' ? namespace : ''}`;
}
