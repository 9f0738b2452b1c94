/**
 * Finds the user behind a request's credentials. Each kind of credential is asked in turn; one that is there and wrong
 * counts only if no other is right. Follows kubernetes pkg/kubeapiserver/authenticator/config.go and apiserver
 * pkg/authentication/request/union.
 */
import { X509Certificate } from 'node:crypto';
import type { UserInfo } from '../../api/request.ts';
import { unauthorized } from '../../api/status.ts';
import type { Lookup } from '../storage/storages.ts';
import { BootstrapTokens } from './bootstrap-token.ts';
import { credentialExtra, userOfCertificate } from './client-certificate.ts';
import type { Credentials } from './credentials.ts';
import { API_AUDIENCES } from './service-account-claims.ts';
import type { TokenSigner } from './service-account-keys.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { authenticateToken, bearerToken, type TokenAnswer, type TokenWay } from './token.ts';
import { TokenFile } from './token-file.ts';
import { ADMIN, ALL_AUTHENTICATED, ALL_UNAUTHENTICATED, ANONYMOUS } from './user.ts';

export interface AuthenticatorOptions {
  readonly cluster: Lookup;
  /** The cluster's time, ms since the epoch. */
  readonly now: () => number;
  readonly signer: () => Promise<TokenSigner>;
  /** Static tokens (--token-auth-file): what the file says, and what errors call it. */
  readonly tokenFile?: { readonly text: string; readonly name: string };
}

export class Authenticator {
  readonly #tokens: readonly TokenWay[];
  /** Who the home's socket stands for. */
  #owner = ADMIN;

  /** Throws an Error for a token file that is none. */
  constructor({ cluster, now, signer, tokenFile }: AuthenticatorOptions) {
    this.#tokens = [
      ...(tokenFile ? [new TokenFile(tokenFile.text, tokenFile.name)] : []),
      new ServiceAccountTokens(signer, cluster, now),
      new BootstrapTokens(cluster, now),
    ];
  }

  /** The user; without any credentials the socket's owner or the anonymous one. Throws a StatusError 401. */
  async authenticate({ certificate, authorization, owner }: Credentials): Promise<UserInfo> {
    const token = bearerToken(authorization);
    let wrong = false;
    for (const way of [() => certificate && userOfCertificate(certificate), async () => (token === undefined ? undefined : (await this.review(token, API_AUDIENCES)).user)]) {
      try {
        const user = await way();
        if (user) return authenticated(user);
      } catch {
        wrong = true;
      }
    }
    if (wrong) throw unauthorized();
    return owner ? this.#owner : ANONYMOUS;
  }

  get owner(): UserInfo {
    return this.#owner;
  }

  /** Makes the socket's owner the user of a client certificate: the same one over the socket and with the kubeconfig. @param certificate PEM */
  identifyOwner(certificate: string): void {
    const fingerprint = new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
    this.#owner = { ...ADMIN, extra: credentialExtra(fingerprint) };
  }

  /** Whose token it is, and for which of the audiences it is good. Throws an Error that says why it is not. */
  async review(token: string, audiences: readonly string[]): Promise<TokenAnswer> {
    const answer = await authenticateToken(this.#tokens, token, audiences);
    return { ...answer, user: authenticated(answer.user) };
  }
}

/** apiserver pkg/authentication/group: whoever has shown who it is belongs to system:authenticated. */
function authenticated(user: UserInfo): UserInfo {
  const { groups } = user;
  return groups.includes(ALL_AUTHENTICATED) || groups.includes(ALL_UNAUTHENTICATED) ? user : { ...user, groups: [...groups, ALL_AUTHENTICATED] };
}
