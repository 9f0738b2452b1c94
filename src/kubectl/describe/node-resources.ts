/** The pods on a node, and how much of the node they take (kubectl pkg/describe/describe.go: describeNodeResource). */
import type { Node, Pod } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import type { Quantity } from '../../api/quantity.ts';
import { goInteger, quantityOf, since, sorted, type Quantities } from './format.ts';
import { Amounts, podRequestsAndLimits } from './resources.ts';
import type { DescriptionWriter } from './writer.ts';

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);
const HUGE_PAGES = 'hugepages-';

/** A resource's amount in the unit in which its share is taken. */
const unitsOf = (name: string, amount: Quantity): number => (name === 'cpu' ? amount.milliValue() : amount.value());

export function writePodsAndResources(w: DescriptionWriter, { status }: Node, pods: readonly Stored<Pod>[], nowMs: number): void {
  const available: Quantities = Object.keys(status?.allocatable ?? {}).length > 0 ? status?.allocatable : status?.capacity;
  const share = (name: string, amount: Quantity, zero: 'zero' | 'as it is'): string => {
    const of = unitsOf(name, quantityOf(available, name));
    return `${amount.toString()} (${of === 0 && zero === 'zero' ? '0' : goInteger((unitsOf(name, amount) / of) * 100)}%)`;
  };

  w.field('Non-terminated Pods', `(${pods.length} in total)`);
  const heads = ['CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age'];
  w.row(1, 'Namespace', 'Name', '', ...heads);
  w.row(1, '---------', '----', '', ...heads.map((head) => '-'.repeat(head.length)));
  const requests = new Amounts();
  const limits = new Amounts();
  for (const pod of pods) {
    const own = podRequestsAndLimits(pod);
    requests.add(own.requests);
    limits.add(own.limits);
    const shares = ['cpu', 'memory'].flatMap((name) => [share(name, own.requests.get(name), 'as it is'), share(name, own.limits.get(name), 'as it is')]);
    w.row(1, pod.metadata.namespace ?? '', pod.metadata.name, '', ...shares, since(pod.metadata.creationTimestamp, nowMs));
  }

  w.heading('Allocated resources');
  w.write(1, '(Total limits may be over 100 percent, i.e., overcommitted.)\n');
  w.columns(1, 'Resource', 'Requests', 'Limits');
  const names = sorted(Object.keys(available ?? {}));
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...names.filter((each) => each.startsWith(HUGE_PAGES))]) {
    w.row(1, name, share(name, requests.get(name), 'zero'), share(name, limits.get(name), 'zero'));
  }
  for (const name of names.filter((each) => !STANDARD.has(each) && !each.startsWith(HUGE_PAGES))) {
    w.row(1, name, requests.get(name).toString(), limits.get(name).toString());
  }
}
