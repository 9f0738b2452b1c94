/**
 * Role based access control: what the stored roles and bindings allow. Follows kubernetes
 * plugin/pkg/auth/authorizer/rbac/rbac.go and pkg/registry/rbac/validation/rule.go; bindings are found by their subjects.
 */
import type { PolicyRule, RbacV1Subject, RoleRef } from '../../api/generated/types.ts';
import type { UserInfo } from '../../api/request.ts';
import { goQuote } from '../../api/quote.ts';
import { RBAC_GROUP } from '../../api/rbac/resources.ts';
import { ruleAllowsPath, ruleAllowsResource } from '../../api/rbac/rules.ts';
import { notFound } from '../../api/status.ts';
import { NO_OPINION, noOpinion, type AccessQuestion, type Authorizer, type Decision, type RuleResolver, type RulesList } from './authorizer.ts';
import { PolicyIndex, type Binding, type BoundPolicy } from './policy-index.ts';
import type { Storages } from '../storage/storages.ts';

/** Told each rule that applies, and each error on the way; false ends the visit. */
type Visitor = (rule: PolicyRule | undefined, source: () => string, error?: string) => boolean;

export class RbacAuthorizer implements Authorizer, RuleResolver {
  readonly #index: PolicyIndex;

  constructor(storages: Storages) {
    this.#index = new PolicyIndex(storages);
  }

  authorize(question: AccessQuestion): Decision | Promise<Decision> {
    const policy = this.#index.current();
    return policy instanceof Promise ? policy.then((opened) => decide(opened, question)) : decide(policy, question);
  }

  async rulesFor(user: UserInfo, namespace: string): Promise<RulesList> {
    const { rules, errors } = await this.policyRules(user, namespace);
    return {
      resourceRules: rules.filter(({ resources }) => resources?.length),
      nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs?.length),
      incomplete: false,
      errors,
    };
  }

  /** Every rule that a user has in a namespace ('': in the whole cluster), and what could not be found out. */
  async policyRules(user: UserInfo, namespace: string): Promise<{ rules: PolicyRule[]; errors: string[] }> {
    const rules: PolicyRule[] = [];
    const errors: string[] = [];
    visitRules(await this.#index.current(), user, namespace, (rule, _, error) => {
      if (rule) rules.push(rule);
      if (error !== undefined) errors.push(error);
      return true;
    });
    return { rules, errors };
  }

  /** The rules of a role that a binding in `namespace` ('': a ClusterRoleBinding) names. Throws NotFound where there is none. */
  async rolesRules({ kind, name }: RoleRef, namespace: string): Promise<readonly PolicyRule[]> {
    const rules = (await this.#index.current()).rulesOf(kind, namespace, name);
    if (!rules) throw notFound({ group: RBAC_GROUP, plural: kind === 'Role' ? 'roles' : 'clusterroles' }, name);
    return rules;
  }
}

function decide(policy: BoundPolicy, question: AccessQuestion): Decision {
  let decision: Decision | undefined;
  const errors: string[] = [];
  visitRules(policy, question.user, 'path' in question ? '' : question.namespace, (rule, source, error) => {
    if (error !== undefined) errors.push(error);
    if (!rule || !('path' in question ? ruleAllowsPath(rule, question.verb, question.path) : ruleAllowsResource(rule, question))) return true;
    decision = { allowed: true, reason: `RBAC: allowed by ${source()}` };
    return false;
  });
  if (decision) return decision;
  return errors.length === 0 ? NO_OPINION : noOpinion(`RBAC: ${aggregate(errors)}`);
}

/** Several errors in one line, each once (apimachinery pkg/util/errors). */
export function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}

function visitRules(policy: BoundPolicy, user: UserInfo, namespace: string, visit: Visitor): void {
  for (const scope of namespace === '' ? [''] : ['', namespace]) {
    for (const binding of policy.bindings(scope, user)) if (!visitBinding(policy, binding, scope, user, visit)) return;
  }
}

function visitBinding(policy: BoundPolicy, { metadata, roleRef, subjects }: Binding, namespace: string, user: UserInfo, visit: Visitor): boolean {
  const rules = policy.rulesOf(roleRef.kind, namespace, roleRef.name);
  const source = () => {
    const binding = namespace ? `RoleBinding ${goQuote(`${metadata.name}/${namespace}`)}` : `ClusterRoleBinding ${goQuote(metadata.name)}`;
    const subject = subjects?.find((candidate) => appliesTo(candidate, user, namespace));
    return `${binding} of ${roleRef.kind} ${goQuote(roleRef.name)} to ${subject ? describeSubject(subject, namespace) : ''}`;
  };
  if (!rules) return visit(undefined, source, `${roleRef.kind.toLowerCase()}.${RBAC_GROUP} ${goQuote(roleRef.name)} not found`);
  return rules.every((rule) => visit(rule, source));
}

function appliesTo(subject: RbacV1Subject, user: UserInfo, namespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.username;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  return subject.kind === 'ServiceAccount' && user.username === `system:serviceaccount:${subject.namespace || namespace}:${subject.name}`;
}

const describeSubject = ({ kind, name, namespace }: RbacV1Subject, bindingNamespace: string): string =>
  `${kind} ${goQuote(kind === 'ServiceAccount' ? `${name}/${namespace || bindingNamespace}` : name)}`;
