/** Requests and limits of containers and pods, as kubectl counts them (kubectl pkg/util/resource/resource.go). */
import type { Container, ContainerStatus, Pod, ResourceRequirements } from '../../api/generated/types.ts';
import { parseQuantity, type Quantity } from '../../api/quantity.ts';
import { quantityOf, sortedKeys, ZERO_QUANTITY, type Quantities } from './format.ts';
import type { DescriptionWriter } from './writer.ts';

/** Limits, then requests. */
export function writeResources(w: DescriptionWriter, resources: Pick<ResourceRequirements, 'limits' | 'requests'> | undefined, level: number): void {
  for (const [title, list] of [['Limits', resources?.limits], ['Requests', resources?.requests]] as const) {
    const names = sortedKeys(list);
    if (names.length > 0) w.heading(title, level);
    for (const name of names) w.field(name, quantityOf(list, name).toString(), level + 1);
  }
}

export class Amounts {
  readonly #amounts = new Map<string, Quantity>();

  static from(list: Quantities): Amounts {
    const amounts = new Amounts();
    for (const [name, text] of Object.entries(list ?? {})) amounts.#amounts.set(name, parseQuantity(text));
    return amounts;
  }

  get(name: string): Quantity {
    return this.#amounts.get(name) ?? ZERO_QUANTITY;
  }

  /** Each by itself: the sum. */
  add(other: Amounts): this {
    for (const [name, amount] of other.#amounts) this.#amounts.set(name, this.#amounts.get(name)?.add(amount) ?? amount);
    return this;
  }

  /** Each by itself: the greater. */
  raise(other: Amounts): this {
    for (const [name, amount] of other.#amounts) {
      const known = this.#amounts.get(name);
      if (!known || amount.compare(known) > 0) this.#amounts.set(name, amount);
    }
    return this;
  }

  /** Adds to what is there already. */
  addToPresent(other: Amounts): this {
    for (const [name, amount] of other.#amounts) {
      const known = this.#amounts.get(name);
      if (known && !known.isZero()) this.#amounts.set(name, known.add(amount));
    }
    return this;
  }
}

export function podRequestsAndLimits(pod: Pod): { requests: Amounts; limits: Amounts } {
  const statuses = new Map<string, ContainerStatus>();
  for (const status of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]) statuses.set(status.name, status);
  const overhead = Amounts.from(pod.spec?.overhead);
  const requests = total(pod, (container, runs) => (runs ? effectiveRequests(pod, container, statuses.get(container.name)) : Amounts.from(container.resources?.requests)));
  const limits = total(pod, (container) => Amounts.from(container.resources?.limits));
  return { requests: requests.add(overhead), limits: limits.addToPresent(overhead) };
}

/** Containers and sidecars add up; an init container counts where it needs more than that, beside the sidecars before it. */
function total(pod: Pod, of: (container: Container, runs: boolean) => Amounts): Amounts {
  const sum = new Amounts();
  for (const container of pod.spec?.containers ?? []) sum.add(of(container, true));
  const sidecars = new Amounts();
  const atStart = new Amounts();
  for (const container of pod.spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      const amounts = of(container, true);
      sum.add(amounts);
      atStart.raise(sidecars.add(amounts));
    } else atStart.raise(of(container, false).add(sidecars));
  }
  return sum.raise(atStart);
}

/** While a resize goes on, the greatest of what is wished for, in force and allocated. */
function effectiveRequests(pod: Pod, container: Container, status: ContainerStatus | undefined): Amounts {
  if (!status?.resources) return Amounts.from(container.resources?.requests);
  const infeasible = pod.status?.conditions?.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible');
  const wished = infeasible ? new Amounts() : Amounts.from(container.resources?.requests);
  return wished.raise(Amounts.from(status.resources.requests)).raise(Amounts.from(status.allocatedResources));
}
