/**
 * Sorts as Go's sort.Sort does. It is not stable, but it is deterministic: where several items count as equal (events of
 * the same second), their order on the screen follows from the algorithm, so the algorithm is part of the format.
 * Up to 12 items it is an insertion sort; beyond, pattern-defeating quicksort as in Go's sort package.
 */

const INSERTION_LIMIT = 12;

/** A sorted copy. */
export function goSort<T>(items: readonly T[], less: (a: T, b: T) => boolean): T[] {
  const sorted = [...items];
  new Sorter(sorted, less).sort(0, sorted.length, bitLength(sorted.length));
  return sorted;
}

const bitLength = (value: number): number => 32 - Math.clz32(value);

/** What the choice of a pivot let guess about the order. */
type Hint = 'unknown' | 'increasing' | 'decreasing';

class Sorter<T> {
  constructor(
    private readonly data: T[],
    private readonly lessThan: (a: T, b: T) => boolean,
  ) {}

  #less(a: number, b: number): boolean {
    return this.lessThan(this.data[a] as T, this.data[b] as T);
  }
  #swap(a: number, b: number): void {
    [this.data[a], this.data[b]] = [this.data[b] as T, this.data[a] as T];
  }

  sort(from: number, until: number, limit: number): void {
    let [a, b] = [from, until];
    let balanced = true;
    let partitioned = true;
    for (;;) {
      const length = b - a;
      if (length <= INSERTION_LIMIT) return this.#insertionSort(a, b);
      if (limit === 0) return this.#heapSort(a, b);
      if (!balanced) {
        this.#breakPatterns(a, b);
        limit--;
      }
      let [pivot, hint] = this.#choosePivot(a, b);
      if (hint === 'decreasing') {
        this.#reverse(a, b);
        pivot = b - 1 - (pivot - a);
        hint = 'increasing';
      }
      if (balanced && partitioned && hint === 'increasing' && this.#partialInsertionSort(a, b)) return;
      // Everything before `a` is at most the pivot; if it is not less, all equal items go to the left at once.
      if (a > 0 && !this.#less(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot);
        continue;
      }
      const [middle, already] = this.#partition(a, b, pivot);
      partitioned = already;
      const [left, right] = [middle - a, b - middle];
      balanced = Math.min(left, right) >= Math.floor(length / 8);
      if (left < right) {
        this.sort(a, middle, limit);
        a = middle + 1;
      } else {
        this.sort(middle + 1, b, limit);
        b = middle;
      }
    }
  }

  #insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.#less(j, j - 1); j--) this.#swap(j, j - 1);
  }

  #heapSort(a: number, b: number): void {
    const length = b - a;
    const siftDown = (low: number, high: number): void => {
      for (let root = low; ; ) {
        let child = 2 * root + 1;
        if (child >= high) return;
        if (child + 1 < high && this.#less(a + child, a + child + 1)) child++;
        if (!this.#less(a + root, a + child)) return;
        this.#swap(a + root, a + child);
        root = child;
      }
    };
    for (let i = Math.floor((length - 1) / 2); i >= 0; i--) siftDown(i, length);
    for (let i = length - 1; i >= 0; i--) {
      this.#swap(a, a + i);
      siftDown(0, i);
    }
  }

  /** Splits into less than the pivot, the pivot (whose place is given back), and not less. */
  #partition(a: number, b: number, pivot: number): [middle: number, already: boolean] {
    this.#swap(a, pivot);
    let [i, j] = [a + 1, b - 1];
    while (i <= j && this.#less(i, a)) i++;
    while (i <= j && !this.#less(j, a)) j--;
    if (i > j) {
      this.#swap(j, a);
      return [j, true];
    }
    this.#swap(i++, j--);
    for (;;) {
      while (i <= j && this.#less(i, a)) i++;
      while (i <= j && !this.#less(j, a)) j--;
      if (i > j) break;
      this.#swap(i++, j--);
    }
    this.#swap(j, a);
    return [j, false];
  }

  /** Splits into equal to the pivot and greater. */
  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot);
    let [i, j] = [a + 1, b - 1];
    for (;;) {
      while (i <= j && !this.#less(a, i)) i++;
      while (i <= j && this.#less(a, j)) j--;
      if (i > j) return i;
      this.#swap(i++, j--);
    }
  }

  /** Mends a few pairs that are out of order; tells whether all is in order then. */
  #partialInsertionSort(a: number, b: number): boolean {
    const [maxSteps, shortest] = [5, 50];
    let i = a + 1;
    for (let step = 0; step < maxSteps; step++) {
      while (i < b && !this.#less(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < shortest) return false;
      this.#swap(i, i - 1);
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#less(j, j - 1); j--) this.#swap(j, j - 1);
      if (b - i >= 2) for (let j = i + 1; j < b && this.#less(j, j - 1); j++) this.#swap(j, j - 1);
    }
    return false;
  }

  /** Shuffles three items (xorshift seeded with the length), so that an unlucky pattern does not go on. */
  #breakPatterns(a: number, b: number): void {
    const length = b - a;
    if (length < 8) return;
    let random = BigInt(length);
    const next = (): bigint => {
      random = BigInt.asUintN(64, random ^ (random << 13n));
      random ^= random >> 7n;
      random = BigInt.asUintN(64, random ^ (random << 17n));
      return random;
    };
    const modulus = 1n << BigInt(bitLength(length));
    const at = a + Math.floor(length / 4) * 2 - 1;
    for (let i = 0; i < 3; i++) {
      let other = Number(next() & (modulus - 1n));
      if (other >= length) other -= length;
      this.#swap(at + i, a + other);
    }
  }

  #choosePivot(a: number, b: number): [pivot: number, hint: Hint] {
    const length = b - a;
    const quarter = Math.floor(length / 4);
    let swaps = 0;
    const median = (x: number, y: number, z: number): number => {
      const order = (p: number, q: number): [number, number] => {
        if (!this.#less(q, p)) return [p, q];
        swaps++;
        return [q, p];
      };
      const [low, middle] = order(x, y);
      const [second] = order(middle, z);
      return order(low, second)[1];
    };
    let [i, j, k] = [a + quarter, a + quarter * 2, a + quarter * 3];
    if (length >= 8) {
      if (length >= 50) {
        i = median(i - 1, i, i + 1);
        j = median(j - 1, j, j + 1);
        k = median(k - 1, k, k + 1);
      }
      j = median(i, j, k);
    }
    if (swaps === 0) return [j, 'increasing'];
    return swaps === 12 ? [j, 'decreasing'] : [j, 'unknown'];
  }

  #reverse(a: number, b: number): void {
    for (let [i, j] = [a, b - 1]; i < j; i++, j--) this.#swap(i, j);
  }
}
