/**
 * Amounts of resources as plain numbers: CPU in millicores, everything else in whole units (bytes, devices).
 * Follows kubernetes pkg/scheduler/framework/types.go (Resource) and component-helpers resource/helpers.go (PodRequests).
 */
import { podCondition } from '../../api/pods.ts';
import { parseQuantity } from '../../api/quantity.ts';
import type { Container, Pod } from '../../api/generated/types.ts';

/** A resource list as the API writes it. */
export type ResourceList = Readonly<Record<string, string>>;

/** What a container counts for in scores when it asks for nothing, so that many such pods still spread. */
export const DEFAULT_MILLI_CPU = 100;
export const DEFAULT_MEMORY = 200 * 1024 * 1024;

/** The same few texts come again and again; a text's number is remembered. */
const numbers = new Map<string, number>();
const REMEMBERED = 4096;

/** A quantity as a number: thousandths for CPU, whole units rounded up otherwise. */
export function amount(name: string, text: string | number): number {
  const key = name === 'cpu' ? `m${text}` : String(text);
  let value = numbers.get(key);
  if (value === undefined) {
    const quantity = parseQuantity(text);
    value = name === 'cpu' ? quantity.milliValue() : quantity.value();
    if (numbers.size >= REMEMBERED) numbers.clear();
    numbers.set(key, value);
  }
  return value;
}

/** A set of amounts. Names other than the three common ones are in `scalar`. */
export class Resources {
  milliCPU = 0;
  memory = 0;
  ephemeralStorage = 0;
  scalar: Map<string, number> | undefined;

  static of(list: ResourceList | undefined): Resources {
    const result = new Resources();
    for (const name in list) result.set(name, amount(name, list[name] as string));
    return result;
  }

  get(name: string): number {
    switch (name) {
      case 'cpu': return this.milliCPU;
      case 'memory': return this.memory;
      case 'ephemeral-storage': return this.ephemeralStorage;
      default: return this.scalar?.get(name) ?? 0;
    }
  }

  set(name: string, value: number): void {
    switch (name) {
      case 'cpu': this.milliCPU = value; break;
      case 'memory': this.memory = value; break;
      case 'ephemeral-storage': this.ephemeralStorage = value; break;
      default: (this.scalar ??= new Map()).set(name, value);
    }
  }

  add(other: Resources, sign: 1 | -1 = 1): void {
    this.milliCPU += sign * other.milliCPU;
    this.memory += sign * other.memory;
    this.ephemeralStorage += sign * other.ephemeralStorage;
    if (other.scalar) for (const [name, value] of other.scalar) this.set(name, this.get(name) + sign * value);
  }

  /** Takes the larger amount of each resource. */
  max(other: Resources): void {
    this.milliCPU = Math.max(this.milliCPU, other.milliCPU);
    this.memory = Math.max(this.memory, other.memory);
    this.ephemeralStorage = Math.max(this.ephemeralStorage, other.ephemeralStorage);
    if (other.scalar) for (const [name, value] of other.scalar) this.set(name, Math.max(this.get(name), value));
  }

  clone(): Resources {
    const copy = new Resources();
    copy.add(this);
    return copy;
  }

  equals(other: Resources): boolean {
    if (this.milliCPU !== other.milliCPU || this.memory !== other.memory || this.ephemeralStorage !== other.ephemeralStorage) return false;
    for (const name of new Set([...(this.scalar?.keys() ?? []), ...(other.scalar?.keys() ?? [])])) if (this.get(name) !== other.get(name)) return false;
    return true;
  }

  /** Whether nothing at all is asked for. */
  get none(): boolean {
    return this.milliCPU === 0 && this.memory === 0 && this.ephemeralStorage === 0 && (this.scalar === undefined || this.scalar.size === 0);
  }
}

/** What a pod asks for; with `nonZero` each container counts for at least the defaults of CPU and memory that it leaves out. */
export function podResources(pod: Pod, nonZero: boolean): Resources {
  const total = new Resources();
  const sidecars = new Resources();
  const largestInit = new Resources();
  for (const container of pod.spec?.containers ?? []) total.add(containerRequests(pod, container, nonZero));
  for (const container of pod.spec?.initContainers ?? []) {
    const requests = containerRequests(pod, container, nonZero);
    if (container.restartPolicy === 'Always') {
      total.add(requests);
      sidecars.add(requests);
      largestInit.max(sidecars);
    } else {
      requests.add(sidecars);
      largestInit.max(requests);
    }
  }
  total.max(largestInit);
  if (pod.spec?.overhead) total.add(Resources.of(pod.spec.overhead));
  return total;
}

/** While a container is being resized, the larger of what was asked, granted and is in force. */
function containerRequests(pod: Pod, container: Container, nonZero: boolean): Resources {
  const asked = container.resources?.requests;
  const result = Resources.of(asked);
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container.name) ?? pod.status?.initContainerStatuses?.find(({ name }) => name === container.name);
  let cpuNamed = asked?.cpu !== undefined;
  let memoryNamed = asked?.memory !== undefined;
  if (status?.resources) {
    const inForce = Resources.of(status.resources.requests);
    inForce.max(Resources.of(status.allocatedResources));
    cpuNamed ||= status.resources.requests?.cpu !== undefined;
    memoryNamed ||= status.resources.requests?.memory !== undefined;
    if (podCondition(pod, 'PodResizePending')?.reason === 'Infeasible') return withDefaults(inForce, nonZero, cpuNamed, memoryNamed);
    result.max(inForce);
  }
  return withDefaults(result, nonZero, cpuNamed, memoryNamed);
}

function withDefaults(resources: Resources, nonZero: boolean, cpuNamed: boolean, memoryNamed: boolean): Resources {
  if (nonZero && !cpuNamed) resources.milliCPU = DEFAULT_MILLI_CPU;
  if (nonZero && !memoryNamed) resources.memory = DEFAULT_MEMORY;
  return resources;
}
