/**
 * A command, or a container's own process, as somebody talks to it: what comes in, what comes out and when. It is worked out
 * anew from its beginning whenever more has come in; its past stays what it was.
 */
import type { InputEvent } from './input.ts';
import type { Intervention, ProcessNetwork, StandardInput } from './machine.ts';

export interface Output {
  /** Milliseconds since the beginning of the session. */
  readonly atMs: number;
  /** 'prompt': on the terminal only; without one it goes to standard error. */
  readonly stream: 'stdout' | 'stderr' | 'prompt';
  readonly text: string;
}

export interface SessionRun {
  /** In the order of time. */
  readonly output: readonly Output[];
  readonly end: { readonly atMs: number; readonly code: number } | undefined;
  /** From when on nothing is known yet; undefined where nothing more will come by itself. */
  readonly knownUntilMs: number | undefined;
}

/** Times are milliseconds since its beginning. */
export interface ProcessSession {
  /** Something has come in. */
  feed(event: InputEvent): void;
  /** No more will come. */
  close(atMs: number): void;
  resize(atMs: number, rows: number, columns: number): void;
  /** What it does up to a moment and, as far as that can be seen, beyond; what it has done to files by then stays. */
  run(nowMs: number): SessionRun;
}

/** Collects what comes in. */
export class SessionInput implements StandardInput {
  readonly events: InputEvent[] = [];
  readonly sizes: { atMs: number; rows: number; columns: number }[] = [];
  open: boolean;
  /** Counts what has changed. */
  changes = 0;

  constructor(
    open: boolean,
    readonly terminal: boolean,
  ) {
    this.open = open;
  }

  feed(event: InputEvent): void {
    this.events.push(event);
    this.changes++;
  }

  close(atMs: number): void {
    if (!this.open) return;
    this.open = false;
    this.feed({ kind: 'end', atMs });
  }

  resize(atMs: number, rows: number, columns: number): void {
    this.sizes.push({ atMs, rows, columns });
    this.changes++;
  }
}

/** What the network has answered, kept: a run that is worked out again must find it the same. */
export class RememberedNetwork implements ProcessNetwork {
  readonly #answers = new Map<string, unknown>();
  now: () => number = () => 0;

  constructor(private readonly network: ProcessNetwork) {}

  http(host: string, port: number, path: string): ReturnType<ProcessNetwork['http']> {
    return this.#once(`http ${host} ${port} ${path}`, () => this.network.http(host, port, path));
  }

  connect(host: string, port: number): ReturnType<ProcessNetwork['connect']> {
    return this.#once(`connect ${host} ${port}`, () => this.network.connect(host, port));
  }

  #once<Answer>(question: string, ask: () => Answer): Answer {
    const key = `${this.now()} ${question}`;
    if (!this.#answers.has(key)) this.#answers.set(key, ask());
    return this.#answers.get(key) as Answer;
  }
}

/** The changes of files that are new and have come to pass. */
export class WrittenSoFar {
  #count = 0;

  take(written: readonly Intervention[], untilMs: number): readonly Intervention[] {
    const rest = written.slice(this.#count);
    const later = rest.findIndex(({ atMs }) => atMs > untilMs);
    const taken = later < 0 ? rest : rest.slice(0, later);
    this.#count += taken.length;
    return taken;
  }
}
