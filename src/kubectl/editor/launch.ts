/** Opens the user's editor on a file in the folder for temporary files (kubectl pkg/cmd/util/editor/editor.go). */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goQuote } from '../../api/quote.ts';
import { CommandError } from '../errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

const WINDOWS = process.platform === 'win32';

/** KUBE_EDITOR, else EDITOR, else the system's own. */
function editorCommand(env: Env): { readonly args: readonly string[]; readonly shell: boolean } {
  const editor = env['KUBE_EDITOR'] || env['EDITOR'] || (WINDOWS ? 'notepad' : 'vi');
  if (!editor.includes(' ')) return { args: [editor], shell: false };
  if (!/["'\\]/.test(editor)) return { args: editor.split(' '), shell: false };
  const shell = env['SHELL'] || (WINDOWS ? 'cmd' : '/bin/bash');
  return { args: [shell, shell === 'cmd' ? '/C' : '-c', editor], shell: true };
}

export interface EditedFile {
  readonly path: string;
  readonly text: string;
}

/** What the user made of a text, and the file that holds it. Throws where the editor fails. */
export function editText(env: Env, prefix: string, extension: string, text: string): EditedFile {
  const path = join(tmpdir(), `${prefix}${randomInt(2 ** 31)}${extension}`);
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  const { args, shell } = editorCommand(env);
  const [program = '', ...rest] = shell ? [...args.slice(0, -1), `${args.at(-1)} ${goQuote(path)}`] : [...args, path];
  const { error, status } = spawnSync(program, rest, { stdio: 'inherit', env: { ...env } });
  const shown = goQuote(args.join(' '));
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') throw new CommandError(`unable to launch the editor ${shown}`);
  if (error || status !== 0) throw new CommandError(`there was a problem with the editor ${shown}`);
  return { path, text: readFileSync(path, 'utf8') };
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
