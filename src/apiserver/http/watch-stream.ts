/** A watch on the wire: one JSON line per event, many events per packet when they come together. */
import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../api/object.ts';
import type { WatchEvent } from '../../api/request.ts';
import { wireForm, wireText } from '../../api/wire-form.ts';

/** An object's JSON, made once however many watchers there are. Only frozen objects: others may change. */
const texts = new WeakMap<object, string>();

function jsonOf(object: KubeObject): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = wireText(wireForm(object)).trimEnd();
  if (Object.isFrozen(object)) texts.set(object, text);
  return text;
}

/** An event as one line. */
export const eventText = ({ type, object }: WatchEvent): string => `{"type":"${type}","object":${jsonOf(object)}}\n`;

/** A watcher that lets this much pile up has stopped reading; it may come again from where it was. */
const MAX_PENDING_BYTES = 256 * 1024 * 1024;

export class WatchStream {
  #lines = '';
  #open = false;
  #flushing = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly headers: Record<string, string>,
    private readonly maxPendingBytes = MAX_PENDING_BYTES,
  ) {}

  /** Takes an event; before `open` it waits. */
  write(event: WatchEvent): void {
    this.#lines += eventText(event);
    if (!this.#open || this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  /** Sends the head, so that the client knows that it watches, and what came before. */
  open(): void {
    this.#open = true;
    this.response.writeHead(200, this.headers);
    this.response.flushHeaders();
    this.#flush();
  }

  end(): void {
    this.#flush();
    this.response.end();
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = '';
    if (lines === '' || this.response.destroyed || this.response.writableEnded) return;
    this.response.write(lines);
    if (this.response.writableLength > this.maxPendingBytes) this.response.destroy();
  }
}
