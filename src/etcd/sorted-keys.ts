/**
 * Items in the order of their keys (by UTF-16 units, which for Kubernetes' names is the order of bytes): a list of short
 * sorted lists. Adding and removing move at most one short list's items; a scan is a walk.
 */
const MAX_CHUNK = 512;

export class SortedKeys<Item extends { readonly key: string }> {
  #chunks: Item[][] = [];

  /** Takes over items that are in order already, faster than one by one. Only when empty. */
  load(items: readonly Item[]): void {
    const size = MAX_CHUNK / 2;
    this.#chunks = [];
    for (let start = 0; start < items.length; start += size) this.#chunks.push(items.slice(start, start + size));
  }

  /** The key must not be there yet. */
  add(item: Item): void {
    const at = this.#chunkFor(item.key);
    const chunk = this.#chunks[at];
    if (!chunk) {
      this.#chunks.push([item]);
      return;
    }
    chunk.splice(lowerBound(chunk, item.key), 0, item);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK / 2));
  }

  delete(key: string): void {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at];
    if (!chunk) return;
    const index = lowerBound(chunk, key);
    if (chunk[index]?.key !== key) return;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** Visits the items from `start` (inclusive) on, in order, until `visit` returns false. */
  scan(start: string, visit: (item: Item) => boolean): void {
    let at = this.#chunkFor(start);
    let index = lowerBound(this.#chunks[at] ?? [], start);
    for (let chunk = this.#chunks[at]; chunk; chunk = this.#chunks[++at]) {
      for (; index < chunk.length; index++) if (!visit(chunk[index] as Item)) return;
      index = 0;
    }
  }

  /** The last chunk that begins at or before the key. */
  #chunkFor(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (((this.#chunks[middle] as Item[])[0] as Item).key <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** Index of the first item whose key is not below `key`. */
function lowerBound<Item extends { readonly key: string }>(chunk: readonly Item[], key: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chunk[middle] as Item).key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
