/**
 * The seats of one priority level, and who waits for one: each flow in its own line, and the lines take turns. A flow may
 * have as many requests waiting as upstream's hand of queues holds. Follows apiserver
 * pkg/util/flowcontrol/fairqueuing/queueset; levels lend each other no seats.
 */
export class PriorityLevel {
  #seats = Infinity;
  #waitingPerFlow = 0;
  #executing = 0;
  readonly #lines = new Map<string, (() => void)[]>();

  /** @param waitingPerFlow 0 where a request that finds no seat is refused */
  limit(seats: number, waitingPerFlow: number): void {
    this.#seats = seats;
    this.#waitingPerFlow = waitingPerFlow;
  }

  /** A seat at once, which `leave` gives back; false where there is none. */
  enter(): boolean {
    if (this.#executing >= this.#seats) return false;
    this.#executing++;
    return true;
  }

  /** Calls `seated` once it is the flow's turn; returns a function that gives up, or undefined where the line is too long. */
  wait(flow: string, seated: () => void): (() => void) | undefined {
    const line = this.#lines.get(flow) ?? [];
    if (line.length >= this.#waitingPerFlow) return undefined;
    this.#lines.set(flow, line);
    line.push(seated);
    return () => {
      const at = line.indexOf(seated);
      if (at >= 0) line.splice(at, 1);
      if (line.length === 0 && this.#lines.get(flow) === line) this.#lines.delete(flow);
    };
  }

  leave(): void {
    this.#executing--;
    const [next] = this.#lines;
    if (!next || this.#executing >= this.#seats) return;
    const [flow, line] = next;
    const seated = line.shift();
    // To the end of the round.
    this.#lines.delete(flow);
    if (line.length > 0) this.#lines.set(flow, line);
    this.#executing++;
    seated?.();
  }
}
