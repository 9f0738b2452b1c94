/** What the controllers of certificate requests have in common. Follows kubernetes pkg/controller/certificates/certificate_controller.go. */
import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import { CERTIFICATESIGNINGREQUESTS } from '../../api/certificates/signers.ts';
import { parseCertificateRequest, type CertificateRequest } from '../../api/certificates/request.ts';
import { keyOf, type ObjectKey, type Stored } from '../../api/object.ts';
import type { Component, ComponentContext } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const WORKERS = 5;
/** When what could not be done for want of rights is tried again, ms. */
const AGAIN_MS = 60_000;

/** Deals with a request that has no certificate yet. 'later': it may be otherwise when somebody has got more rights. */
export type Handle = (request: Stored<CertificateSigningRequest>) => Promise<void | 'later'>;

export function certificateController(name: string, { clock, informers, log }: ComponentContext, handle: Handle): Component {
  const requests = informers.of(CERTIFICATESIGNINGREQUESTS);
  const queue = new WorkQueue<ObjectKey>(clock);
  requests.onChange({ added: (request) => queue.add(keyOf(request)), updated: (_old, request) => queue.add(keyOf(request)) });

  async function reconcile(key: ObjectKey): Promise<void> {
    const request = requests.get(key);
    if (!request || request.status?.certificate) return;
    if ((await handle(request)) === 'later') queue.addAfter(key, AGAIN_MS, 'background');
  }

  return { name, run: (signal) => runWorkers({ queue, workers: WORKERS, reconcile, log, signal }) };
}

const hasCondition = ({ status }: CertificateSigningRequest, type: string): boolean => status?.conditions?.some((condition) => condition.type === type) ?? false;

export const isApproved = (request: CertificateSigningRequest): boolean => hasCondition(request, 'Approved');
export const isDenied = (request: CertificateSigningRequest): boolean => hasCondition(request, 'Denied');
export const hasFailed = ({ status }: CertificateSigningRequest): boolean => status?.conditions?.some(({ type, status: is }) => type === 'Failed' && (is as string) !== 'False' && (is as string) !== 'Unknown') ?? false;

/** The request in PEM. */
export const pemOf = ({ spec }: CertificateSigningRequest): string => Buffer.from(spec?.request ?? '', 'base64').toString('latin1');
export const parsed = (request: CertificateSigningRequest): CertificateRequest => parseCertificateRequest(pemOf(request));

type Condition = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>[number];

/** The request with one condition more; the server fills in the times. */
export function withCondition(request: Stored<CertificateSigningRequest>, condition: Omit<Condition, 'status'>): Stored<CertificateSigningRequest> {
  return { ...request, status: { ...request.status, conditions: [...(request.status?.conditions ?? []), { status: 'True', ...condition }] } };
}
