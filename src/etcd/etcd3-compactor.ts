/**
 * Forgets history of a real etcd that is older than an interval, as kube-apiserver does and together with it: whoever of
 * all API servers is the first to raise `compact_rev_key` compacts. Follows apiserver pkg/storage/etcd3/compact.go.
 */
import type { Log } from '../simulation/log.ts';
import type { Etcd3Connection } from './etcd3-connection.ts';
import type { Scheduler } from './scheduler.ts';
import type { Revision } from './store.ts';

export const COMPACT_REV_KEY = 'compact_rev_key';

export class Etcd3Compactor {
  #turn = 0;
  /** The newest revision at the last look: what was there then is an interval old at the next. */
  #revision = 0;
  #cancel: () => void;

  /** @param intervalMs real time: etcd's history is of no cluster's time */
  constructor(
    private readonly connection: Etcd3Connection,
    private readonly scheduler: Scheduler,
    private readonly log: Log,
    private readonly intervalMs: number,
    private readonly compact: (revision: Revision) => Promise<void>,
  ) {
    this.#cancel = this.#plan();
  }

  stop(): void {
    this.#cancel();
  }

  #plan(): () => void {
    return this.scheduler.after(this.intervalMs, () => {
      this.#cancel = this.#plan();
      this.#look().catch((error: Error) => this.log.info('cannot compact', { error: error.message }));
    });
  }

  async #look(): Promise<void> {
    const key = Buffer.from(COMPACT_REV_KEY);
    const { kv } = this.connection.client;
    const answer = await this.connection.call(false, (options) =>
      kv.txn({
        compare: [{ key, target: 'Version', result: 'Equal', version: this.#turn }],
        success: [{ request_put: { key, value: Buffer.from(String(this.#revision)) } }],
        failure: [{ request_range: { key } }],
      }, options));
    const before = this.#revision;
    this.#revision = Number(answer.header.revision);
    if (!answer.succeeded) {
      this.#turn = Number(answer.responses[0]?.response_range.kvs[0]?.version ?? 0);
      return;
    }
    this.#turn++;
    if (before > 0) await this.compact(before as Revision);
  }
}
