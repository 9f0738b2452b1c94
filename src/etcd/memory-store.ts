/** The directory store over a disk in memory: for tests, and for clusters that leave nothing behind. */
import type { Clock } from '../simulation/clock.ts';
import { silentLog } from '../simulation/log.ts';
import { MemoryDisk } from '../simulation/memory-disk.ts';
import { openDirectoryStore, type DirectoryStore, type DirectoryStoreOptions } from './directory-store.ts';

/** Without the readable tree and the lock; the same code in all else. */
export function openMemoryStore(clock: Clock, options: Partial<DirectoryStoreOptions> = {}): Promise<DirectoryStore> {
  return openDirectoryStore({ path: '/etcd', disk: new MemoryDisk(), clock, log: silentLog, view: false, lock: 'held', ...options });
}
