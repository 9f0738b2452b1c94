/** Walks the readable tree. */
import { join } from 'node:path';
import type { Disk } from '../simulation/disk.ts';

/** The paths of all files under a folder, in order; none where there is no such folder. */
export function listTree(disk: Disk, folder: string): string[] {
  if (!disk.exists(folder)) return [];
  const found: string[] = [];
  walk(disk, folder, found);
  return found;
}

function walk(disk: Disk, folder: string, found: string[]): void {
  for (const name of [...disk.list(folder)].sort()) {
    const path = join(folder, name);
    if (disk.isFolder(path)) walk(disk, path, found);
    else found.push(path);
  }
}
