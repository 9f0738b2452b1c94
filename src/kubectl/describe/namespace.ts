/** Namespaces with their quotas and limits (kubectl pkg/describe/describe.go: NamespaceDescriber). */
import type { LimitRange, ResourceQuota } from '../../api/generated/types.ts';
import { NAMESPACES } from '../../api/kinds.ts';
import { isNotFound } from '../../api/status.ts';
import { rfc1123 } from './format.ts';
import { writeIdentity } from './metadata.ts';
import { writeLimitHeads, writeLimits, writeQuotas } from './quotas.ts';
import { typed, type Describe } from './reader.ts';
import { page, type DescriptionWriter } from './writer.ts';

/** A server that has no such resource is not asked again. */
const noneIfUnknown = (error: unknown): undefined => {
  if (isNotFound(error)) return undefined;
  throw error;
};

export const describe: Describe = async (reader, _namespace, name) => {
  const namespace = await reader.get(NAMESPACES, '', name);
  const quotas = await reader.list(typed<ResourceQuota>('', 'v1', 'resourcequotas'), name).catch(noneIfUnknown);
  const limitRanges = await reader.list(typed<LimitRange>('', 'v1', 'limitranges'), name).catch(noneIfUnknown);
  const { metadata, status } = namespace;
  return page((w) => {
    writeIdentity(w, metadata, false);
    w.field('Status', status?.phase ?? '');
    writeTransitions(w, status?.conditions);
    if (quotas) {
      w.write(0, '\n');
      writeQuotas(w, quotas);
    }
    if (limitRanges) {
      w.write(0, '\n');
      writeLimitRanges(w, limitRanges);
    }
  });
};

/** Conditions with the time of their last change. */
export function writeTransitions(w: DescriptionWriter, conditions: readonly { readonly type: string; readonly status: string; readonly lastTransitionTime?: string; readonly reason?: string; readonly message?: string }[] = []): void {
  if (conditions.length === 0) return;
  w.heading('Conditions');
  w.columns(1, 'Type', 'Status', 'LastTransitionTime', 'Reason', 'Message');
  for (const { type, status, lastTransitionTime, reason = '', message = '' } of conditions) w.row(1, type, status, rfc1123(lastTransitionTime), reason, message);
}

function writeLimitRanges(w: DescriptionWriter, limitRanges: readonly LimitRange[]): void {
  if (limitRanges.length === 0) return w.write(0, 'No LimitRange resource.\n');
  w.write(0, 'Resource Limits\n');
  writeLimitHeads(w, ' ');
  for (const limitRange of limitRanges) writeLimits(w, limitRange, ' ');
}
