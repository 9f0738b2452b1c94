/** Questions in the form of objects that are answered and not stored: who am I, and what may I do. Follows kubernetes pkg/registry/{authentication,authorization}. */
import type { Draft } from '../api/json.ts';
import type { KubeObject } from '../api/object.ts';
import { badRequest } from '../api/status.ts';
import { formatTime } from '../api/time.ts';
import { aggregate } from './authorization/rbac.ts';
import type { AuthorizerChain } from './authorization/authorizer.ts';
import { reviewQuestion, type ReviewSpec } from './authorization/review-question.ts';
import { decodeRequest } from './registry/incoming.ts';
import { matchNamespace, metaOf } from './registry/metadata.ts';
import type { RequestScope } from './registry/scope.ts';
import { invalidObject } from './validation/field.ts';
import { validateAccessReview, type AccessReviewKind } from './validation/reviews.ts';

type Review = Draft<KubeObject> & { spec?: ReviewSpec & { readonly namespace?: string }; status?: unknown };
type Answer = (scope: RequestScope, review: Review, authorizer: AuthorizerChain) => Promise<void> | void;

const accessReview = (kind: AccessReviewKind): Answer => (scope, review, authorizer) => answerAccess(kind, scope, review, authorizer);

/** The resources that are answered here. */
const REVIEWS: Readonly<Record<string, Answer>> = {
  'authentication.k8s.io/selfsubjectreviews': whoAmI,
  'authorization.k8s.io/selfsubjectaccessreviews': accessReview('selfsubjectaccessreviews'),
  'authorization.k8s.io/subjectaccessreviews': accessReview('subjectaccessreviews'),
  'authorization.k8s.io/localsubjectaccessreviews': accessReview('localsubjectaccessreviews'),
  'authorization.k8s.io/selfsubjectrulesreviews': answerRules,
};

const answerOf = ({ resource }: RequestScope): Answer | undefined => REVIEWS[`${resource.group}/${resource.plural}`];

export const isReview = (scope: RequestScope): boolean => answerOf(scope) !== undefined;

export async function answerReview(scope: RequestScope, authorizer: AuthorizerChain): Promise<KubeObject> {
  const review = decodeRequest(scope) as Review;
  const meta = metaOf(review);
  matchNamespace(scope, meta);
  await answerOf(scope)?.(scope, review, authorizer);
  // Go writes the zero time of an object that was never stored.
  (metaOf(review) as { creationTimestamp?: string | null }).creationTimestamp ??= null;
  return review as KubeObject;
}

function whoAmI({ user, nowMs }: RequestScope, review: Review): void {
  review.metadata = { creationTimestamp: formatTime(nowMs) };
  delete review.spec;
  review.status = { userInfo: { username: user.username, ...(user.uid ? { uid: user.uid } : {}), ...(user.groups.length > 0 ? { groups: user.groups } : {}), ...(user.extra && Object.keys(user.extra).length > 0 ? { extra: user.extra } : {}) } };
}

async function answerAccess(kind: AccessReviewKind, { user, namespace }: RequestScope, review: Review, authorizer: AuthorizerChain): Promise<void> {
  const faults = validateAccessReview(kind, review as Parameters<typeof validateAccessReview>[1]);
  // The kind is not known any more where upstream words this.
  if (faults.length > 0) throw invalidObject({ group: 'authorization.k8s.io', kind: '' }, '', faults);
  if (kind === 'localsubjectaccessreviews' && namespace === '') throw badRequest('namespace is required on this type: ');
  const { question, evaluationErrors } = reviewQuestion(kind === 'selfsubjectaccessreviews' ? user : undefined, review.spec ?? {});
  const { allowed, denied = false, reason } = await authorizer.authorize(question);
  review.status = { allowed, ...(denied ? { denied } : {}), ...(reason === '' ? {} : { reason }), ...(evaluationErrors.length > 0 ? { evaluationError: evaluationErrors.join('; ') } : {}) };
}

async function answerRules({ user }: RequestScope, review: Review, authorizer: AuthorizerChain): Promise<void> {
  const namespace = review.spec?.namespace;
  if (!namespace) throw badRequest('no namespace on request');
  const { resourceRules, nonResourceRules, incomplete, errors } = await authorizer.rulesFor(user, namespace);
  review.metadata = {};
  review.spec = {};
  review.status = {
    resourceRules: resourceRules.map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, ...given({ apiGroups, resources, resourceNames }) })),
    nonResourceRules: nonResourceRules.map(({ verbs, nonResourceURLs }) => ({ verbs, ...given({ nonResourceURLs }) })),
    incomplete,
    ...(errors.length > 0 ? { evaluationError: aggregate(errors) } : {}),
  };
}

/** The lists that are not empty. */
const given = (lists: Readonly<Record<string, readonly string[] | undefined>>) => Object.fromEntries(Object.entries(lists).filter(([, list]) => list?.length));
