/** Sizes of a client's terminal, as JSON texts one after the other (kubelet pkg/cri/streaming/remotecommand: handleResizeEvents). */
import type { TerminalSize } from '../../../api/node-connection.ts';

export class SizeStream {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #last: TerminalSize | undefined;
  #listener: ((size: TerminalSize) => void) | undefined;

  /** What is no size ends the sizes, and nothing else. */
  push(bytes: Uint8Array): void {
    const texts = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split(/(?<=\})/);
    this.#rest = texts.at(-1)?.endsWith('}') ? '' : (texts.pop() ?? '');
    for (const text of texts) {
      const size = sizeOf(text);
      if (!size) continue;
      this.#last = size;
      this.#listener?.(size);
    }
  }

  async read(incoming: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    for await (const bytes of incoming) this.push(bytes);
  }

  /** Tells the last size that has come, at once, and what comes. */
  listen(listener: (size: TerminalSize) => void): void {
    this.#listener = listener;
    if (this.#last) listener(this.#last);
  }
}

function sizeOf(text: string): TerminalSize | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as Partial<TerminalSize>;
    return { Width: Number(Width ?? 0), Height: Number(Height ?? 0) };
  } catch {
    return undefined;
  }
}
