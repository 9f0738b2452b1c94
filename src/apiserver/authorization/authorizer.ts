/**
 * Second station: whether the user may. A chain of authorizers, each of which allows, refuses or has no opinion. Follows
 * apiserver pkg/authorization/{authorizer,union} and kubernetes pkg/kubeapiserver/authorizer/reload.go.
 */
import type { UserInfo } from '../../api/request.ts';
import { PRIVILEGED_GROUP } from '../../api/rbac/resources.ts';
import type { FieldRequirement } from '../../api/fields.ts';
import type { Requirement } from '../../api/labels.ts';

/** What somebody wants to do to a resource. */
export interface ResourceQuestion {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly version?: string;
  readonly resource: string;
  readonly subresource: string;
  /** '' for cluster scope and all namespaces. */
  readonly namespace: string;
  readonly name: string;
  /** How a list, watch or deletecollection narrows itself. */
  readonly fieldRequirements?: readonly FieldRequirement[];
  readonly labelRequirements?: readonly Requirement[];
}

/** What somebody wants to do to a path outside the resource API; the verb is the HTTP method in small letters. */
export interface PathQuestion {
  readonly user: UserInfo;
  readonly verb: string;
  readonly path: string;
}

export type AccessQuestion = ResourceQuestion | PathQuestion;

export interface Decision {
  readonly allowed: boolean;
  /** Refused for good: nobody further down the chain is asked. */
  readonly denied?: boolean;
  /** As reviews and refusals show it; most say nothing. */
  readonly reason: string;
  /** By what, for the audit log, where the reason doesn't say. */
  readonly by?: string;
}

export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface NonResourceRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What a user may do in a namespace, as far as it can be listed. */
export interface RulesList {
  readonly resourceRules: readonly ResourceRule[];
  readonly nonResourceRules: readonly NonResourceRule[];
  readonly incomplete: boolean;
  readonly errors: readonly string[];
}

export interface Authorizer {
  authorize(question: AccessQuestion): Decision | Promise<Decision>;
}

/** An authorizer that can list what it would allow. */
export interface RuleResolver {
  rulesFor(user: UserInfo, namespace: string): RulesList | Promise<RulesList>;
}

export const NO_OPINION: Decision = { allowed: false, reason: '' };
export const NO_RULES: RulesList = { resourceRules: [], nonResourceRules: [], incomplete: false, errors: [] };

export const noOpinion = (reason: string): Decision => ({ allowed: false, reason });

export const isPrivileged = (user: UserInfo): boolean => user.groups.includes(PRIVILEGED_GROUP);

const PRIVILEGED: Decision = { allowed: true, reason: '', by: `group ${PRIVILEGED_GROUP}` };
const ALLOWED: Decision = { allowed: true, reason: '', by: 'AlwaysAllow' };
const DENIED = noOpinion('Everything is forbidden.');
const ALL: RulesList = { ...NO_RULES, resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }] };

export const alwaysAllow: Authorizer & RuleResolver = { authorize: () => ALLOWED, rulesFor: () => ALL };
export const alwaysDeny: Authorizer & RuleResolver = { authorize: () => DENIED, rulesFor: () => NO_RULES };

/** Asks system:masters first, then each authorizer until one decides; without any opinion the answer is no. */
export class AuthorizerChain implements Authorizer, RuleResolver {
  constructor(private readonly chain: readonly (Authorizer & RuleResolver)[]) {}

  authorize(question: AccessQuestion): Decision | Promise<Decision> {
    return isPrivileged(question.user) ? PRIVILEGED : this.#ask(question, 0, []);
  }

  /** Most answers are there at once: no promise is made for them. */
  #ask(question: AccessQuestion, from: number, reasons: readonly string[]): Decision | Promise<Decision> {
    let said = reasons;
    for (let i = from; i < this.chain.length; i++) {
      const pending = this.chain[i]?.authorize(question) ?? NO_OPINION;
      if (pending instanceof Promise) return pending.then((decision) => (decides(decision) ? decision : this.#ask(question, i + 1, withReason(said, decision))));
      if (decides(pending)) return pending;
      said = withReason(said, pending);
    }
    return said.length === 0 ? NO_OPINION : noOpinion(said.join('\n'));
  }

  async rulesFor(user: UserInfo, namespace: string): Promise<RulesList> {
    const lists: RulesList[] = [];
    for (const each of this.chain) lists.push(await each.rulesFor(user, namespace));
    return {
      resourceRules: lists.flatMap(({ resourceRules }) => resourceRules),
      nonResourceRules: lists.flatMap(({ nonResourceRules }) => nonResourceRules),
      incomplete: lists.some(({ incomplete }) => incomplete),
      errors: lists.flatMap(({ errors }) => errors),
    };
  }
}

const decides = ({ allowed, denied = false }: Decision): boolean => allowed || denied;
const withReason = (reasons: readonly string[], { reason }: Decision): readonly string[] => (reason === '' ? reasons : [...reasons, reason]);
