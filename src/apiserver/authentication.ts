/**
 * First station: who asks. In-process callers name their user; whoever comes through the socket owns the home folder and
 * is its administrator, as with a kubeadm cluster's admin.conf.
 */
import type { ApiRequest, UserInfo } from '../api/request.ts';

export const ADMIN: UserInfo = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

export interface Authentication {
  readonly user: UserInfo;
  /** For the audit log. */
  readonly outcome: string;
}

export function authenticate(request: ApiRequest): Authentication {
  const { user } = request;
  return user ? { user, outcome: user.username } : { user: ADMIN, outcome: `${ADMIN.username}, owner of the socket` };
}
