/** Somebody talks to a process: what they write comes to it as it is written, and what it writes to them at its time. */
import type { ContainerStreams } from '../../api/node-connection.ts';
import type { Clock } from '../../simulation/clock.ts';
import { bytesOfText, textOfBytes, wholeCharacters } from '../cri/process/bytes.ts';
import type { Output, ProcessSession } from '../cri/process/process-session.ts';
import { at, Terminal } from './terminal.ts';

export interface Session {
  readonly process: ProcessSession;
  readonly streams: ContainerStreams;
  readonly clock: Clock;
  /** Between the process and the client there is a terminal. */
  readonly tty: boolean;
  /** How old the process is now, ms. */
  readonly ageMs: number;
  /** How much of its output is not for this client. */
  readonly skip: number;
  /** The end of the client's input is the end of the process's; else the session ends with it. */
  readonly closes: boolean;
  /** Tells when the container ends; gives a way to ask no more. */
  onEnd(listener: () => void): () => void;
  /** The exit code where the container, or with it the process, has ended. */
  ended(): number | undefined;
}

/** The process's exit code; undefined where the client has gone before. */
export async function runSession(session: Session, signal: AbortSignal): Promise<number | undefined> {
  const over = new AbortController();
  try {
    return await talk(session, signal, AbortSignal.any([signal, over.signal]));
  } finally {
    over.abort();
  }
}

/** @param over aborts with the session as well */
async function talk(session: Session, signal: AbortSignal, over: AbortSignal): Promise<number | undefined> {
  const { process, streams, clock, tty, ageMs } = session;
  const beganMs = clock.now() - ageMs;
  const now = (): number => clock.now() - beganMs;
  let wake = (): void => {};
  let left = false;
  streams.onSize?.(({ Width, Height }) => {
    process.resize(now(), Height, Width);
    wake();
  });
  void pump(session, now, over, () => wake()).then(() => {
    if (over.aborted) return;
    if (session.closes) process.close(now());
    else left = streams.stdin !== undefined;
    wake();
  });
  for (let written = session.skip; ; ) {
    if (signal.aborted) return undefined;
    const nowMs = now();
    const { output, end, knownUntilMs } = process.run(nowMs);
    const later = output.findIndex(({ atMs }, index) => index >= written && atMs > nowMs);
    const due = output.slice(written, later < 0 ? undefined : later);
    write(streams, tty, due);
    written += due.length;
    if (end && end.atMs <= nowMs) return end.code;
    const code = session.ended();
    if (code !== undefined) return code;
    if (left) return undefined;
    const nextMs = later >= 0 ? (output[later] as Output).atMs : (end?.atMs ?? knownUntilMs);
    await new Promise<void>((resolve) => {
      const timer = nextMs === undefined ? undefined : clock.setTimer(nextMs - nowMs, () => wake());
      const forget = session.onEnd(() => wake());
      const aborted = (): void => wake();
      signal.addEventListener('abort', aborted, { once: true });
      wake = () => {
        wake = () => {};
        timer?.cancel();
        forget();
        signal.removeEventListener('abort', aborted);
        resolve();
      };
    });
  }
}

/** Hands on what the client writes until its end. */
async function pump({ process, streams, tty }: Session, now: () => number, over: AbortSignal, wake: () => void): Promise<void> {
  const terminal = new Terminal((text) => write(streams, true, [{ stream: 'stdout', text }]));
  let rest: Uint8Array = new Uint8Array();
  for await (const part of streams.stdin ?? []) {
    if (over.aborted) return;
    if (tty) for (const typed of terminal.type(part)) process.feed(at(typed, now()));
    else {
      const bytes = rest.length > 0 ? Buffer.concat([rest, part]) : part;
      const whole = wholeCharacters(bytes);
      rest = bytes.subarray(whole);
      if (whole > 0) process.feed({ kind: 'text', atMs: now(), text: textOfBytes(bytes.subarray(0, whole)) });
    }
    wake();
  }
  if (rest.length > 0) process.feed({ kind: 'text', atMs: now(), text: textOfBytes(rest) });
}

/** A terminal has one output, with a carriage return before each newline. */
function write({ stdout, stderr }: ContainerStreams, tty: boolean, output: readonly Pick<Output, 'stream' | 'text'>[]): void {
  for (let from = 0; from < output.length; ) {
    const toStdout = (each: Pick<Output, 'stream'> | undefined): boolean => tty || each?.stream === 'stdout';
    let text = '';
    let until = from;
    for (; until < output.length && toStdout(output[until]) === toStdout(output[from]); until++) text += output[until]?.text ?? '';
    (toStdout(output[from]) ? stdout : stderr)?.(bytesOfText(tty ? text.replace(/\r?\n/g, '\r\n') : text));
    from = until;
  }
}
