/**
 * Knows when nothing is runnable: virtual time may only move then. In-process work is made of microtasks and drains by
 * itself; work that waits on the world outside (a disk flush, a socket) holds a token while it waits.
 */
export class Activity {
  #held = 0;

  /** Holds time still until the returned function is called (once; further calls do nothing). */
  begin(): () => void {
    this.#held++;
    let held = true;
    return () => {
      if (held) this.#held--;
      held = false;
    };
  }

  /** Resolves when no token is held and every microtask and due callback has run. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = this.#held === 0 ? quiet + 1 : 0;
    }
  }
}
