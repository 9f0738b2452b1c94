/** Ticks for all probers of a process: those due in the same second share one timer, so that periodic probes cost little. */
import type { Clock, TimerKind } from '../../simulation/clock.ts';

export interface Tickable {
  tick(): void;
}

export class Ticker {
  readonly #due: Record<TimerKind, Map<number, Tickable[]>> = { progress: new Map(), retry: new Map(), background: new Map() };

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  /** Ticks once at a moment. */
  once(dueMs: number, tickable: Tickable, kind: TimerKind): void {
    this.#at(dueMs, tickable, kind);
  }

  /** Ticks after a period, at a whole second. */
  again(periodMs: number, tickable: Tickable, kind: TimerKind): void {
    const due = this.clock.now() + periodMs;
    this.#at(due - (due % 1000), tickable, kind);
  }

  #at(dueMs: number, tickable: Tickable, kind: TimerKind): void {
    const slots = this.#due[kind];
    const slot = slots.get(dueMs);
    if (slot) {
      slot.push(tickable);
      return;
    }
    slots.set(dueMs, [tickable]);
    this.clock.setTimer(dueMs - this.clock.now(), () => {
      const all = slots.get(dueMs) ?? [];
      slots.delete(dueMs);
      for (const each of all) each.tick();
    }, kind);
  }
}
