/** What service account tokens say. Follows kubernetes pkg/serviceaccount/claims.go and legacy.go. */
import type { Node, Pod, Secret, ServiceAccount } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import type { Claims } from './service-account-keys.ts';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
export const LEGACY_ISSUER = 'kubernetes/serviceaccount';
/** Whom tokens are for unless they say otherwise: the API server. */
export const API_AUDIENCES: readonly string[] = [ISSUER];

export interface Reference {
  readonly name?: string;
  readonly uid?: string;
}

/** The claim "kubernetes.io". */
export interface KubernetesClaim {
  readonly namespace?: string;
  readonly node?: Reference;
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly serviceaccount?: Reference;
  /** Seconds since the epoch. */
  readonly warnafter?: number;
}

/** The objects whose end is the token's end. */
export interface BoundObjects {
  readonly pod?: Stored<Pod>;
  readonly secret?: Stored<Secret>;
  readonly node?: Stored<Node> | Reference;
}

export interface TokenTerms {
  readonly nowMs: number;
  readonly id: string;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly warnAfterSeconds?: number;
}

const referenceTo = ({ metadata }: { readonly metadata: { readonly name: string; readonly uid: string } }): Reference => ({ name: metadata.name, uid: metadata.uid });

export const usernameOf = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;
export const groupsOf = (namespace: string): readonly string[] => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];

export function boundClaims(account: Stored<ServiceAccount>, bound: BoundObjects, { nowMs, id, audiences, expirationSeconds, warnAfterSeconds }: TokenTerms): Claims {
  const { name, namespace = '' } = account.metadata;
  const now = Math.floor(nowMs / 1000);
  const claim: KubernetesClaim = {
    namespace,
    ...(bound.node ? { node: 'metadata' in bound.node ? referenceTo(bound.node) : bound.node } : {}),
    ...(bound.pod ? { pod: referenceTo(bound.pod) } : {}),
    ...(bound.secret ? { secret: referenceTo(bound.secret) } : {}),
    serviceaccount: referenceTo(account),
    ...(warnAfterSeconds === undefined ? {} : { warnafter: now + warnAfterSeconds }),
  };
  return { aud: audiences, exp: now + expirationSeconds, iat: now, iss: ISSUER, jti: id, 'kubernetes.io': claim, nbf: now, sub: usernameOf(namespace, name) };
}

/** Of tokens in Secrets: they never end, but with their Secret. */
const LEGACY = 'kubernetes.io/serviceaccount';

export function legacyClaims(account: Stored<ServiceAccount>, secretName: string): Claims {
  const { name, namespace = '', uid } = account.metadata;
  return {
    iss: LEGACY_ISSUER,
    [`${LEGACY}/namespace`]: namespace,
    [`${LEGACY}/secret.name`]: secretName,
    [`${LEGACY}/service-account.name`]: name,
    [`${LEGACY}/service-account.uid`]: uid,
    sub: usernameOf(namespace, name),
  };
}

export interface LegacyClaim {
  readonly namespace: string;
  readonly secretName: string;
  readonly accountName: string;
  readonly accountUid: string;
}

/** Throws an Error for a claim that is missing or does not fit. */
export function readLegacyClaims(claims: Claims): LegacyClaim {
  const text = (name: string, called: string): string => {
    const value = claims[name];
    if (typeof value !== 'string' || value === '') throw new Error(`${called} claim is missing`);
    return value;
  };
  const subject = text('sub', 'sub');
  const read: LegacyClaim = {
    namespace: text(`${LEGACY}/namespace`, 'namespace'),
    secretName: text(`${LEGACY}/secret.name`, 'secretName'),
    accountName: text(`${LEGACY}/service-account.name`, 'serviceAccountName'),
    accountUid: text(`${LEGACY}/service-account.uid`, 'serviceAccountUID'),
  };
  if (subject !== usernameOf(read.namespace, read.accountName)) throw new Error('sub claim is invalid');
  return read;
}
