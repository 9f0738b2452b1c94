/** <home>/daemon.pid: who the daemon is and how it was started. */
import type { Disk } from '../simulation/disk.ts';
import type { Timing } from './cluster.ts';

export interface DaemonRecord {
  readonly pid: number;
  readonly startedMs: number;
  readonly nodes: number;
  readonly speed: number;
  readonly timing: Timing;
  readonly seed?: number;
  /** Where HTTPS is served; undefined where it is not. */
  readonly server?: string;
  /** The real etcd that keeps the cluster, where one does. */
  readonly etcdServers?: readonly string[];
}

export function readDaemonRecord(disk: Disk, path: string): DaemonRecord | undefined {
  if (!disk.exists(path)) return undefined;
  try {
    const record = JSON.parse(disk.readFile(path).toString('utf8')) as DaemonRecord;
    return Number.isInteger(record.pid) ? record : undefined;
  } catch {
    // A daemon that died while writing it left nothing to go by.
    return undefined;
  }
}
