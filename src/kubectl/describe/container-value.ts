/** What a resourceFieldRef comes to in its container (kubectl pkg/util/resource/resource.go: ExtractContainerResourceValue). */
import type { Container, ResourceFieldSelector } from '../../api/generated/types.ts';
import { parseQuantity } from '../../api/quantity.ts';

const NAMES = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** The value in units of the divisor, rounded up. Throws for resources that cannot be asked for. */
export function containerResourceValue({ resource, divisor }: ResourceFieldSelector, { resources }: Pick<Container, 'resources'>): string {
  const [, kind, name = ''] = /^(limits|requests)\.(.+)$/.exec(resource) ?? [];
  if (!kind || !(NAMES.has(name) || name.startsWith('hugepages-'))) throw new Error(`Unsupported container resource : ${resource}`);
  const quantity = parseQuantity((kind === 'limits' ? resources?.limits : resources?.requests)?.[name] ?? '0');
  const given = parseQuantity(divisor ?? '0');
  const unit = given.isZero() ? parseQuantity('1') : given;
  return String(name === 'cpu' ? Math.ceil(quantity.milliValue() / unit.milliValue()) : Math.ceil(quantity.value() / unit.value()));
}
