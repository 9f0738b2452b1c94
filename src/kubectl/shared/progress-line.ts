/** One line that is rewritten in place at the end of a terminal, and leaves nothing behind. */
import { systemClock, type WallClock } from '../../simulation/cluster-clock.ts';
import type { Overlay, Screen } from '../streams.ts';
import { onAbort } from './on-abort.ts';

/** Work that is done sooner shows nothing, ms. */
const PATIENCE_MS = 400;
/** Between two texts, ms. */
const UPDATE_MS = 100;
const SECOND_MS = 1000;

/** To the line's beginning; and what stands from there to its end goes. */
const RETURN = '\r';
const ERASE = '\x1b[K';

export class ProgressLine implements Overlay {
  readonly #startMs: number;
  #ignoreAbort: () => void = () => undefined;
  #text = '';
  /** What is to be seen; '' for nothing. */
  #line = '';
  #drawn = false;
  /** Whether what was printed last has not ended its line: behind it there is no room. */
  #midLine = false;
  #updatedMs = -Infinity;
  #cancelTimer: (() => void) | undefined;
  #ended = false;

  /** @param signal Ctrl-C: the line goes at once, whatever becomes of the work */
  constructor(
    private readonly screen: Screen,
    signal: AbortSignal,
    private readonly clock: WallClock = systemClock,
  ) {
    this.#startMs = clock.now();
    screen.overlay = this;
    this.#ignoreAbort = onAbort(signal, () => this.end());
  }

  /** What is shown from now on, with the seconds that have passed; '' for nothing. */
  tell(text: string): void {
    this.#text = text;
    this.#refresh();
  }

  end(): void {
    if (this.#ended) return;
    this.#cancelTimer?.();
    this.clear();
    this.#ended = true;
    if (this.screen.overlay === this) this.screen.overlay = undefined;
    this.#ignoreAbort();
  }

  clear(): void {
    if (!this.#drawn) return;
    this.#drawn = false;
    this.#put(`${RETURN}${ERASE}`);
  }

  printed(wholeLine: boolean): void {
    this.#midLine = !wholeLine;
    this.#draw();
  }

  #draw(): void {
    if (this.#ended || this.#midLine || this.#line === '') return;
    this.#drawn = true;
    this.#put(`${RETURN}${this.#line}${ERASE}`);
  }

  /** Shows the text if it is time for that, else when it is. */
  #refresh(): void {
    if (this.#ended) return;
    const now = this.clock.now();
    const dueMs = Math.max(this.#startMs + PATIENCE_MS, this.#updatedMs + UPDATE_MS);
    if (now < dueMs) return this.#wake(dueMs - now);
    const line = this.#compose(now);
    if (line !== this.#line) {
      this.#line = line;
      this.#updatedMs = now;
      if (line === '') this.clear();
      else this.#draw();
    }
    if (line !== '') this.#wake(SECOND_MS - ((now - this.#startMs) % SECOND_MS));
  }

  #wake(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.clock.setTimeout(() => {
      this.#cancelTimer = undefined;
      this.#refresh();
    }, delayMs);
  }

  /** In the last column a terminal would begin a new line. */
  #compose(now: number): string {
    if (this.#text === '') return '';
    const seconds = Math.floor((now - this.#startMs) / SECOND_MS);
    const text = seconds === 0 ? this.#text : `${this.#text} (${seconds}s)`;
    return text.replace(/[^\x20-\x7e]/g, '?').slice(0, Math.max(0, this.screen.width - 1));
  }

  /** A terminal that is gone is the work's to notice, once it has something to print. */
  #put(text: string): void {
    try {
      this.screen.draw(text);
    } catch {
      this.#drawn = false;
      this.end();
    }
  }
}
