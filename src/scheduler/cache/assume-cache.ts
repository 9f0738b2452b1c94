import { keyOf, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';
import type { Informer } from '../../client/informer.ts';

/** A cache in which objects are as the scheduler is about to write them, until it has or somebody else did. Follows kubernetes pkg/scheduler/util/assumecache. */
export class AssumeCache<T extends KubeObject> {
  readonly #assumed = new Map<ObjectKey, Stored<T>>();

  constructor(private readonly informer: Informer<T>) {}

  get(key: ObjectKey): Stored<T> | undefined {
    const seen = this.informer.get(key);
    const assumed = this.#assumed.get(key);
    if (!assumed || seen?.metadata.resourceVersion === assumed.metadata.resourceVersion) return assumed ?? seen;
    this.#assumed.delete(key);
    return seen;
  }

  list(): Stored<T>[] {
    return this.informer.list().map((object) => this.get(keyOf(object)) ?? object);
  }

  assume(object: Stored<T>): void {
    this.#assumed.set(keyOf(object), object);
  }

  restore(object: Stored<T>): void {
    this.#assumed.delete(keyOf(object));
  }
}
