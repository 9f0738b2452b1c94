import type { Informer } from '../../client/informer.ts';
import { keyOf, type KubeObject, type ObjectKey, type Stored } from '../../api/object.ts';

/**
 * A cache that knows the controller's own writes before the watch tells of them: a binding is four writes, and none may
 * start from what the one before has overtaken. Follows pv_controller_base.go: storeObjectUpdate.
 */
export class Newest<T extends KubeObject> {
  readonly #written = new Map<ObjectKey, Stored<T>>();

  constructor(private readonly informer: Informer<T>) {}

  get(key: ObjectKey): Stored<T> | undefined {
    const seen = this.informer.get(key);
    const written = this.#written.get(key);
    if (!written) return seen;
    if (seen && seen.metadata.uid === written.metadata.uid && Number(seen.metadata.resourceVersion) < Number(written.metadata.resourceVersion)) return written;
    this.#written.delete(key);
    return seen;
  }

  list(): Stored<T>[] {
    return this.informer.list().map((object) => this.get(keyOf(object)) ?? object);
  }

  /** Remembers what the API server has answered to a write, and returns it. */
  keep(object: Stored<T>): Stored<T> {
    this.#written.set(keyOf(object), object);
    return object;
  }
}
