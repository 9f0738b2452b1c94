/**
 * Names, uids and times of new objects. All from the seed: the same seed and the same requests give the same names and
 * uids, whichever component comes first.
 */
import { formatTime } from '../../api/time.ts';
import { NAME_ALPHABET, type Random } from '../../simulation/random.ts';

/** apiserver pkg/storage/names/generate.go. */
const MAX_NAME_LENGTH = 63;
const SUFFIX_LENGTH = 5;
/** How many name streams and deleted names are remembered. */
const REMEMBERED = 10_000;

export class Identities {
  #streams = new Map<string, Random>();
  #deletions = new Map<string, number>();
  #epoch = 0;
  #second = -1;
  #secondText = '';

  /** @param start tells the processes apart that share a seed and a store: the store's revision at the start */
  constructor(
    private readonly random: Random,
    private readonly start: number,
  ) {}

  /** A name beginning with `prefix`; `path` is the resource and namespace it has to be new in. */
  name(path: string, prefix: string): string {
    return prefix.slice(0, MAX_NAME_LENGTH - SUFFIX_LENGTH) + this.#stream(`name ${this.start} ${path} ${prefix}`).string(NAME_ALPHABET, SUFFIX_LENGTH);
  }

  /** A name that is a UUID. */
  uuid(path: string): string {
    return this.#stream(`uuid ${this.start} ${path}`).uuid();
  }

  /** The uid of the next object at a key. */
  uid(key: string): string {
    return this.random.stream(`uid ${this.start} ${this.#epoch} ${key} ${this.#deletions.get(key) ?? 0}`).uuid();
  }

  /** An object went: one that comes in its place is another one. */
  deleted(key: string): void {
    if (this.#deletions.size >= REMEMBERED) this.#forget();
    this.#deletions.set(key, (this.#deletions.get(key) ?? 0) + 1);
  }

  /** A time as the API writes it; most objects of a burst share theirs. */
  time(nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = formatTime(nowMs);
    }
    return this.#secondText;
  }

  #stream(label: string): Random {
    let stream = this.#streams.get(label);
    if (!stream) {
      if (this.#streams.size >= REMEMBERED) this.#forget();
      stream = this.random.stream(`${label} ${this.#epoch}`);
      this.#streams.set(label, stream);
    }
    return stream;
  }

  #forget(): void {
    this.#epoch++;
    this.#streams = new Map();
    this.#deletions = new Map();
  }
}
