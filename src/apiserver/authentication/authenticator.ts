/**
 * Finds the user behind a request's credentials. Each kind of credential is asked in turn; one that is there and wrong
 * counts only if no other is right. Follows kubernetes pkg/kubeapiserver/authenticator/config.go and apiserver
 * pkg/authentication/request/union.
 */
import type { UserInfo } from '../../api/request.ts';
import { unauthorized } from '../../api/status.ts';
import { userOfCertificate } from './client-certificate.ts';
import type { Credentials } from './credentials.ts';
import { ADMIN, ALL_AUTHENTICATED, ALL_UNAUTHENTICATED, ANONYMOUS } from './user.ts';

/** A way to find a user: undefined where it has nothing to say; throws for a credential that is wrong. */
type Way = (credentials: Credentials) => UserInfo | undefined | Promise<UserInfo | undefined>;

export class Authenticator {
  readonly #ways: readonly Way[] = [({ certificate }) => certificate && userOfCertificate(certificate)];

  /** The user; without any credentials the socket's owner or the anonymous one. Throws a StatusError 401. */
  async authenticate(credentials: Credentials): Promise<UserInfo> {
    let wrong = false;
    for (const way of this.#ways) {
      try {
        const user = await way(credentials);
        if (user) return authenticated(user);
      } catch {
        wrong = true;
      }
    }
    if (wrong) throw unauthorized();
    return credentials.owner ? ADMIN : ANONYMOUS;
  }
}

/** apiserver pkg/authentication/group: whoever has shown who it is belongs to system:authenticated. */
function authenticated(user: UserInfo): UserInfo {
  const { groups } = user;
  return groups.includes(ALL_AUTHENTICATED) || groups.includes(ALL_UNAUTHENTICATED) ? user : { ...user, groups: [...groups, ALL_AUTHENTICATED] };
}
