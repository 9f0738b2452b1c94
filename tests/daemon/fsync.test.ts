/** MOCK_KUBECTL_FSYNC: a write is on the device before it is acknowledged; without it nothing waits for the device. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIGMAPS } from '../../src/api/kinds.ts';
import { Client } from '../../src/client/client.ts';
import { homeAt } from '../../src/client/home.ts';
import { Cluster } from '../../src/daemon/cluster.ts';
import { realDisk, type Disk } from '../../src/simulation/disk.ts';

test.each([[true, true], [false, false]])('fsync %s', async (fsync, flushed) => {
  const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-fsync-'));
  let syncs = 0;
  const disk: Disk = {
    ...realDisk,
    openAppend(path, options) {
      const file = realDisk.openAppend(path, options);
      return { ...file, sync: () => {
        if (path.endsWith('.wal')) syncs++;
        file.sync();
      } };
    },
  };
  try {
    const cluster = await Cluster.open({ home: homeAt(folder), speed: 0, virtual: true, seed: 1, lockWaitMs: 0, holder: 'a command', writeLog: () => undefined, disk, fsync });
    const before = syncs;
    await new Client(cluster.transport, { userAgent: 'test', user: { username: 'kubernetes-admin', groups: ['system:masters'] } }).of(CONFIGMAPS).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } });
    expect(syncs > before).toBe(flushed);
    await cluster.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
