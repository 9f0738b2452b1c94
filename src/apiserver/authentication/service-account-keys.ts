/** Signs service account tokens and checks their signatures: JWTs, by EC or RSA key. Follows kubernetes pkg/serviceaccount/jwt.go and keyId. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** PEM texts of sa.pub and sa.key. */
export interface ServiceAccountKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Keys that nobody else has. */
export function makeKeys(): Promise<ServiceAccountKeys> {
  return promisify(generateKeyPair)('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
}

export type Claims = Readonly<Record<string, unknown>>;

const CURVE_ALGORITHMS: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

export class TokenSigner {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly algorithm: string;
  readonly keyId: string;

  /** @param hold holds the cluster's time while a thread beside this one works */
  constructor(
    keys: ServiceAccountKeys,
    private readonly hold: () => () => void,
  ) {
    this.#privateKey = createPrivateKey(keys.privateKey);
    this.#publicKey = createPublicKey(keys.publicKey);
    this.algorithm = CURVE_ALGORITHMS[this.#publicKey.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'RS256';
    // Nobody can make the key out of it, and the same key has the same everywhere.
    this.keyId = createHash('sha256').update(this.#publicKey.export({ type: 'spki', format: 'der' })).digest('base64url');
  }

  async sign(claims: Claims): Promise<string> {
    const release = this.hold();
    try {
      const { SignJWT } = await import('jose');
      return await new SignJWT({ ...claims }).setProtectedHeader({ alg: this.algorithm, kid: this.keyId }).sign(this.#privateKey);
    } finally {
      release();
    }
  }

  /** The claims of a token with a good signature, whatever they say. Throws an Error in upstream's words. */
  async verify(token: string): Promise<Claims> {
    const release = this.hold();
    try {
      return await this.#verify(token);
    } finally {
      release();
    }
  }

  async #verify(token: string): Promise<Claims> {
    const { compactVerify, decodeProtectedHeader } = await import('jose');
    const { kid } = decodeProtectedHeader(token);
    if (kid !== undefined && kid !== this.keyId) throw new Error('invalid signature, no keys found');
    try {
      const { payload } = await compactVerify(token, this.#publicKey, { algorithms: [this.algorithm] });
      return JSON.parse(new TextDecoder().decode(payload)) as Claims;
    } catch {
      throw new Error('go-jose/go-jose: error in cryptographic primitive');
    }
  }

  /** The public key as a JWK. */
  publicJwk(): object {
    return { use: 'sig', ...this.#publicKey.export({ format: 'jwk' }), kid: this.keyId, alg: this.algorithm };
  }
}
