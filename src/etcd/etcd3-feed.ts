/**
 * Follows all that is written to a real etcd, by whomever, over one watch of all keys. Since every revision changes some
 * key, whoever has been told of revision N knows that it has missed nothing before: no need to ask etcd for progress.
 */
import type { IEvent, IWatchResponse } from 'etcd3';
import { fromEtcd, keyRange, streamError, type Etcd3Connection } from './etcd3-connection.ts';
import type { Change, Commit } from './mvcc.ts';
import type { Scheduler } from './scheduler.ts';
import { CompactedError, type Revision } from './store.ts';
import { tombstone } from './versions.ts';

export interface CommitSink {
  commit(commit: Commit): void;
  /** Nothing more comes: a CompactedError, or what broke the connection. */
  ended(error: Error): void;
}

/** Reads every commit from a revision on, until it is cancelled or breaks. Returns what cancels it. */
export function readCommits(connection: Etcd3Connection, from: Revision, sink: CommitSink & { started?(): void }): () => void {
  let cancelled = false;
  let cancelStream = (): void => undefined;
  const end = (error?: Error): void => {
    if (cancelled) return;
    cancelled = true;
    cancelStream();
    if (error) sink.ended(error);
  };
  const take = (response: IWatchResponse): void => {
    if (cancelled) return;
    if (response.canceled) {
      const compacted = Number(response.compact_revision) as Revision;
      return end(compacted > 0 ? new CompactedError(compacted) : new Error(`etcdserver: watch canceled: ${response.cancel_reason}`));
    }
    if (response.created) sink.started?.();
    for (const commit of commitsOf(response.events)) {
      if (cancelled) return;
      sink.commit(commit);
    }
  };
  connection.client.watchClient.watch().then((stream) => {
    cancelStream = () => stream.cancel();
    stream.on('data', take);
    stream.on('error', (error) => end(streamError(error)));
    stream.on('end', () => end(new Error('etcdserver: the watch ended')));
    if (cancelled) return stream.cancel();
    stream.write({ create_request: { ...keyRange(''), start_revision: from, prev_kv: true } });
  }, (error: unknown) => end(streamError(error)));
  return () => end();
}

/** The events of each revision, which come together. */
function* commitsOf(events: readonly IEvent[]): Generator<Commit> {
  for (let at = 0; at < events.length; ) {
    const revision = events[at]?.kv.mod_revision;
    const changes: Change[] = [];
    for (let event = events[at]; event && event.kv.mod_revision === revision; event = events[++at]) changes.push(changeOf(event));
    yield { revision: Number(revision) as Revision, timeMs: 0, changes };
  }
}

function changeOf({ type, kv, prev_kv }: IEvent): Change {
  const previous = (prev_kv as typeof prev_kv | null) ? fromEtcd(prev_kv) : undefined;
  if (type === 'Put' || (type as string) === 'PUT') return { type: 'put', kv: fromEtcd(kv), previous };
  return { type: 'delete', kv: tombstone(kv.key.toString(), Number(kv.mod_revision) as Revision), previous };
}

/** Between two attempts to reach an etcd that is away, ms. */
const RETRY_MS = { first: 50, most: 1000 };

/** The same without an end: takes up where it was when etcd comes back. Only compaction ends it. */
export class Etcd3Feed {
  #cancel: () => void = () => undefined;
  #retryMs = RETRY_MS.first;
  #next: Revision = 0 as Revision;

  constructor(
    private readonly connection: Etcd3Connection,
    private readonly scheduler: Scheduler,
    private readonly sink: CommitSink & { disconnected(error: Error): void },
  ) {}

  start(from: Revision): void {
    this.stop();
    this.#next = from;
    this.#cancel = readCommits(this.connection, from, {
      started: () => {
        this.#retryMs = RETRY_MS.first;
      },
      commit: (commit) => {
        this.#next = (commit.revision + 1) as Revision;
        this.sink.commit(commit);
      },
      ended: (error) => this.#ended(error),
    });
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => undefined;
  }

  #ended(error: Error): void {
    if (error instanceof CompactedError) return this.sink.ended(error);
    if (this.#retryMs === RETRY_MS.first) this.sink.disconnected(error);
    this.#cancel = this.scheduler.after(this.#retryMs, () => this.start(this.#next));
    this.#retryMs = Math.min(RETRY_MS.most, this.#retryMs * 2);
  }
}
