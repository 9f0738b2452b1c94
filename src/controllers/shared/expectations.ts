/**
 * What a controller has asked for and not yet seen in its cache. While something is outstanding it must not count its
 * pods and act again, or it would make the same ones twice.
 * Follows kubernetes pkg/controller/controller_utils.go: ControllerExpectations, UIDTrackingControllerExpectations.
 */
import type { ObjectKey } from '../../api/object.ts';
import type { Now } from '../../simulation/clock.ts';

/** After this time, ms, what was expected is given up (ExpectationsTimeout). */
export const EXPECTATIONS_TIMEOUT_MS = 300_000;

interface Expected {
  creations: number;
  /** Keys of objects that are to go. */
  readonly deletions: Set<ObjectKey>;
  readonly sinceMs: number;
}

export class Expectations {
  readonly #expected = new Map<ObjectKey, Expected>();

  constructor(private readonly clock: Now) {}

  /** The controller is about to create `count` objects. */
  expectCreations(owner: ObjectKey, count: number): void {
    this.#expected.set(owner, { creations: count, deletions: new Set(), sinceMs: this.clock.now() });
  }

  /** The controller is about to delete these objects. */
  expectDeletions(owner: ObjectKey, objects: Iterable<ObjectKey>): void {
    this.#expected.set(owner, { creations: 0, deletions: new Set(objects), sinceMs: this.clock.now() });
  }

  /** An object of the owner has been seen, or will never be as its creation failed. */
  creationObserved(owner: ObjectKey, count = 1): void {
    const expected = this.#expected.get(owner);
    if (expected) expected.creations -= count;
  }

  /** An object is seen to go, or will not as its deletion failed. Seeing it more than once counts once. */
  deletionObserved(owner: ObjectKey, object: ObjectKey): void {
    this.#expected.get(owner)?.deletions.delete(object);
  }

  /** Whether everything asked for has been seen, or has been waited for long enough. */
  satisfied(owner: ObjectKey): boolean {
    const expected = this.#expected.get(owner);
    if (!expected || (expected.creations <= 0 && expected.deletions.size === 0)) return true;
    return this.clock.now() - expected.sinceMs > EXPECTATIONS_TIMEOUT_MS;
  }

  forget(owner: ObjectKey): void {
    this.#expected.delete(owner);
  }
}
