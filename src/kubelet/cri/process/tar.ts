/** tar in containers: c, x and t with f, C, m, v and the other common flags. */
import { tarBlocks, tarEnd, tarEntries, TarError, type TarEntry } from '../../../api/tar.ts';
import { bytesOfText, textOfBytes } from './bytes.ts';
import type { CommandContext } from './commands.ts';
import { absolutePath } from './files.ts';

interface Options {
  mode: 'c' | 'x' | 't' | undefined;
  file: string;
  folder: string;
  verbose: boolean;
  readonly paths: string[];
}

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

export function tar(context: CommandContext): number {
  const options = parse(context);
  if (typeof options === 'number') return options;
  if (options.mode === 'c') return create(context, options);
  return extract(context, options);
}

/** Flags as a first word without a dash ("cf"), with one, or long. */
function parse({ args, machine, err }: CommandContext): Options | number {
  const options: Options = { mode: undefined, file: '-', folder: machine.workingDir, verbose: false, paths: [] };
  const words = [...args];
  if (words[0] !== undefined && !words[0].startsWith('-')) words[0] = `-${words[0]}`;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word.startsWith('--')) {
      if (word.startsWith('--directory=')) options.folder = absolutePath(word.slice(12), options.folder);
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      options.paths.push(word);
      continue;
    }
    for (const letter of word.slice(1)) {
      if (letter === 'c' || letter === 'x' || letter === 't') options.mode = letter;
      else if (letter === 'f') options.file = words.shift() ?? '-';
      else if (letter === 'C') options.folder = absolutePath(words.shift() ?? '', options.folder);
      else if (letter === 'v') options.verbose = true;
      else if (!'mpokhzPS'.includes(letter)) {
        err(`tar: invalid option -- '${letter}'\n`);
        return machine.options.tools === 'busybox' ? 1 : 64;
      }
    }
  }
  if (options.mode) return options;
  err(machine.options.tools === 'busybox' ? 'tar: must specify one of -c -x -t\n' : "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information.\n");
  return machine.options.tools === 'busybox' ? 1 : 2;
}

function create(context: CommandContext, { file, folder, paths, verbose }: Options): number {
  const { machine, out, err } = context;
  const busybox = machine.options.tools === 'busybox';
  const blocks: Uint8Array[] = [];
  let failed = false;
  if (paths.some((path) => path.startsWith('/'))) err(busybox ? "tar: removing leading '/' from member names\n" : "tar: Removing leading `/' from member names\n");
  for (const path of paths) {
    const entries = [...entriesAt(context, absolutePath(path, folder), path.replace(/^\/+/, '').replace(/\/+$/, ''))];
    if (entries.length === 0) {
      failed = true;
      err(busybox ? `tar: ${path}: No such file or directory\n` : `tar: ${path}: Cannot stat: No such file or directory\n`);
    }
    for (const entry of entries) {
      if (verbose) err(`${entry.name}\n`);
      blocks.push(tarBlocks(entry));
    }
  }
  const archive = textOfBytes(Buffer.concat([...blocks, tarEnd()]));
  if (file === '-') out(archive);
  else machine.writeFile(absolutePath(file, machine.workingDir), archive);
  if (!failed) return 0;
  err(busybox ? 'tar: error exit delayed from previous errors\n' : 'tar: Exiting with failure status due to previous errors\n');
  return busybox ? 1 : 2;
}

/** A file, or a folder with all that is in it. */
function* entriesAt({ machine }: CommandContext, absolute: string, name: string): Generator<TarEntry> {
  const mtime = (machine.options.startedAtMs + machine.nowMs) / 1000;
  const content = machine.readFile(absolute);
  if (content !== undefined) {
    yield { name, type: 'file', mode: FILE_MODE, mtime, content: bytesOfText(content) };
    return;
  }
  if (!machine.files.isFolder(absolute)) return;
  yield { name: name === '' ? './' : `${name}/`, type: 'folder', mode: FOLDER_MODE, mtime, content: new Uint8Array(0) };
  for (const child of machine.files.names(absolute, machine.nowMs)) yield* entriesAt({ machine } as CommandContext, absolutePath(child, absolute), name === '' ? child : `${name}/${child}`);
}

function extract(context: CommandContext, { mode, file, folder, paths, verbose }: Options): number {
  const { machine, stdin, out, err } = context;
  const busybox = machine.options.tools === 'busybox';
  const fail = (text: string): number => {
    err(`tar: ${text}\n${busybox ? '' : 'tar: Error is not recoverable: exiting now\n'}`);
    return busybox ? 1 : 2;
  };
  const archive = file === '-' ? stdin.all() : machine.readFile(absolutePath(file, machine.workingDir));
  if (archive === undefined) return fail(busybox ? `can't open '${file}': No such file or directory` : `${file}: Cannot open: No such file or directory`);
  if (mode === 'x' && !machine.files.isFolder(folder)) return fail(busybox ? `can't change directory to '${folder}': No such file or directory` : `${folder}: Cannot open: No such file or directory`);
  if (archive === '' && busybox) return fail('short read');
  try {
    for (const { name, type, content } of tarEntries(bytesOfText(archive))) {
      if (paths.length > 0 && !paths.some((path) => name === path || name.startsWith(`${path}/`))) continue;
      if (mode === 't' || verbose) out(`${name}\n`);
      if (mode === 't') continue;
      const target = absolutePath(name.replace(/^\/+/, ''), folder);
      if (type === 'folder') machine.makeFolder(target);
      else if (type === 'file') machine.writeFile(target, textOfBytes(content));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    return fail(busybox ? 'invalid tar magic' : 'This does not look like a tar archive');
  }
}
