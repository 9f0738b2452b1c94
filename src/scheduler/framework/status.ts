/** What a plugin says. Success is no status at all. Follows kubernetes pkg/scheduler/framework/interface.go: Status. */

/**
 * - Unschedulable: not now; removing pods may help.
 * - UnschedulableAndUnresolvable: not now, and removing pods does not help.
 * - Skip: nothing to do for this pod, do not call me again in this cycle.
 * - Wait: from Permit plugins, hold the binding.
 * - Error: something went wrong; try again.
 */
export type StatusCode = 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Skip' | 'Wait' | 'Error';

export interface Status {
  readonly code: StatusCode;
  readonly reasons: readonly string[];
  /** The plugin that says so; the framework fills it in. */
  readonly plugin?: string;
}

export const SKIP: Status = { code: 'Skip', reasons: [] };

export const unschedulable = (...reasons: string[]): Status => ({ code: 'Unschedulable', reasons });
export const unresolvable = (...reasons: string[]): Status => ({ code: 'UnschedulableAndUnresolvable', reasons });
export const failure = (error: unknown): Status => ({ code: 'Error', reasons: [error instanceof Error ? error.message : String(error)] });

/** Whether a plugin does not want the pod (there or now), as opposed to having failed. */
export const isRejected = ({ code }: Status): boolean => code === 'Unschedulable' || code === 'UnschedulableAndUnresolvable';

export const messageOf = (status: Status): string => status.reasons.join(', ');

/** What the filters said of the nodes that do not fit; nodes that were not looked at share one status. */
export class NodeStatuses {
  readonly #byNode = new Map<string, Status>();
  /** Of nodes that no filter was asked about. */
  absent: Status = unresolvable();

  set(node: string, status: Status): void {
    this.#byNode.set(node, status);
  }
  get(node: string): Status {
    return this.#byNode.get(node) ?? this.absent;
  }
  has(node: string): boolean {
    return this.#byNode.has(node);
  }
  get size(): number {
    return this.#byNode.size;
  }
  entries(): IterableIterator<[string, Status]> {
    return this.#byNode.entries();
  }
}
