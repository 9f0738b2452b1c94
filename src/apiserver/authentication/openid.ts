/** What others need to check service account tokens by themselves. Follows kubernetes pkg/serviceaccount/openidmetadata.go. */
import { ISSUER } from './service-account-claims.ts';
import type { TokenSigner } from './service-account-keys.ts';

const CONFIGURATION = '/.well-known/openid-configuration';
const KEYS = '/openid/v1/jwks';

interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly body: string;
}

export interface PathRegistry {
  registerPath(prefix: string, handler: (method: string, path: string) => Promise<Answer>): void;
}

/** @param address where the keys are said to be found, "172.18.0.2:6443" */
export function registerOpenId(server: PathRegistry, signer: () => Promise<TokenSigner>, address: string): void {
  const register = (prefix: string, contentType: string, document: (signer: TokenSigner) => object) =>
    server.registerPath(prefix, async (_method, url) => {
      if (url.split('?', 1)[0] !== prefix) return { code: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
      return { code: 200, contentType, body: JSON.stringify(document(await signer())) };
    });
  register(CONFIGURATION, 'application/json', ({ algorithm }) => ({
    issuer: ISSUER,
    jwks_uri: `https://${address}${KEYS}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [algorithm],
  }));
  register(KEYS, 'application/jwk-set+json', (signing) => ({ keys: [signing.publicJwk()] }));
}
