/** Local files into a container (kubectl pkg/cmd/cp/cp.go: copyToPod, makeTar). */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { basename, dirname, join, normalize, posix } from 'node:path';
import { tarBlocks, tarEnd } from '../../../api/tar.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, PlainError } from '../../errors.ts';
import { converse } from '../../shared/pod-session.ts';
import { targetOf, type CopyWish, type FileSpec } from './file-spec.ts';

const NOTHING = new Uint8Array(0);

export async function copyToPod(ctx: CommandContext, source: string, target: FileSpec, { container, noPreserve }: CopyWish): Promise<void> {
  if (!existsSync(source)) throw new CommandError(`${source} doesn't exist in local filesystem`);
  const { stdout, stderr } = ctx.streams;
  const file = (await isFolder(ctx, target, container)) ? posix.join(target.file, basename(source)) : target.file;
  const to = await targetOf(ctx, target, container, (text) => stderr.write(text));
  const folder = posix.dirname(file);
  await converse(ctx, {
    ...to, raw: false,
    command: ['tar', ...(noPreserve ? ['--no-same-permissions', '--no-same-owner'] : []), '-xmf', '-', ...(folder === '' ? [] : ['-C', folder])],
    stdin: archive(normalize(source), posix.basename(posix.normalize(file))),
    stdout: (bytes) => stdout.write(bytes),
    stderr: (bytes) => stderr.write(bytes),
  });
}

/** Whether the destination is a folder, into which the source goes then. Whatever else is wrong, the copy itself will tell. */
async function isFolder(ctx: CommandContext, target: FileSpec, container: string): Promise<boolean> {
  try {
    await converse(ctx, { ...(await targetOf(ctx, target, container, () => undefined)), raw: false, command: ['test', '-d', target.file], stdout: () => undefined, stderr: () => undefined });
    return true;
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    if (error instanceof PlainError || error instanceof Error) return false;
    throw error;
  }
}

async function* archive(path: string, name: string): AsyncGenerator<Uint8Array> {
  yield* entries(join(dirname(path), basename(path)), name);
  yield tarEnd();
}

/** Folders appear only where they are empty: tar makes the others by itself. */
function* entries(path: string, name: string): Generator<Uint8Array> {
  const stats = lstatSync(path);
  if (stats.isDirectory()) {
    const children = readdirSync(path).sort();
    if (children.length === 0) yield tarBlocks({ ...common(stats), name, type: 'folder', content: NOTHING });
    for (const child of children) yield* entries(join(path, child), posix.join(name, child));
  } else if (stats.isSymbolicLink()) yield tarBlocks({ ...common(stats), name, type: 'link', target: readlinkSync(path), content: NOTHING });
  else yield tarBlocks({ ...common(stats), name, type: 'file', content: readFileSync(path) });
}

const common = ({ mode, mtimeMs }: Stats): { readonly mode: number; readonly mtime: number } => ({ mode, mtime: mtimeMs / 1000 });
