/** A disk that refuses, as a client meets it. */
import { CONFIGMAPS } from '../../../src/api/kinds.ts';
import { openOn } from '../../etcd/support.ts';
import { MemoryDisk } from '../../../src/simulation/memory-disk.ts';
import { apiCluster } from '../support/api-cluster.ts';

const map = (name: string) => ({ metadata: { name, namespace: 'default' } });

test.each([
  ['full', (): number => 30, 'ENOSPC: no space left on device'],
  ['read-only', (): number => { throw new Error('EROFS: read-only file system, write'); }, 'EROFS: read-only file system, write'],
] as const)('a write to a %s disk fails with its reason, nobody sees anything of it, and reading goes on', async (_what, refuse, reason) => {
  const disk = new MemoryDisk();
  const cluster = await apiCluster({}, (clock) => openOn(disk, { clock, activity: clock.activity }));
  const watched = await cluster.watch(CONFIGMAPS, 'default');
  await cluster.of(CONFIGMAPS).create(map('before'));
  disk.fault = (call) => (call === 'append' ? refuse() : undefined);
  await expect(cluster.of(CONFIGMAPS).create(map('lost'))).rejects.toMatchObject({ code: 500, message: expect.stringMatching(new RegExp(`^etcdserver: cannot write /etcd/wal/.*: ${reason}`)) as unknown });
  await expect(cluster.of(CONFIGMAPS).patch('default', 'before', { data: { a: 'b' } }, 'merge')).rejects.toThrow(reason);
  expect((await cluster.of(CONFIGMAPS).list('default')).items.map(({ metadata, data }) => [metadata.name, data])).toEqual([['before', undefined]]);
  disk.fault = undefined;
  await cluster.of(CONFIGMAPS).create(map('after'));
  expect(watched.summary()).toEqual(['ADDED before', 'ADDED after']);
  expect(cluster.errors).toEqual([]);
  await cluster.close();
});
