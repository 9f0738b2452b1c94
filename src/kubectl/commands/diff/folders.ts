/** The two folders that are compared, and the program that compares them (kubectl pkg/cmd/diff/diff.go: Differ, DiffProgram). */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goQuote } from '../../../api/quote.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, ExitError } from '../../errors.ts';

const ARGUMENT = /^[a-zA-Z0-9-=]+$/;
/** What the comparing program may print, in bytes. */
const MAX_OUTPUT = 1 << 30;

/** One file of each side for each object; an object that a side has not is an empty file. */
export class DiffFolders {
  readonly #live = newFolder('LIVE');
  readonly #merged = newFolder('MERGED');

  write(side: 'live' | 'merged', name: string, text: string): void {
    writeFileSync(join(side === 'live' ? this.#live : this.#merged, name), text, { mode: 0o700 });
  }

  remove(): void {
    for (const folder of [this.#live, this.#merged]) rmSync(folder, { recursive: true, force: true });
  }

  /** Runs `diff`, or what KUBECTL_EXTERNAL_DIFF names. Throws ExitError(1) where the sides differ. */
  compare(ctx: CommandContext): void {
    const { program, args } = diffCommand(ctx.env);
    const { error, status, stdout, stderr } = spawnSync(program, [...args(this.#live, this.#merged)], { encoding: 'utf8', stdio: ['inherit', 'pipe', 'pipe'], env: { ...ctx.env }, maxBuffer: MAX_OUTPUT });
    if (stdout) ctx.streams.stdout.write(stdout);
    if (stderr) ctx.streams.stderr.write(stderr);
    if (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new CommandError(`failed to run ${goQuote(program)}: ${missing ? 'executable file not found in $PATH' : error.message}`);
    }
    if (status === 0) return;
    if (status === 1) throw new ExitError(1);
    throw new CommandError(`failed to run ${goQuote(program)}: exit status ${status}`);
  }
}

/** A folder of its own among the temporary ones: "LIVE-123456789". */
function newFolder(prefix: string): string {
  const path = join(tmpdir(), `${prefix}-${randomInt(2 ** 32)}`);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

/** The user's program gets the folders first and then its own arguments, of which only plain ones are taken. */
function diffCommand(env: CommandContext['env']): { readonly program: string; readonly args: (...folders: string[]) => readonly string[] } {
  const external = env['KUBECTL_EXTERNAL_DIFF'] ?? '';
  if (external === '') return { program: 'diff', args: (...folders) => ['-u', '-N', ...folders] };
  const [program = '', ...rest] = external.split(' ');
  return { program, args: (...folders) => [...folders, ...rest.filter((argument) => ARGUMENT.test(argument))] };
}
