/** What the store promises it promises over either backend: runs the same tests over the directory and over a real etcd, where one is installed. */
import { openEtcd3Store } from '../../../src/etcd/etcd3-store.ts';
import { openMemoryStore } from '../../../src/etcd/memory-store.ts';
import type { Store } from '../../../src/etcd/store.ts';
import type { Activity } from '../../../src/simulation/activity.ts';
import type { ClusterClock } from '../../../src/simulation/cluster-clock.ts';
import { silentLog } from '../../../src/simulation/log.ts';
import { etcdProgram, RealEtcd } from '../../support/real-etcd.ts';
import { standingClock } from '../support.ts';

/** Opens a store in which nothing was ever written; it is closed after the test. */
export type OpenStore = (options?: { readonly clock?: ClusterClock; readonly activity?: Activity }) => Promise<Store>;

export const installedEtcd = etcdProgram();
if (!installedEtcd) process.stderr.write('tests over a real etcd are skipped: none is installed (Debian: etcd-server)\n');

/** `it`, or `it.skip` where no etcd is installed. */
export const itWithEtcd = installedEtcd ? it : it.skip;

/** Describes `tests` once for each backend. */
export function onBothBackends(tests: (open: OpenStore, backend: 'directory' | 'etcd') => void): void {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of opened.splice(0)) await end();
  });
  const keep = (store: Store, more: () => Promise<void> = () => Promise.resolve()): Store => {
    opened.push(() => store.close().then(more));
    return store;
  };
  describe('over a directory', () => tests(async ({ clock = standingClock(), activity } = {}) => keep(await openMemoryStore(clock, activity ? { activity } : {})), 'directory'));
  if (!installedEtcd) return;
  describe('over a real etcd', () => {
    tests(async ({ clock = standingClock(), activity } = {}) => {
      const etcd = await RealEtcd.start({ program: installedEtcd });
      return keep(await openEtcd3Store({ servers: [etcd.url], clock, log: silentLog, ...(activity ? { activity } : {}) }), () => etcd.remove());
    }, 'etcd');
  });
}

const PATIENCE_MS = 10_000;

/** Waits for what comes over a connection. Throws when it does not. */
export async function eventually(happened: () => boolean | Promise<boolean>, patienceMs = PATIENCE_MS): Promise<void> {
  for (const end = Date.now() + patienceMs; !(await happened()); ) {
    if (Date.now() > end) throw new Error(`this did not come true: ${happened.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
