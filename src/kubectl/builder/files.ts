/** Paths, folders and patterns that -f names → files, in kubectl's order (cli-runtime visitor.go, builder.go: Path). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { goQuote } from '../../api/quote.ts';
import { CommandError } from '../errors.ts';

export const FILE_EXTENSIONS = ['.json', '.yaml', '.yml'];

export interface FileSource {
  /** The path as errors name it. */
  readonly path: string;
  read(): string;
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR';

/** The files that one -f names. */
export function expandPath(path: string, recursive: boolean): { readonly matches: readonly string[]; readonly files: readonly FileSource[]; readonly errors: readonly Error[] } {
  const matches = expandPattern(path);
  if (matches.length === 0) return { matches, files: [], errors: [new CommandError(`the path ${goQuote(path)} does not exist`)] };
  const files: FileSource[] = [];
  const errors: Error[] = [];
  for (const match of matches) {
    try {
      files.push(...walk(match, recursive));
    } catch (error) {
      errors.push(isMissing(error) ? new CommandError(`the path ${goQuote(match)} does not exist`) : new CommandError(`the path ${goQuote(match)} cannot be accessed: ${systemText(error, match)}`));
    }
  }
  return { matches, files, errors };
}

function expandPattern(path: string): readonly string[] {
  try {
    statSync(path);
    return [path];
  } catch (error) {
    if (!isMissing(error)) return [path];
  }
  return globOneFolder(path);
}

/** The last part of a pattern, matched against its folder; patterns that reach us are those that no shell expanded. */
function globOneFolder(pattern: string): readonly string[] {
  if (!/[*?[]/.test(pattern)) return [];
  const slash = pattern.lastIndexOf('/');
  const folder = pattern.slice(0, slash + 1);
  const expression = new RegExp(`^${pattern.slice(slash + 1).replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`);
  try {
    return readdirSync(folder || '.').filter((name) => expression.test(name)).sort().map((name) => folder + name);
  } catch {
    return [];
  }
}

function walk(path: string, recursive: boolean): FileSource[] {
  if (!statSync(path).isDirectory()) return [source(path)];
  const files: FileSource[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (recursive) visit(child);
      } else if (FILE_EXTENSIONS.includes(extname(entry.name))) files.push(source(child));
    }
  };
  visit(path);
  return files;
}

function source(path: string): FileSource {
  return {
    path,
    read() {
      try {
        return decodeText(readFileSync(path));
      } catch (error) {
        throw new CommandError(systemText(error, path));
      }
    },
  };
}

/** UTF-8, or UTF-16 where a byte order mark says so (some Windows tools write it). */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  return bytes.toString('utf8');
}

/** "open f.yaml: permission denied": a system's error as Go words it. */
export function systemText(error: unknown, path: string): string {
  const texts: Readonly<Record<string, string>> = { ENOENT: 'no such file or directory', EACCES: 'permission denied', EISDIR: 'is a directory', ENOTDIR: 'not a directory', EPERM: 'operation not permitted' };
  const { code = '', syscall = 'open' } = error as NodeJS.ErrnoException;
  return `${syscall === 'scandir' ? 'open' : syscall} ${path}: ${texts[code] ?? code}`;
}
