/** --raw of create and replace: a file's bytes to a path as they are (kubectl pkg/rawhttp/raw.go). */
import { readFileSync } from 'node:fs';
import { StatusError } from '../../api/status.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';

export interface RawChecks {
  readonly path: string;
  readonly filenames: readonly string[];
  readonly recursive: boolean;
  readonly output: string;
  /** Another flag's fault, between those of the files. */
  readonly extra?: () => void;
}

/** Fails where --raw stands with flags that it excludes. */
export function checkRaw({ path, filenames, recursive, output, extra }: RawChecks): void {
  if (filenames.length !== 1) throw new CommandError('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(filenames[0] ?? '')) throw new CommandError('--raw cannot read from a url');
  if (recursive) throw new CommandError('--raw and --recursive are mutually exclusive');
  extra?.();
  if (output !== '') throw new CommandError('--raw and --output are mutually exclusive');
  if (!path.startsWith('/') && !/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(path)) throw new CommandError(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
}

/** Sends the file and prints the answer. */
export async function sendRaw(ctx: CommandContext, method: 'POST' | 'PUT', path: string, filename: string): Promise<void> {
  const text = filename === '-' ? ctx.streams.stdin.read() : await readText(filename);
  const { transport } = await ctx.client();
  const answer = await transport.raw(method, path, text);
  if (answer.code >= 400) throw statusOf(answer.code, answer.body);
  ctx.streams.stdout.write(answer.body);
}

/** The error of an answer that may be no Status (a path that nobody serves). */
function statusOf(code: number, body: string): StatusError {
  try {
    return StatusError.from(JSON.parse(body) as object);
  } catch {
    return new StatusError(code, code === 404 ? 'NotFound' : '', code === 404 ? 'the server could not find the requested resource' : body.trim());
  }
}

async function readText(filename: string): Promise<string> {
  const { decodeText, systemText } = await import('../builder/files.ts');
  try {
    return decodeText(readFileSync(filename));
  } catch (error) {
    throw new CommandError(systemText(error, filename));
  }
}
