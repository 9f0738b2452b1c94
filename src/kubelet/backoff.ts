/** Waiting longer and longer after failures, as client-go util/flowcontrol/backoff.go: doubles, and is forgotten in time. */

export class Backoff {
  #delayMs = 0;
  #updatedMs = 0;

  constructor(
    private readonly firstMs: number,
    private readonly maxMs: number,
  ) {}

  /** How long to wait still after a failure at `eventMs`; 0 where nothing holds it up. */
  remaining(eventMs: number, nowMs: number): number {
    if (this.#delayMs === 0 || this.#expired(eventMs)) return 0;
    return Math.max(0, eventMs + this.#delayMs - nowMs);
  }

  /** The delay that the last failure brought, ms. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** One more attempt (or failure): the next wait is twice as long. */
  next(eventMs: number, nowMs: number): void {
    this.#delayMs = this.#delayMs === 0 || this.#expired(eventMs) ? this.firstMs : Math.min(this.maxMs, this.#delayMs * 2);
    this.#updatedMs = nowMs;
  }

  /** Goes on from a known number of failures, the last one at `eventMs`. */
  resume(failures: number, eventMs: number): void {
    this.#delayMs = failures === 0 ? 0 : Math.min(this.maxMs, this.firstMs * 2 ** Math.min(30, failures - 1));
    this.#updatedMs = eventMs;
  }

  reset(): void {
    this.#delayMs = 0;
  }

  #expired(eventMs: number): boolean {
    return eventMs - this.#updatedMs > 2 * this.maxMs;
  }
}
