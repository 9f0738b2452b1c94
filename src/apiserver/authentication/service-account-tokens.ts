/**
 * Users by service account token: the signature, the times, and that everything the token is bound to still exists.
 * Follows kubernetes pkg/serviceaccount: jwt.go, claims.go and legacy.go; errors are upstream's, TokenReview shows them.
 */
import { NODES, PODS, SECRETS, SERVICEACCOUNTS, type Resource } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { UserInfo } from '../../api/request.ts';
import { parseTime } from '../../api/time.ts';
import { notFound } from '../../api/status.ts';
import type { Lookup } from '../storage/storages.ts';
import { API_AUDIENCES, groupsOf, ISSUER, LEGACY_ISSUER, readLegacyClaims, usernameOf, type KubernetesClaim, type Reference } from './service-account-claims.ts';
import type { Claims, TokenSigner } from './service-account-keys.ts';
import type { TokenAnswer, TokenWay } from './token.ts';
import { CREDENTIAL_ID } from './user.ts';

/** Clocks may differ by this much (go-jose's leeway). */
const LEEWAY_MS = 60_000;

export class ServiceAccountTokens implements TokenWay {
  constructor(
    private readonly signer: () => Promise<TokenSigner>,
    private readonly cluster: Lookup,
    private readonly now: () => number,
  ) {}

  async authenticate(token: string, audiences: readonly string[]): Promise<TokenAnswer | undefined> {
    const issuer = issuerOf(token);
    if (issuer !== ISSUER && issuer !== LEGACY_ISSUER) return undefined;
    const claims = await (await this.signer()).verify(token);
    const own = audiencesOf(claims);
    const shared = own.filter((audience) => audiences.includes(audience));
    if (shared.length === 0) throw new Error(`token audiences ${goList(own)} is invalid for the target audiences ${goList(audiences)}`);
    const user = issuer === ISSUER ? await this.#bound(claims) : await this.#legacy(claims, token);
    return { user, audiences: shared };
  }

  async #bound(claims: Claims): Promise<UserInfo> {
    this.#checkTimes(claims);
    const { namespace = '', serviceaccount = {}, pod, secret, node } = (claims['kubernetes.io'] ?? {}) as KubernetesClaim;
    await this.#account(namespace, serviceaccount, 'service account');
    if (secret) await this.#check(SECRETS, namespace, secret, 'secret', 'service account secret ref claim');
    if (pod) await this.#check(PODS, namespace, pod, 'pod', 'service account pod ref claim');
    // A pod's node may go before the pod; a token that is bound to nothing else ends with the node.
    if (node && !pod) await this.#check(NODES, undefined, node, 'node', 'service account node ref claim');
    const extra: Record<string, readonly string[]> = {
      ...(typeof claims['jti'] === 'string' ? { [CREDENTIAL_ID]: [`JTI=${claims['jti']}`] } : {}),
      ...referenceExtra('pod', pod),
      ...referenceExtra('node', node),
    };
    return { username: usernameOf(namespace, serviceaccount.name ?? ''), uid: serviceaccount.uid ?? '', groups: groupsOf(namespace), ...(Object.keys(extra).length > 0 ? { extra } : {}) };
  }

  async #legacy(claims: Claims, token: string): Promise<UserInfo> {
    const { namespace, secretName, accountName, accountUid } = readLegacyClaims(claims);
    const secret = await this.cluster.get(SECRETS, namespace, secretName);
    if (!secret || this.#isGone(secret)) throw new Error('Token has been invalidated');
    if (Buffer.from(secret.data?.['token'] ?? '', 'base64').toString() !== token) throw new Error("Token does not match server's copy");
    await this.#account(namespace, { name: accountName, uid: accountUid }, 'ServiceAccount');
    return { username: usernameOf(namespace, accountName), uid: accountUid, groups: groupsOf(namespace) };
  }

  async #account(namespace: string, { name = '', uid }: Reference, called: string): Promise<void> {
    const account = await this.cluster.get(SERVICEACCOUNTS, namespace, name);
    if (!account) throw notFound(SERVICEACCOUNTS, name);
    if (this.#isGone(account)) throw new Error(`${called} ${namespace}/${name} has been deleted`);
    if (account.metadata.uid !== uid) throw new Error(`${called} UID (${account.metadata.uid}) does not match claim (${uid})`);
  }

  async #check<T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, { name = '', uid = '' }: Reference, called: string, claim: string): Promise<void> {
    const object = await this.cluster.get(resource, namespace, name);
    if (!object || this.#isGone(object)) throw new Error('service account token has been invalidated');
    if (object.metadata.uid !== uid) throw new Error(`${called} UID (${object.metadata.uid}) does not match ${claim} (${uid})`);
  }

  #checkTimes({ exp, nbf, iat }: Claims): void {
    const nowMs = this.now();
    if (typeof nbf === 'number' && nowMs + LEEWAY_MS < nbf * 1000) throw new Error('service account token is not valid yet');
    if (typeof exp === 'number' && nowMs - LEEWAY_MS > exp * 1000) throw new Error('service account token has expired');
    if (typeof iat === 'number' && nowMs + LEEWAY_MS < iat * 1000) throw new Error('service account token is issued in the future');
  }

  #isGone({ metadata }: Stored<KubeObject>): boolean {
    return metadata.deletionTimestamp !== undefined && parseTime(metadata.deletionTimestamp) < this.now() - LEEWAY_MS;
  }
}

/** The issuer that a token claims, before anything of it is believed. */
function issuerOf(token: string): unknown {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    return (JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString()) as { readonly iss?: unknown } | null)?.iss;
  } catch {
    return undefined;
  }
}

/** Old tokens name nobody: they are for the API server. */
function audiencesOf({ aud }: Claims): readonly string[] {
  const audiences = typeof aud === 'string' ? [aud] : Array.isArray(aud) ? aud.map(String) : [];
  return audiences.length > 0 ? audiences : API_AUDIENCES;
}

const goList = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

function referenceExtra(kind: 'pod' | 'node', reference: Reference | undefined): Record<string, readonly string[]> {
  return reference ? { [`authentication.kubernetes.io/${kind}-name`]: [reference.name ?? ''], [`authentication.kubernetes.io/${kind}-uid`]: [reference.uid ?? ''] } : {};
}
