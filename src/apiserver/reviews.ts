/** Questions in the form of objects that are answered and not stored: who am I, and what may I do. Follows kubernetes pkg/registry/{authentication,authorization}. */
import type { Draft } from '../api/json.ts';
import type { KubeObject } from '../api/object.ts';
import type { UserInfo } from '../api/request.ts';
import { badRequest } from '../api/status.ts';
import type { AccessQuestion, AuthorizationMode, Authorizer } from './authorization.ts';
import { decodeRequest } from './registry/incoming.ts';
import type { RequestScope } from './registry/scope.ts';

interface ReviewSpec {
  resourceAttributes?: { namespace?: string; verb?: string; group?: string; resource?: string; subresource?: string; name?: string };
  nonResourceAttributes?: { path?: string; verb?: string };
  user?: string;
  groups?: string[];
  namespace?: string;
}
type Review = Draft<KubeObject> & { spec?: ReviewSpec; status?: unknown };

/** The resources that are answered here. */
const REVIEWS: ReadonlySet<string> = new Set([
  'authentication.k8s.io/selfsubjectreviews', 'authorization.k8s.io/selfsubjectaccessreviews', 'authorization.k8s.io/subjectaccessreviews',
  'authorization.k8s.io/localsubjectaccessreviews', 'authorization.k8s.io/selfsubjectrulesreviews',
]);

export const isReview = (scope: RequestScope): boolean => REVIEWS.has(`${scope.resource.group}/${scope.resource.plural}`);

export async function answerReview(scope: RequestScope, authorizer: Authorizer, mode: AuthorizationMode): Promise<KubeObject> {
  const review = decodeRequest(scope) as Review;
  const { user } = scope;
  switch (scope.resource.plural) {
    case 'selfsubjectreviews':
      review.status = { userInfo: { username: user.username, groups: user.groups, ...(user.uid ? { uid: user.uid } : {}), ...(user.extra ? { extra: user.extra } : {}) } };
      break;
    case 'selfsubjectrulesreviews':
      review.status = rulesOf(user, mode);
      break;
    default:
      review.status = await access(scope, review.spec ?? {}, authorizer);
  }
  return review as KubeObject;
}

async function access(scope: RequestScope, spec: ReviewSpec, authorizer: Authorizer): Promise<object> {
  const own = scope.resource.plural === 'selfsubjectaccessreviews';
  const user: UserInfo = own ? scope.user : { username: spec.user ?? '', groups: spec.groups ?? [] };
  const attributes = spec.resourceAttributes;
  if (!attributes && !spec.nonResourceAttributes) throw badRequest('spec.resourceAttributes: Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified');
  if (!attributes) return { allowed: user.groups.includes('system:masters') };
  const question: AccessQuestion = {
    user,
    verb: attributes.verb ?? '', group: attributes.group ?? '', resource: attributes.resource ?? '', subresource: attributes.subresource ?? '',
    namespace: attributes.namespace ?? '', name: attributes.name ?? '',
  };
  const { allowed, reason } = await authorizer.authorize(question);
  return { allowed, ...(reason.startsWith('RBAC') ? { reason } : {}) };
}

/** Without RBAC everybody may everything; with it, only administrators' rules can be listed here. */
function rulesOf(user: UserInfo, mode: AuthorizationMode): object {
  if (mode === 'AlwaysAllow' || user.groups.includes('system:masters')) {
    return { resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }], incomplete: false };
  }
  return { resourceRules: [], nonResourceRules: [], incomplete: true, evaluationError: 'rules of roles are not listed' };
}
