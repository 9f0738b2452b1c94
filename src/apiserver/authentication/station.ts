/** First station: who asks. Transports and in-process callers name their user; whoever comes through the socket without credentials is the owner. */
import type { ApiRequest, UserInfo } from '../../api/request.ts';

export interface Authentication {
  readonly user: UserInfo;
  /** For the audit log. */
  readonly outcome: string;
}

export function authenticate({ user }: ApiRequest, owner: UserInfo): Authentication {
  return user ? { user, outcome: user.username } : { user: owner, outcome: `${owner.username}, owner of the socket` };
}
