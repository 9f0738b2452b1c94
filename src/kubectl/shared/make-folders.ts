/** Folders as Go's os.MkdirAll makes them, with its words for what is in the way. */
import { mkdirSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { systemText } from '../builder/files.ts';
import { CommandError } from '../errors.ts';

/** Makes a folder, and those above it that are missing. */
export function makeFolders(path: string, mode = 0o777): void {
  const found = look(path);
  if (found?.isDirectory()) return;
  if (found) throw new CommandError(`mkdir ${path}: not a directory`);
  if (dirname(path) !== path) makeFolders(dirname(path), mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    throw new CommandError(systemText(error, path));
  }
}

/** What is there; undefined also where a part of the path is no folder. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
