/** Bytes that one side pushes and the other takes as an async iterable. */

export class ByteQueue implements AsyncIterable<Uint8Array> {
  readonly #parts: Uint8Array[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  push(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#parts.push(bytes);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const part = this.#parts.shift();
      if (part) yield part;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve)).then(() => (this.#wake = undefined));
    }
  }
}
