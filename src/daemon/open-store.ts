/**
 * Which store a home has: its own folder, or a real etcd. A home whose cluster a real etcd keeps says so in `etcd/servers`,
 * one URL a line, so that nobody who finds no daemon there takes it for an empty one.
 */
import { join } from 'node:path';
import type { Home } from '../client/home.ts';
import { openDirectoryStore, type DirectoryStoreOptions } from '../etcd/directory-store.ts';
import type { Store } from '../etcd/store.ts';
import type { Disk } from '../simulation/disk.ts';

const serversFile = (home: Home): string => join(home.etcd, 'servers');

/** The real etcd that keeps a home's cluster; undefined where its folder does. */
export function etcdServersOf(disk: Disk, home: Home): readonly string[] | undefined {
  const path = serversFile(home);
  if (!disk.exists(path)) return undefined;
  return disk.readFile(path).toString().split('\n').filter((line) => line !== '');
}

/** What a command is told that finds no daemon in such a home. */
export function keptElsewhere(home: Home, servers: readonly string[]): Error {
  return new Error(`the cluster in ${home.path} is kept by the etcd at ${servers.join(',')}, and no daemon runs; start one first (daemon start)`);
}

/**
 * The servers that a daemon has to use: those that it was told, or those that it was told before. Throws an Error with one
 * line where the home has a cluster of its own.
 */
export function chooseServers(disk: Disk, home: Home, told: readonly string[] | undefined): readonly string[] | undefined {
  if (!told) return etcdServersOf(disk, home);
  if (disk.exists(join(home.etcd, 'wal'))) throw new Error(`${home.path} holds a cluster of its own already; --etcd-servers needs another home (MOCK_KUBECTL_HOME)`);
  return told;
}

export interface StoreChoice {
  readonly home: Home;
  readonly etcdServers: readonly string[] | undefined;
  readonly compactionIntervalMs: number | undefined;
}

/** Opens it; the caller has the home's lock. */
export async function openStore({ home, etcdServers, compactionIntervalMs }: StoreChoice, options: Omit<DirectoryStoreOptions, 'path' | 'keep'> & { disk: Disk }): Promise<Store> {
  if (!etcdServers) return openDirectoryStore({ ...options, path: home.etcd, ...(compactionIntervalMs === undefined ? {} : { keep: { ms: compactionIntervalMs } }) });
  const { openEtcd3Store } = await import('../etcd/etcd3-store.ts');
  const store = await openEtcd3Store({ servers: etcdServers, clock: options.clock, log: options.log, ...(options.activity ? { activity: options.activity } : {}), ...(compactionIntervalMs === undefined ? {} : { compactionIntervalMs }) });
  options.disk.replaceFile(serversFile(home), etcdServers.map((server) => `${server}\n`).join(''));
  return store;
}
