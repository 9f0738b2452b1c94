/** Timers ordered by due time, first set first fired among equals: a binary heap with lazy removal. */
import type { TimerKind } from './clock.ts';

export interface QueuedTimer {
  readonly dueMs: number;
  readonly sequence: number;
  readonly kind: TimerKind;
  fire: (() => void) | undefined;
}

export class TimerQueue {
  readonly #heap: QueuedTimer[] = [];
  readonly #live: Record<TimerKind, number> = { progress: 0, retry: 0, background: 0 };
  #sequence = 0;

  add(dueMs: number, kind: TimerKind, fire: () => void): QueuedTimer {
    const timer: QueuedTimer = { dueMs, sequence: this.#sequence++, kind, fire };
    this.#live[kind]++;
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    return timer;
  }

  /** Forgets a timer; a fired or cancelled one is left alone. */
  cancel(timer: QueuedTimer): void {
    if (!timer.fire) return;
    timer.fire = undefined;
    this.#live[timer.kind]--;
  }

  /** How many timers of a kind are waiting. */
  count(kind: TimerKind): number {
    return this.#live[kind];
  }

  /** The next timer to fire, without taking it. */
  peek(): QueuedTimer | undefined {
    while (this.#heap.length > 0 && !this.#heap[0]?.fire) this.#removeTop();
    return this.#heap[0];
  }

  /** Takes the next timer if it is due at `nowMs`, and returns what to call. */
  takeDue(nowMs: number): (() => void) | undefined {
    const top = this.peek();
    if (!top || top.dueMs > nowMs) return undefined;
    this.#removeTop();
    const { fire } = top;
    this.cancel(top);
    return fire;
  }

  #before(a: number, b: number): boolean {
    const left = this.#heap[a] as QueuedTimer;
    const right = this.#heap[b] as QueuedTimer;
    return left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.sequence < right.sequence);
  }

  #swap(a: number, b: number): void {
    const held = this.#heap[a] as QueuedTimer;
    this.#heap[a] = this.#heap[b] as QueuedTimer;
    this.#heap[b] = held;
  }

  #up(index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      if (left < this.#heap.length && this.#before(left, least)) least = left;
      if (right < this.#heap.length && this.#before(right, least)) least = right;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }
}
