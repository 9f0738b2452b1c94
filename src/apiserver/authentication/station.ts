/** First station: who asks. Transports and in-process callers name their user; whoever comes through the socket without credentials is the owner. */
import type { ApiRequest, UserInfo } from '../../api/request.ts';
import { ADMIN } from './user.ts';

export interface Authentication {
  readonly user: UserInfo;
  /** For the audit log. */
  readonly outcome: string;
}

export function authenticate(request: ApiRequest): Authentication {
  const { user } = request;
  return user ? { user, outcome: user.username } : { user: ADMIN, outcome: `${ADMIN.username}, owner of the socket` };
}
