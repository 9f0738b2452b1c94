/** A shell that somebody talks to: prompt, echo and line editing of a terminal, or lines from a pipe. */
import type { ContainerStreams } from '../../api/node-connection.ts';
import type { Clock } from '../../simulation/clock.ts';
import type { ShellSession } from '../cri/process/process.ts';
import { write } from './exec.ts';
import { pause } from './target.ts';

export interface Session {
  readonly shell: ShellSession;
  readonly streams: ContainerStreams;
  readonly clock: Clock;
  /** uid */
  readonly user: number;
  readonly hostname: string;
}

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const encoder = new TextEncoder();

/** The shell's exit code. */
export async function runSession(session: Session, signal: AbortSignal): Promise<number> {
  const { streams, shell } = session;
  let code = 0;
  let script = '';
  const prompt = (): void => show(streams, script === '' ? `${shell.folder} ${session.user === 0 ? '#' : '$'} ` : '> ');
  prompt();
  for await (const line of lines(streams)) {
    if (signal.aborted) return 137;
    if (line === CTRL_C) {
      script = '';
      code = 130;
    } else {
      script += `${line}\n`;
      const result = shell.run(script);
      if (result) {
        script = '';
        await pause(session.clock, result.tookMs, signal);
        write(streams, result.stdout, result.stderr);
        ({ code } = result);
        if (result.exited) return code;
      }
    }
    prompt();
  }
  if (streams.tty) show(streams, 'exit\n');
  return code;
}

/** To a terminal only. */
function show({ tty, stdout }: ContainerStreams, text: string): void {
  if (tty) stdout?.(encoder.encode(text.replace(/\n/g, '\r\n')));
}

/** The lines that come in; Ctrl-C as itself. Ends with the input, or with Ctrl-D on an empty line. */
async function* lines(streams: ContainerStreams): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let line = '';
  for await (const part of streams.stdin ?? []) {
    for (const char of decoder.decode(part, { stream: true })) {
      if (!streams.tty) {
        if (char !== '\n') line += char;
        else {
          yield line;
          line = '';
        }
        continue;
      }
      if (char === '\r' || char === '\n') {
        show(streams, '\n');
        yield line;
        line = '';
      } else if (char === CTRL_C) {
        show(streams, '^C\n');
        yield CTRL_C;
        line = '';
      } else if (char === CTRL_D) {
        if (line === '') return;
      } else if (char === '\x7f' || char === '\b') {
        if (line !== '') show(streams, '\b \b');
        line = line.slice(0, -1);
      } else if (char >= ' ' || char === '\t') {
        show(streams, char);
        line += char;
      }
    }
  }
  if (!streams.tty && line !== '') yield line;
}
