/** certificatesigningrequests/approval: only the conditions change. Follows kubernetes pkg/registry/certificates/certificates/strategy.go: csrApprovalStrategy. */
import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { incomingChange, type Compose } from '../registry/incoming.ts';
import { readObject } from '../registry/read.ts';
import type { RequestScope } from '../registry/scope.ts';
import { updateObject } from '../registry/update.ts';
import { certificateRequestStrategy, stampConditions } from '../strategies/policy.ts';
import type { Strategy } from '../strategy.ts';
import { validateCertificateRequestUpdate } from '../validation/certificates.ts';
import type { SubresourceHandler } from './subresource.ts';

type Request = Draft<CertificateSigningRequest>;

const conditionsOnly: Compose = (incoming, current) => {
  const { status } = draft(current) as Request;
  const { conditions } = (incoming as Request).status ?? {};
  const { conditions: _, ...kept } = status ?? {};
  return { ...draft(current), metadata: incoming.metadata, status: { ...kept, ...(conditions ? { conditions } : {}) } } as Draft<KubeObject>;
};

const approvalStrategy: Strategy<CertificateSigningRequest> = {
  ...certificateRequestStrategy,
  prepareForStatusUpdate: (request, old, { nowMs }) => stampConditions(request, old, nowMs),
  validateStatusUpdate: (request, old) => validateCertificateRequestUpdate(request, old, 'approval'),
};

export const approvalSubresource: SubresourceHandler = async (scope) => {
  if (scope.request.verb === 'get') return { code: 200, object: await readObject(scope) };
  const own: RequestScope = { ...scope, strategy: approvalStrategy as Strategy };
  const { revise, options } = incomingChange(own, conditionsOnly);
  const { object } = await updateObject(own, revise, { ...options, part: 'status' });
  return { code: 200, object };
};
