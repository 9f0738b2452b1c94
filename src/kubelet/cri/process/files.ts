/** A container's files in memory, with their history: what a file held at a moment of the process's life. */

export interface FileChange {
  /** Milliseconds since the process started. */
  readonly atMs: number;
  /** undefined: removed. */
  readonly content: string | undefined;
}

/** Absolute paths without "." or "..". */
export function absolutePath(path: string, workingDir: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${workingDir}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Folders that every image has. */
const FOLDERS = ['/', '/bin', '/dev', '/etc', '/home', '/mnt', '/opt', '/proc', '/root', '/run', '/srv', '/sys', '/tmp', '/usr', '/usr/bin', '/usr/local', '/usr/share', '/var', '/var/lib', '/var/log', '/var/run', '/data'];

export class FileHistory {
  readonly #changes = new Map<string, FileChange[]>();
  readonly #folders = new Set<string>(FOLDERS);

  /** What is at a path at a moment; undefined where no file is. */
  read(path: string, atMs: number): string | undefined {
    const changes = this.#changes.get(path);
    if (!changes) return undefined;
    for (let i = changes.length - 1; i >= 0; i--) {
      const change = changes[i] as FileChange;
      if (change.atMs <= atMs) return change.content;
    }
    return undefined;
  }

  write(path: string, content: string | undefined, atMs: number): void {
    const changes = this.#changes.get(path);
    if (!changes) this.#changes.set(path, [{ atMs, content }]);
    else {
      const last = changes.at(-1);
      if (last && last.atMs === atMs) changes.pop();
      changes.push({ atMs, content });
    }
    if (content !== undefined) this.makeFolder(path.slice(0, path.lastIndexOf('/')) || '/');
  }

  makeFolder(path: string): void {
    for (let folder = path; folder !== '' && !this.#folders.has(folder); folder = folder.slice(0, folder.lastIndexOf('/'))) this.#folders.add(folder);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  removeFolder(path: string): void {
    this.#folders.delete(path);
  }

  /** The paths of all files under a folder at a moment, in order. */
  under(folder: string, atMs: number): string[] {
    const prefix = folder === '/' ? '/' : `${folder}/`;
    const found: string[] = [];
    for (const path of this.#changes.keys()) if (path.startsWith(prefix) && this.read(path, atMs) !== undefined) found.push(path);
    return found.sort();
  }

  /** The names directly in a folder at a moment: files and folders. */
  names(folder: string, atMs: number): string[] {
    const prefix = folder === '/' ? '/' : `${folder}/`;
    const names = new Set<string>();
    for (const path of this.under(folder, atMs)) names.add(path.slice(prefix.length).split('/')[0] ?? '');
    for (const path of this.#folders) if (path !== folder && path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/')[0] ?? '');
    names.delete('');
    return [...names].sort();
  }

  /** The state at a moment, as the beginning of a new history. */
  at(atMs: number): FileHistory {
    const copy = new FileHistory();
    for (const path of this.#changes.keys()) {
      const content = this.read(path, atMs);
      if (content !== undefined) copy.write(path, content, 0);
    }
    for (const folder of this.#folders) copy.#folders.add(folder);
    return copy;
  }
}
