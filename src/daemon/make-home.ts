/** The home's folder. */
import type { Home } from '../client/home.ts';
import type { Disk } from '../simulation/disk.ts';

/** Makes it, and the store's in it, if they are not there. Throws an Error with one line on why it cannot be used. */
export function makeHome(disk: Disk, home: Home): void {
  try {
    for (const path of [home.path, home.etcd]) disk.makeFolder(path);
  } catch (error) {
    throw homeError(home, error);
  }
}

/** What the file system refuses, told as one line; errors of our own as they are. */
export function homeError(home: Home, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const why = code === 'EEXIST' ? 'not a directory' : (/^[A-Z]+: (.*?)(?:, \w+ '.*)?$/.exec(message)?.[1] ?? message);
  return new Error(`${home.path} cannot be the cluster's home: ${why}`, { cause: error });
}
