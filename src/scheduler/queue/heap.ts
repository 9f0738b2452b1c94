/** A heap whose items can be found, removed and put right again. Follows kubernetes pkg/scheduler/backend/heap/heap.go. */
export class Heap<T extends object> {
  readonly #items: T[] = [];
  readonly #positions = new Map<T, number>();

  /** @param less whether `a` comes before `b` */
  constructor(private readonly less: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.#items.length;
  }

  has(item: T): boolean {
    return this.#positions.has(item);
  }

  /** In no order. */
  items(): readonly T[] {
    return this.#items;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** Adds the item, or moves it to where it belongs now. */
  push(item: T): void {
    const position = this.#positions.get(item);
    if (position !== undefined) {
      if (!this.#up(position)) this.#down(position);
      return;
    }
    this.#items.push(item);
    this.#positions.set(item, this.#items.length - 1);
    this.#up(this.#items.length - 1);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first) this.remove(first);
    return first;
  }

  remove(item: T): boolean {
    const position = this.#positions.get(item);
    if (position === undefined) return false;
    this.#positions.delete(item);
    const last = this.#items.pop() as T;
    if (last !== item) {
      this.#items[position] = last;
      this.#positions.set(last, position);
      if (!this.#up(position)) this.#down(position);
    }
    return true;
  }

  #up(position: number): boolean {
    let moved = false;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.less(this.#items[position] as T, this.#items[parent] as T)) break;
      this.#swap(position, parent);
      position = parent;
      moved = true;
    }
    return moved;
  }

  #down(position: number): void {
    for (;;) {
      const left = 2 * position + 1;
      if (left >= this.#items.length) return;
      const right = left + 1;
      const child = right < this.#items.length && this.less(this.#items[right] as T, this.#items[left] as T) ? right : left;
      if (!this.less(this.#items[child] as T, this.#items[position] as T)) return;
      this.#swap(position, child);
      position = child;
    }
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#items[a] as T, this.#items[b] as T];
    this.#items[a] = second;
    this.#items[b] = first;
    this.#positions.set(second, a);
    this.#positions.set(first, b);
  }
}
