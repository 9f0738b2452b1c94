/** csrapproving: approves kubelets' requests for client certificates where whoever asks may have them. Follows kubernetes pkg/controller/certificates/approver/sarapprove.go. */
import type { CertificateSigningRequest, SubjectAccessReview } from '../../api/generated/types.ts';
import { CERTIFICATES_GROUP, CERTIFICATESIGNINGREQUESTS, KUBELET_CLIENT, kubeletClientFault } from '../../api/certificates/signers.ts';
import type { Resource } from '../../api/kinds.ts';
import { resourceAt } from '../../api/resource.ts';
import type { Client } from '../../client/client.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { certificateController, isApproved, isDenied, parsed, withCondition } from './sync.ts';

const SUBJECTACCESSREVIEWS = resourceAt('authorization.k8s.io', 'v1', 'subjectaccessreviews') as Resource<SubjectAccessReview>;

/** The rights that make a request good, the narrower one first. */
const RIGHTS = [
  { subresource: 'selfnodeclient', own: true, message: 'Auto approving self kubelet client certificate after SubjectAccessReview.' },
  { subresource: 'nodeclient', own: false, message: 'Auto approving kubelet client certificate after SubjectAccessReview.' },
] as const;

export const csrApprovingController: ComponentFactory = (context) =>
  certificateController('csrapproving', context, async (request) => {
    if (isApproved(request) || isDenied(request) || request.spec?.signerName !== KUBELET_CLIENT) return undefined;
    const asked = parsed(request);
    if (kubeletClientFault(asked, request.spec.usages ?? []) !== undefined) return undefined;
    const { client } = context;
    for (const { subresource, own, message } of RIGHTS) {
      if (own && request.spec.username !== asked.subject.commonName) continue;
      if (!(await mayCreate(client, request, subresource))) continue;
      await client.of(CERTIFICATESIGNINGREQUESTS).update(withCondition(request, { type: 'Approved', reason: 'AutoApproved', message }), { subresource: 'approval', reason: `${request.spec.username ?? ''} may create ${subresource}` });
      return undefined;
    }
    return 'later';
  });

async function mayCreate(client: Client, { spec }: CertificateSigningRequest, subresource: string): Promise<boolean> {
  const { username, uid, groups, extra } = spec ?? {};
  const answer = await client.of(SUBJECTACCESSREVIEWS).create({
    apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {},
    spec: {
      ...(username ? { user: username } : {}), ...(uid ? { uid } : {}), ...(groups?.length ? { groups } : {}), ...(extra ? { extra } : {}),
      resourceAttributes: { group: CERTIFICATES_GROUP, resource: 'certificatesigningrequests', verb: 'create', subresource, version: '*' },
    },
  });
  return answer.status?.allowed ?? false;
}
