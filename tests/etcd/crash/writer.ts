/**
 * A process of its own for the crash tests: writers that write as fast as they can until it is killed. Each acknowledged
 * transaction is told on standard output as one line of JSON (Told), after it was acknowledged and before its writer goes on.
 *
 * Keys tell who wrote them: /registry/w<writer>/…; the accounts belong to the writers that transfer.
 */
import { writeSync } from 'node:fs';
import { openDirectoryStore } from '../../../src/etcd/directory-store.ts';
import type { Operation, Revision } from '../../../src/etcd/store.ts';
import { Activity } from '../../../src/simulation/activity.ts';
import { ClusterClock } from '../../../src/simulation/cluster-clock.ts';
import { silentLog } from '../../../src/simulation/log.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { ACCOUNTS, accountKey, START_BALANCE, type Told } from './protocol.ts';

const [path = '', round = '', seed = ''] = process.argv.slice(2);
const random = seededRandom(seed);
const activity = new Activity();
const store = await openDirectoryStore({
  path, activity, clock: new ClusterClock({ activity }), log: silentLog, viewDelayMs: 1,
  sync: random.int(4) === 0 ? 'fsync' : 'none',
  snapshotBytes: 20_000 + random.int(200_000),
  keep: { revisions: random.int(3) === 0 ? 50 + random.int(300) : 10_000 },
  lock: { waitMs: 10_000 },
});

function tell(revision: Revision, writer: number, operations: readonly Operation[]): void {
  const told: Told = { revision, writer, changes: operations.map((operation) => (operation.type === 'put' ? [operation.key, operation.value, operation.lease ?? ''] : [operation.key])) };
  writeSync(1, `${JSON.stringify(told)}\n`);
}

async function write(writer: number): Promise<void> {
  const lease = await store.grantLease(3_600_000);
  for (let i = 0; ; i++) {
    const key = (n: number): string => `/registry/w${writer}/default/k${n % 25}`;
    const value = (n: number): string => JSON.stringify({ round, writer, i, n, filler: 'é'.repeat((i * 37 + n) % 900) });
    const operations: Operation[] =
      i % 7 === 3 ? [{ type: 'delete', key: key(i - 1) }]
      : i % 5 === 2 ? [0, 1, 2].map((n) => ({ type: 'put', key: key(i + n), value: value(n) }))
      : i % 11 === 4 ? [{ type: 'put', key: key(i), value: value(0), lease }]
      : [{ type: 'put', key: key(i), value: value(0) }];
    const before = store.revision;
    const { revision } = await store.txn([], operations);
    // A deletion of what is not there makes no revision.
    if (revision > before) tell(revision, writer, operations);
    if (i % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Moves money between accounts: no crash may lose or make any. */
async function transfer(writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    const from = random.int(ACCOUNTS);
    const keys = [accountKey(from), accountKey((from + 1 + random.int(ACCOUNTS - 1)) % ACCOUNTS)];
    const held = await Promise.all(keys.map((key) => store.get(key)));
    const amount = random.int(10);
    const operations = keys.map((key, side): Operation => {
      const balance = held[side] ? (JSON.parse(held[side].value) as { balance: number }).balance : START_BALANCE;
      return { type: 'put', key, value: JSON.stringify({ balance: side === 0 ? balance - amount : balance + amount, round, writer, i }) };
    });
    const { succeeded, revision } = await store.txn(keys.map((key, side) => ({ key, modRevision: held[side]?.modRevision ?? (0 as Revision) })), operations);
    if (succeeded) tell(revision, writer, operations);
  }
}

writeSync(1, '"open"\n');
await Promise.all([write(1), write(2), write(3), transfer(4), transfer(5)]);
