/** What plugins keep for themselves between the extension points of one pod's scheduling. Follows framework/cycle_state.go. */

/** Data that must be copied when things are tried out on a copy of the state. */
interface Clonable {
  clone(): unknown;
}

/** Names a piece of state and its type; make one per plugin and purpose. */
export class StateKey<T> {
  /** A type-level mark. */
  readonly valueType?: T;
  constructor(readonly name: string) {}
}

export class CycleState {
  readonly #values = new Map<StateKey<unknown>, unknown>();
  /** Plugins that have said in PreFilter or PreScore that they have nothing to do. */
  readonly skipFilter = new Set<string>();
  readonly skipScore = new Set<string>();

  read<T>(key: StateKey<T>): T | undefined {
    return this.#values.get(key) as T | undefined;
  }

  write<T>(key: StateKey<T>, value: T): void {
    this.#values.set(key, value);
  }

  clone(): CycleState {
    const copy = new CycleState();
    for (const [key, value] of this.#values) copy.#values.set(key, isClonable(value) ? value.clone() : value);
    for (const name of this.skipFilter) copy.skipFilter.add(name);
    for (const name of this.skipScore) copy.skipScore.add(name);
    return copy;
  }
}

function isClonable(value: unknown): value is Clonable {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Clonable>).clone === 'function';
}
