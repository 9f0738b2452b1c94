/** Files of a container into local ones (kubectl pkg/cmd/cp/cp.go: copyFromPod, untarAll). */
import { writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { goQuote } from '../../../api/quote.ts';
import { tarEntries, TarError } from '../../../api/tar.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { makeFolders } from '../../shared/make-folders.ts';
import { converse } from '../../shared/pod-session.ts';
import { targetOf, type CopyWish, type FileSpec } from './file-spec.ts';

const FOLDER_MODE = 0o755;

export async function copyFromPod(ctx: CommandContext, source: FileSpec, target: string, wish: CopyWish): Promise<void> {
  const archive = await read(ctx, source, wish);
  unpack(ctx, archive, source, target);
}

/** The archive; where it breaks off, it is gone on with as often as was asked for. */
async function read(ctx: CommandContext, source: FileSpec, { container, retries }: CopyWish): Promise<Buffer> {
  // Upstream gives this conversation its standard output for errors.
  const say = (text: string | Uint8Array): void => ctx.streams.stdout.write(text);
  const parts: Buffer[] = [];
  let count = 0;
  for (let tried = 0; ; tried++) {
    const command = retries === 0 ? ['tar', 'cf', '-', source.file] : ['sh', '-c', `tar cf - ${source.file} | tail -c+${count === 0 ? 0 : count + 1}`];
    // A conversation that fails ends the whole command, whatever --retries says.
    await converse(ctx, {
      ...(await targetOf(ctx, source, container, say)), raw: false, command,
      stdout: (bytes) => {
        parts.push(Buffer.from(bytes));
        count += bytes.length;
      },
      stderr: say,
    });
    const archive = Buffer.concat(parts);
    if (isWhole(archive)) return archive;
    if (retries >= 0 && tried >= retries) {
      ctx.streams.stdout.write(`Dropping out copy after ${tried} retries\n`);
      return archive;
    }
    ctx.streams.stdout.write(`Resuming copy at ${count} bytes, retry ${tried + 1}/${retries}\n`);
  }
}

/** Two empty blocks end an archive. */
const END = 1024;
const isWhole = (archive: Buffer): boolean => archive.length >= END && archive.subarray(-END).every((byte) => byte === 0);

function unpack(ctx: CommandContext, archive: Buffer, source: FileSpec, target: string): void {
  const { stderr } = ctx.streams;
  // What leads out of the file system's root is no part of the names in the archive.
  const prefix = withoutShortcuts(posix.normalize(source.file.replace(/^[/\\]+/, '') || '.'));
  let linkSeen = false;
  try {
    for (const { name, type, target: link = '', content } of tarEntries(archive)) {
      if (!name.startsWith(prefix)) throw new CommandError('tar contents corrupted');
      const path = join(target, name.slice(prefix.length)).replace(/(.)\/$/, '$1');
      if (!isWithin(target, path)) {
        stderr.write(`warning: file ${goQuote(path)} is outside target destination, skipping\n`);
        continue;
      }
      makeFolders(dirname(path), FOLDER_MODE);
      if (type === 'folder') makeFolders(path, FOLDER_MODE);
      else if (type === 'file') writeFileSync(path, content);
      else {
        const hint = linkSeen ? '' : ` (consider using "${ctx.program} exec -n ${goQuote(source.namespace)} ${goQuote(source.pod)} -- tar cf - ${goQuote(source.file)} | tar xf -")`;
        linkSeen = true;
        stderr.write(`warning: skipping symlink: ${goQuote(path)} -> ${goQuote(link)}${hint}\n`);
      }
    }
  } catch (error) {
    throw error instanceof TarError ? new CommandError(error.message) : error;
  }
}

/** Without the "../" that it begins with. */
function withoutShortcuts(path: string): string {
  const rest = path.replace(/^(?:\.\.\/)+/, '');
  return rest === '.' || rest === '..' ? '' : rest.replace(/^\//, '');
}

function isWithin(base: string, path: string): boolean {
  const way = relative(base, path);
  return way === '' || way === withoutShortcuts(way);
}
