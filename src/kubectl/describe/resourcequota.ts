/** Resource quotas (kubectl pkg/describe/describe.go: ResourceQuotaDescriber). */
import type { ResourceQuota } from '../../api/generated/types.ts';
import { Quantity } from '../../api/quantity.ts';
import { quantityOf, sortedKeys } from './format.ts';
import { writeScopes } from './quotas.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

const NANO = 1_000_000_000n;

export const describe: Describe = async (reader, namespace, name) => {
  const quota = await reader.get(typed<ResourceQuota>('', 'v1', 'resourcequotas'), namespace, name);
  return page((w) => {
    w.field('Name', quota.metadata.name);
    w.field('Namespace', quota.metadata.namespace ?? '');
    writeScopes(w, quota, 0, ' * ');
    w.columns(0, 'Resource', 'Used', 'Hard');
    const { hard, used } = quota.status ?? {};
    for (const resource of sortedKeys(hard)) {
      const limit = quantityOf(hard, resource);
      w.row(0, resource, inFormatOf(limit, quantityOf(used, resource)).toString(), limit.toString());
    }
  });
};

/** An amount written in the way of another: whole units, where the ways differ. */
function inFormatOf({ format }: Quantity, amount: Quantity): Quantity {
  return amount.format === format ? amount : new Quantity(BigInt(amount.value()) * NANO, format);
}
