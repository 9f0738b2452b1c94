/**
 * Who may approve and who may sign requests for certificates, and which subjects are out of question. Follows kubernetes
 * plugin/pkg/admission/certificates: approval, signing, subjectrestriction, util.go.
 */
import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import { parseCertificateRequest } from '../../api/certificates/request.ts';
import { CERTIFICATES_GROUP, KUBE_APISERVER_CLIENT } from '../../api/certificates/signers.ts';
import { equal } from '../../api/json.ts';
import { goQuote } from '../../api/quote.ts';
import { PRIVILEGED_GROUP } from '../../api/rbac/resources.ts';
import type { UserInfo } from '../../api/request.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { refuse, type AdmissionPlugin } from './plugin.ts';

const isRequest = ({ group, plural }: ResourceFacts): boolean => group === CERTIFICATES_GROUP && plural === 'certificatesigningrequests';

/** For the signer itself, or for all of its domain. */
async function isAuthorized(authorizer: Authorizer, user: UserInfo, verb: 'approve' | 'sign', signerName: string): Promise<boolean> {
  for (const name of [signerName, `${signerName.split('/')[0] ?? ''}/*`]) {
    const { allowed } = await authorizer.authorize({ user, verb, group: CERTIFICATES_GROUP, version: '*', resource: 'signers', subresource: '', namespace: '', name });
    if (allowed) return true;
  }
  return false;
}

const signerOf = (request: unknown): string => (request as CertificateSigningRequest | undefined)?.spec?.signerName ?? '';

export const certificateApproval = (authorizer: Authorizer): AdmissionPlugin => ({
  name: 'CertificateApproval',
  handles: (operation, resource, subresource) => operation === 'update' && isRequest(resource) && subresource === 'approval',
  async validate(attributes) {
    const signerName = signerOf(attributes.old);
    if (!(await isAuthorized(authorizer, attributes.user, 'approve', signerName))) throw refuse(attributes, `user not permitted to approve requests with signerName ${goQuote(signerName)}`);
    return undefined;
  },
});

export const certificateSigning = (authorizer: Authorizer): AdmissionPlugin => ({
  name: 'CertificateSigning',
  handles: (operation, resource, subresource) => operation === 'update' && isRequest(resource) && subresource === 'status',
  async validate(attributes) {
    const before = (attributes.old as CertificateSigningRequest | undefined)?.status ?? {};
    const after = (attributes.object as CertificateSigningRequest | undefined)?.status ?? {};
    if ((before.certificate ?? '') === (after.certificate ?? '') && equal(before.conditions ?? [], after.conditions ?? [])) return undefined;
    const signerName = signerOf(attributes.old);
    if (!(await isAuthorized(authorizer, attributes.user, 'sign', signerName))) throw refuse(attributes, `user not permitted to sign requests with signerName ${goQuote(signerName)}`);
    return undefined;
  },
});

export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: (operation, resource, subresource) => operation === 'create' && isRequest(resource) && subresource === '',
  validate(attributes) {
    if (signerOf(attributes.object) !== KUBE_APISERVER_CLIENT) return undefined;
    const pem = Buffer.from((attributes.object as CertificateSigningRequest | undefined)?.spec?.request ?? '', 'base64').toString('latin1');
    if (organizations(pem, (why) => refuse(attributes, `failed to parse CSR: ${why}`)).includes(PRIVILEGED_GROUP)) throw refuse(attributes, `use of ${KUBE_APISERVER_CLIENT} signer with ${PRIVILEGED_GROUP} group is not allowed`);
    return undefined;
  },
};

function organizations(pem: string, failure: (why: string) => Error): readonly string[] {
  try {
    return parseCertificateRequest(pem).subject.organization;
  } catch (error) {
    throw failure((error as Error).message);
  }
}
