/**
 * A store in which values look as one version of a custom resource has them, whatever version they were written in: the
 * codec of upstream's storage. Everything above it works in that version. Follows apiextensions-apiserver
 * pkg/apiserver/customresource_handler.go: crdConversionRESTOptionsGetter.
 */
import type { CompactedError, Compare, KeyValue, LeaseId, Operation, RangeOptions, RangeResult, Revision, Store, StoreEvent, StoreWatch, TxnResult, Watcher, WatchOptions } from '../../etcd/store.ts';

/** Both ways between the text that is stored and the text that is served. A webhook needs time, everything else is done at once. */
export interface Codec {
  /** Several together: a webhook is asked once. */
  decode(texts: readonly string[]): readonly string[] | Promise<readonly string[]>;
  encode(text: string): string | Promise<string>;
}

export class ConvertingStore implements Store {
  constructor(
    private readonly store: Store,
    private readonly codec: Codec,
  ) {}

  get revision(): Revision {
    return this.store.revision;
  }
  get compactRevision(): Revision {
    return this.store.compactRevision;
  }
  get shared(): boolean {
    return this.store.shared;
  }

  refresh(): Promise<void> {
    return this.store.refresh();
  }

  async get(key: string, revision?: Revision): Promise<KeyValue | undefined> {
    const kv = await this.store.get(key, revision);
    return kv && (await this.#decode([kv]))[0];
  }

  async range(prefix: string, options?: RangeOptions): Promise<RangeResult> {
    const range = await this.store.range(prefix, options);
    return { ...range, kvs: await this.#decode(range.kvs) };
  }

  async txn(compare: readonly Compare[], operations: readonly Operation[]): Promise<TxnResult> {
    const encoded: Operation[] = [];
    for (const operation of operations) {
      if (operation.type === 'delete') encoded.push(operation);
      else {
        const value = this.codec.encode(operation.value);
        encoded.push({ ...operation, value: typeof value === 'string' ? value : await value });
      }
    }
    const result = await this.store.txn(compare, encoded);
    if (result.succeeded) return result;
    const current: (KeyValue | undefined)[] = [];
    for (const kv of result.current) current.push(kv && (await this.#decode([kv]))[0]);
    return { ...result, current };
  }

  /** Events are handed on in their order; those that wait for a webhook hold up what comes after them. */
  watch(options: WatchOptions, watcher: Watcher): StoreWatch {
    let pending: Promise<void> | undefined;
    let ended = false;
    const inOrder = (task: () => void | Promise<void>): void => {
      if (ended) return;
      const run = (): void | Promise<void> => (ended ? undefined : task());
      const fail = (error: unknown): void => {
        if (ended) return;
        ended = true;
        watch.cancel();
        watcher.ended(error as CompactedError);
      };
      if (pending) {
        const next: Promise<void> = pending.then(run).catch(fail);
        pending = next;
        void next.then(() => (pending === next ? (pending = undefined) : undefined));
        return;
      }
      try {
        const done = run();
        if (!done) return;
        const next = done.catch(fail);
        pending = next;
        void next.then(() => (pending === next ? (pending = undefined) : undefined));
      } catch (error) {
        fail(error);
      }
    };
    const watch = this.store.watch(options, {
      events: (events, revision) => inOrder(() => {
        const decoded = this.#events(events);
        if (!(decoded instanceof Promise)) return watcher.events(decoded, revision);
        return decoded.then((each) => watcher.events(each, revision));
      }),
      progress: (revision) => inOrder(() => watcher.progress?.(revision)),
      ended: (error) => inOrder(() => {
        ended = true;
        watcher.ended(error);
      }),
    });
    return {
      cancel: () => {
        ended = true;
        watch.cancel();
      },
    };
  }

  grantLease(ttlMs: number): Promise<LeaseId> {
    return this.store.grantLease(ttlMs);
  }
  keepLeaseAlive(id: LeaseId): Promise<void> {
    return this.store.keepLeaseAlive(id);
  }
  revokeLease(id: LeaseId): Promise<void> {
    return this.store.revokeLease(id);
  }
  compact(revision: Revision): Promise<void> {
    return this.store.compact(revision);
  }
  flush(): Promise<void> {
    return this.store.flush();
  }
  close(): Promise<void> {
    return this.store.close();
  }

  #decode(kvs: readonly KeyValue[]): readonly KeyValue[] | Promise<readonly KeyValue[]> {
    if (kvs.length === 0) return kvs;
    const texts = this.codec.decode(kvs.map(({ value }) => value));
    const withTexts = (values: readonly string[]) => kvs.map((kv, i) => ({ ...kv, value: values[i] as string }));
    return texts instanceof Promise ? texts.then(withTexts) : withTexts(texts as readonly string[]);
  }

  #events(events: readonly StoreEvent[]): readonly StoreEvent[] | Promise<readonly StoreEvent[]> {
    const kvs = events.flatMap(({ type, kv, previous }) => [...(type === 'put' ? [kv] : []), ...(previous ? [previous] : [])]);
    const join = (decoded: readonly KeyValue[]): readonly StoreEvent[] => {
      let next = 0;
      return events.map((event) => ({
        type: event.type,
        kv: event.type === 'put' ? (decoded[next++] as KeyValue) : event.kv,
        previous: event.previous && (decoded[next++] as KeyValue),
      }));
    };
    const decoded = this.#decode(kvs);
    return decoded instanceof Promise ? decoded.then(join) : join(decoded);
  }
}
