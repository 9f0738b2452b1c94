/** Limit ranges (kubectl pkg/describe/describe.go: LimitRangeDescriber). */
import type { LimitRange } from '../../api/generated/types.ts';
import { writeLimitHeads, writeLimits } from './quotas.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const limitRange = await reader.get(typed<LimitRange>('', 'v1', 'limitranges'), namespace, name);
  return page((w) => {
    w.field('Name', limitRange.metadata.name);
    w.field('Namespace', limitRange.metadata.namespace ?? '');
    writeLimitHeads(w, '');
    writeLimits(w, limitRange, '');
  });
};
