/** Files and folders as a kustomization may reach them (kustomize api/internal/loader/fileloader.go). */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { KustomizeError } from './errors.ts';

/** Sources of git repositories and of web servers. */
const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com[/:])|\.git(?:$|[/?])|\?(?:ref|version)=/i;

export class Loader {
  private constructor(
    /** The folder, links resolved. */
    readonly root: string,
    private readonly anywhere: boolean,
    private readonly referrer?: Loader,
  ) {}

  /** A loader for the folder that a user has named. `anywhere`: files outside of it may be read, too. */
  static open(path: string, anywhere: boolean): Loader {
    if (path === '') throw new KustomizeError('must build at directory: directory path cannot be empty');
    if (REMOTE.test(path) && !existsSync(path)) throw remote(path);
    return new Loader(folderAt(path), anywhere);
  }

  /** A loader for a folder that a kustomization here names. */
  descend(path: string): Loader {
    if (path === '') throw new KustomizeError('new root cannot be empty');
    if (isAbsolute(path)) throw new KustomizeError(`new root '${path}' cannot be absolute`);
    if (REMOTE.test(path) && !existsSync(join(this.root, path))) throw remote(path);
    const root = folderAt(join(this.root, path));
    for (const visited of this.visited()) if (isWithin(visited, root)) throw new KustomizeError(`cycle detected: candidate root '${root}' contains visited root '${visited}'`);
    return new Loader(root, this.anywhere, this);
  }

  /** This folder, and those that led to it. */
  private visited(): readonly string[] {
    return [this.root, ...(this.referrer?.visited() ?? [])];
  }

  load(path: string): Buffer {
    if (/^https?:\/\//.test(path)) throw remote(path);
    const full = isAbsolute(path) ? path : join(this.root, path);
    let stat;
    try {
      stat = statSync(full);
    } catch {
      throw new KustomizeError(`evalsymlink failure on '${full}' : lstat ${firstMissing(full)}: no such file or directory`);
    }
    if (stat.isDirectory()) throw new KustomizeError(this.anywhere ? `read ${full}: is a directory` : `'${full}' must resolve to a file`);
    if (this.anywhere) return readFileSync(full);
    const real = realpathSync(full);
    if (!isWithin(dirname(real), this.root)) throw new KustomizeError(`security; file '${full}' is not in or below '${this.root}'`);
    return readFileSync(join(dirname(real), basename(real)));
  }
}

function remote(path: string): KustomizeError {
  return new KustomizeError(`${path}: resources are read from files and folders only, not from the network`);
}

function folderAt(path: string): string {
  let root: string;
  try {
    root = realpathSync(path);
  } catch {
    throw new KustomizeError(`must build at directory: not a valid directory: evalsymlink failure on '${path}' : lstat ${firstMissing(path)}: no such file or directory`);
  }
  if (!statSync(root).isDirectory()) throw new KustomizeError(`must build at directory: '${path}': file is not directory`);
  return root;
}

/** The part of a path that is not there. */
function firstMissing(path: string): string {
  let missing = resolve(path);
  while (!existsSync(dirname(missing)) && dirname(missing) !== missing) missing = dirname(missing);
  return missing;
}

/** Whether a folder is `root` or lies below it. */
function isWithin(folder: string, root: string): boolean {
  return folder === root || folder.startsWith(root.endsWith(sep) ? root : root + sep);
}
