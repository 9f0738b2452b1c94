/** csrsigning: signs approved requests for the cluster's own signers. Follows kubernetes pkg/controller/certificates/signer/signer.go. */
import { CERTIFICATESIGNINGREQUESTS, isKnownSigner, signerFault } from '../../api/certificates/signers.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { certificateController, hasFailed, isApproved, isDenied, parsed, pemOf, withCondition } from './sync.ts';

export interface SigningTerms {
  /** As spec.usages names them. */
  readonly usages: readonly string[];
  readonly durationMs: number;
}

/** Signs a request in PEM with the cluster's authority; gives the certificate in PEM. */
export type SignCertificate = (request: string, terms: SigningTerms) => Promise<string>;

/** kube-controller-manager --cluster-signing-duration. */
const LONGEST_MS = 8760 * 3_600_000;
const SHORTEST_MS = 600_000;

export const csrSigningController = (sign: SignCertificate): ComponentFactory => (context) => {
  const requests = context.client.of(CERTIFICATESIGNINGREQUESTS);
  return certificateController('csrsigning', context, async (request) => {
    const { signerName = '', usages = [], expirationSeconds } = request.spec ?? {};
    if (!isApproved(request) || isDenied(request) || hasFailed(request) || !isKnownSigner(signerName)) return;
    const fault = signerFault(signerName, parsed(request), usages);
    if (fault !== undefined) {
      await requests.updateStatus(withCondition(request, { type: 'Failed', reason: 'SignerValidationFailure', message: fault }), { reason: fault });
      return;
    }
    const durationMs = expirationSeconds === undefined ? LONGEST_MS : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, expirationSeconds * 1000));
    const certificate = await sign(pemOf(request), { usages, durationMs });
    await requests.updateStatus({ ...request, status: { ...request.status, certificate: Buffer.from(certificate).toString('base64') } }, { reason: `approved for signer ${signerName}` });
  });
};
