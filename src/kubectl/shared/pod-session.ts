/** What exec, attach, run and cp share: a conversation with a container (kubectl pkg/cmd/exec/exec.go: StreamOptions). */
import type { Pod } from '../../api/generated/types.ts';
import type { ContainerStreams } from '../../api/node-connection.ts';
import type { CommandContext } from '../command.ts';
import { PlainError, usageError } from '../errors.ts';
import type { FlagTable } from '../flags.ts';

export const streamFlags = {
  container: { type: 'string', default: '', short: 'c', description: 'The container. Default: the one that the annotation kubectl.kubernetes.io/default-container names, else the first.' },
  quiet: { type: 'bool', default: false, short: 'q', description: 'Print nothing but what the container says.' },
  stdin: { type: 'bool', default: false, short: 'i', description: 'Pass standard input on to the container.' },
  tty: { type: 'bool', default: false, short: 't', description: 'Standard input is a terminal.' },
} as const satisfies FlagTable;

export const runningTimeoutFlag = {
  'pod-running-timeout': { type: 'duration', default: 60_000, description: 'How long to wait until at least one pod runs (5s, 2m, 3h; more than zero).' },
} as const satisfies FlagTable;

/** Throws the usage error of --pod-running-timeout. */
export function checkRunningTimeout(ctx: CommandContext, timeoutMs: number): void {
  if (timeoutMs <= 0) throw usageError(ctx, '--pod-running-timeout must be higher than zero');
}

/** Whether a terminal was asked for and is one; says so where it is none. */
export function usesTerminal(ctx: CommandContext, { stdin, tty, quiet }: { readonly stdin: boolean; readonly tty: boolean; readonly quiet: boolean }): boolean {
  if (!stdin || !tty) return false;
  if (ctx.streams.stdin.isTTY) return true;
  if (!quiet) ctx.streams.stderr.write('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return false;
}

export interface PodSession {
  readonly pod: Pod;
  readonly container: string;
  /** A command to run; without one it is attached to the container's own process. */
  readonly command?: readonly string[];
  /** The terminal is passed on, key by key. */
  readonly raw: boolean;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdout?: (bytes: Uint8Array) => void;
  readonly stderr?: (bytes: Uint8Array) => void;
}

/** Speaks to a container until either side ends. Throws PlainError with a command's exit code, and the server's errors. */
export async function converse(ctx: CommandContext, { pod, container, command, raw, stdin, stdout, stderr }: PodSession): Promise<void> {
  const client = await ctx.client();
  const connection = await client.transport.connect({
    ...client.identity, verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: command ? 'exec' : 'attach', namespace: pod.metadata?.namespace ?? '', name: pod.metadata?.name ?? '',
    options: { query: { container, ...(command ? { command } : {}), ...(stdin ? { stdin: 'true' } : {}), ...(stdout ? { stdout: 'true' } : {}), ...(stderr ? { stderr: 'true' } : {}), ...(raw ? { tty: 'true' } : {}) } },
  });
  if (connection.kind !== 'container') throw new Error('the server opened another connection than was asked for');
  const ended = new AbortController();
  const streams: ContainerStreams = { tty: raw, stdin, stdout, stderr, ...(raw ? { onSize: (listener) => ctx.streams.stdout.onSize?.(listener, ended.signal) } : {}) };
  try {
    const code = await connection.run(streams, ctx.signal);
    if (code !== 0) throw new PlainError(`command terminated with exit code ${code}`, code);
  } finally {
    ended.abort();
  }
}

/** The same with the process's own streams: output as it comes, standard input only where it was asked for. */
export async function converseHere(ctx: CommandContext, session: Pick<PodSession, 'pod' | 'container' | 'command' | 'raw'> & { readonly input: boolean; readonly noStderr?: boolean }): Promise<void> {
  const { stdin, stdout, stderr } = ctx.streams;
  const { input, noStderr = session.raw, ...rest } = session;
  const over = new AbortController();
  try {
    await converse(ctx, {
      ...rest,
      ...(input ? { stdin: stdin.live({ raw: session.raw, signal: AbortSignal.any([ctx.signal, over.signal]) }) } : {}),
      stdout: session.raw && stdout.isTTY ? (bytes) => stdout.write(withoutReturns(bytes)) : (bytes) => stdout.write(bytes),
      ...(noStderr ? {} : { stderr: (bytes: Uint8Array) => stderr.write(bytes) }),
    });
  } finally {
    over.abort();
  }
}

/** A terminal in Node's raw mode still puts a carriage return before each newline; those that come with one have it twice. */
const withoutReturns = (bytes: Uint8Array): Uint8Array => bytes.filter((byte, at) => byte !== 13 || bytes[at + 1] !== 10);
