/**
 * csrcleaner: deletes requests that nobody needs any more. Follows kubernetes pkg/controller/certificates/cleaner/cleaner.go;
 * instead of looking at all of them each hour, it waits for each one's time.
 */
import { X509Certificate } from 'node:crypto';
import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import { CERTIFICATESIGNINGREQUESTS } from '../../api/certificates/signers.ts';
import { keyOf, type ObjectKey } from '../../api/object.ts';
import { isNotFound } from '../../api/status.ts';
import { parseTime } from '../../api/time.ts';
import type { ComponentFactory } from '../../client/component.ts';
import { runWorkers, WorkQueue } from '../../client/work-queue.ts';

const NAME = 'csrcleaner';
const HOUR_MS = 3_600_000;
/** How long after which condition a request goes, ms. Approved ones stay until they have their certificate. */
const KEPT_MS: Readonly<Record<string, number>> = { Approved: HOUR_MS, Denied: HOUR_MS, Failed: HOUR_MS };
const PENDING_MS = 24 * HOUR_MS;

export const csrCleanerController: ComponentFactory = ({ client, clock, informers, log }) => {
  const requests = informers.of(CERTIFICATESIGNINGREQUESTS);
  const queue = new WorkQueue<ObjectKey>(clock);
  requests.onChange({ added: (request) => queue.add(keyOf(request)), updated: (_old, request) => queue.add(keyOf(request)) });

  async function reconcile(key: ObjectKey): Promise<void> {
    const request = requests.get(key);
    const dueMs = request && dueTime(request);
    if (!request || dueMs === undefined) return;
    if (dueMs > clock.now()) return queue.addAfter(key, dueMs - clock.now(), 'background');
    await client.of(CERTIFICATESIGNINGREQUESTS).delete(undefined, request.metadata.name, { reason: 'nobody needs it any more' }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  return { name: NAME, run: (signal) => runWorkers({ queue, workers: 1, reconcile, log, signal }) };
};

/** When a request may go; undefined while that is not known. */
function dueTime(request: CertificateSigningRequest): number | undefined {
  const { conditions = [], certificate = '' } = request.status ?? {};
  if (conditions.length === 0) return after(request.metadata?.creationTimestamp, PENDING_MS);
  const times = conditions.flatMap(({ type, lastUpdateTime }) => (type === 'Approved' && certificate === '' ? [] : [after(lastUpdateTime, KEPT_MS[type] ?? Infinity)]));
  if (certificate !== '' && conditions.some(({ type }) => type === 'Approved')) times.push(expiry(certificate));
  const known = times.filter((time): time is number => time !== undefined && time !== Infinity);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function after(time: string | undefined, durationMs: number): number | undefined {
  const fromMs = parseTime(time);
  return fromMs === undefined ? undefined : fromMs + durationMs;
}

function expiry(certificate: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(Buffer.from(certificate, 'base64')).validTo);
  } catch {
    return undefined;
  }
}
