/** Bearer tokens: the kinds of them are asked in turn. Follows apiserver pkg/authentication/token/union. */
import type { UserInfo } from '../../api/request.ts';
import { API_AUDIENCES } from './service-account-claims.ts';

export interface TokenAnswer {
  readonly user: UserInfo;
  /** Which of the audiences that were asked about the token is for. */
  readonly audiences: readonly string[];
}

/** One kind of token: undefined where it is none of its own; throws an Error for one that is not (or no longer) good. */
export interface TokenWay {
  authenticate(token: string, audiences: readonly string[]): Promise<TokenAnswer | undefined>;
}

/** The answer of a token that names no audience: it is for the API server (authenticator.WrapAudienceAgnosticToken). */
export function forServer(user: UserInfo, audiences: readonly string[]): TokenAnswer | undefined {
  const shared = API_AUDIENCES.filter((audience) => audiences.includes(audience));
  return shared.length === 0 ? undefined : { user, audiences: shared };
}

/** What the first way says that knows the token. Throws an Error with what all others had against it. */
export async function authenticateToken(ways: readonly TokenWay[], token: string, audiences: readonly string[]): Promise<TokenAnswer> {
  // Upstream asks its own loopback token first, whose only answer to others is this.
  const problems = new Set(['invalid bearer token']);
  for (const way of ways) {
    try {
      const answer = await way.authenticate(token, audiences);
      if (answer) return answer;
    } catch (error) {
      problems.add((error as Error).message);
    }
  }
  const texts = [...problems];
  throw new Error(texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`);
}

/** The token of an Authorization header; undefined where there is none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  const [scheme = '', token] = (authorization ?? '').trim().split(' ', 3);
  return scheme.toLowerCase() === 'bearer' && token ? token : undefined;
}
