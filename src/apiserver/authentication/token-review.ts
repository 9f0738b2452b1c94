/** TokenReview: whose token is it? Follows kubernetes pkg/registry/authentication/tokenreview. */
import type { TokenReview } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest } from '../../api/status.ts';
import { decodeRequest } from '../registry/incoming.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { Authenticator } from './authenticator.ts';
import { API_AUDIENCES } from './service-account-claims.ts';

export const isTokenReview = ({ resource }: RequestScope): boolean => resource.group === 'authentication.k8s.io' && resource.plural === 'tokenreviews';

export async function answerTokenReview(scope: RequestScope, authenticator: Authenticator): Promise<KubeObject> {
  const review = decodeRequest(scope) as Draft<TokenReview> & Draft<KubeObject>;
  if (!review.spec.token) throw badRequest('token is required for TokenReview in authentication');
  review.metadata = { ...review.metadata, creationTimestamp: null as unknown as string };
  try {
    const { user, audiences } = await authenticator.review(review.spec.token, review.spec.audiences?.length ? review.spec.audiences : API_AUDIENCES);
    review.status = {
      authenticated: true,
      user: { username: user.username, ...(user.uid ? { uid: user.uid } : {}), groups: [...user.groups], ...(user.extra ? { extra: user.extra as Record<string, string[]> } : {}) },
      audiences: [...audiences],
    };
  } catch (error) {
    review.status = { user: {}, error: (error as Error).message };
  }
  return review as KubeObject;
}
