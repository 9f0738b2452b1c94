/** Seeded randomness: names, UIDs, tie-breaks and jitter all come from here, so that a seed gives the same run again. */

export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [0, below). */
  int(below: number): number;
  /** `length` letters of `alphabet`. */
  string(alphabet: string, length: number): string;
  /** A version 4 UUID. */
  uuid(): string;
  /**
   * An independent stream for one purpose ("pod names of default/web-7c5ddbdf54"). The same seed and label give the same
   * stream, whatever else was drawn in between; that keeps runs alike when components interleave differently.
   */
  stream(label: string): Random;
}

/** The letters of generated names: no vowels, so no words (apimachinery pkg/util/rand). */
export const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a over a string's UTF-16 units, 32 bits. */
export function fnv1a(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The lower 16 bits as four digits. */
function hex(word: number): string {
  return (HEX_BYTES[(word >>> 8) & 0xff] as string) + (HEX_BYTES[word & 0xff] as string);
}

/** sfc32: small, fast, passes PractRand; four 32-bit words of state. */
class SeededRandom implements Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: string) {
    this.#seed = seed;
    this.#a = fnv1a(seed);
    this.#b = fnv1a(seed, this.#a ^ 0x9e3779b9);
    this.#c = fnv1a(seed, this.#b ^ 0x85ebca6b);
    for (let i = 0; i < 12; i++) this.#word();
  }

  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }

  next(): number {
    return this.#word() / 2 ** 32;
  }

  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  string(alphabet: string, length: number): string {
    // Joined, not added up: a sum is kept as a tree of its letters, many times as large.
    const letters = new Array<string>(length);
    for (let i = 0; i < length; i++) letters[i] = alphabet.charAt(this.int(alphabet.length));
    return letters.join('');
  }

  uuid(): string {
    const [a, b, c, d] = [this.#word(), this.#word(), this.#word(), this.#word()];
    return [hex(a >>> 16) + hex(a), hex(b >>> 16), hex((b & 0x0fff) | 0x4000), hex(((c >>> 16) & 0x3fff) | 0x8000), hex(c) + hex(d >>> 16) + hex(d)].join('-');
  }

  stream(label: string): Random {
    return new SeededRandom(`${this.#seed}/${label}`);
  }
}

/** Randomness that follows from a seed alone. */
export function seededRandom(seed: string | number): Random {
  return new SeededRandom(String(seed));
}
