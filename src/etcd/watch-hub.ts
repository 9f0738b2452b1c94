/**
 * Hands commits to watchers, synchronously and in order: an event has been delivered to everybody by the time that the
 * transaction's promise resolves. So no watcher can fall behind, and none can hold a writer up with more than its own
 * callback; who has slow work to do keeps its own queue.
 */
import { CompactedError, type Revision, type StoreEvent, type StoreWatch, type Watcher, type WatchOptions } from './store.ts';
import type { Change, Commit } from './mvcc.ts';
import type { Scheduler } from './scheduler.ts';
import { keyValue } from './versions.ts';

/** What the hub reads of the store. */
export interface WatchSource {
  readonly revision: Revision;
  readonly compactRevision: Revision;
  /** From a revision on, without a gap. */
  commits(from: Revision): readonly Commit[];
}

interface Subscription {
  readonly prefix: string;
  readonly watcher: Watcher;
  /** The first revision to deliver. */
  from: Revision;
  live: boolean;
  /** Up to here the watcher knows that it has missed nothing. */
  told: Revision;
}

/** A watcher that nothing happens to learns of the store's revision that late; real ms. kube-apiserver asks etcd for the same. */
const PROGRESS_MS = 5000;

export class WatchHub {
  /** Those that are up to date, by prefix: an event looks up its own key's prefixes and costs nothing to the others. */
  readonly #byPrefix = new Map<string, Set<Subscription>>();
  /** Prefixes that do not end at a slash; they are tried one by one. */
  readonly #oddPrefixes = new Set<string>();
  /** Those that asked for the past and have not got it yet. */
  readonly #behind = new Set<Subscription>();
  /** Those that want to know how far the store is. */
  readonly #following = new Set<Subscription>();
  #cancelProgress: (() => void) | undefined;

  constructor(
    private readonly source: WatchSource,
    private readonly scheduler: Scheduler,
    /** Brings the past from the given revision on into memory. */
    private readonly loadHistory: (from: Revision) => void,
    private readonly failed: (error: Error) => void,
  ) {}

  watch(options: WatchOptions, watcher: Watcher): StoreWatch {
    const next = (this.source.revision + 1) as Revision;
    const subscription: Subscription = { prefix: options.prefix, watcher, from: options.startRevision ?? next, live: true, told: this.source.revision };
    if (subscription.from >= next) {
      this.#add(subscription);
    } else {
      // Not at once: the caller has no handle yet with which to stop it.
      this.#behind.add(subscription);
      this.scheduler.soon(() => this.#catchUp(subscription));
    }
    return { cancel: () => this.#remove(subscription) };
  }

  /** Before a new commit is applied: nobody may see it before what came earlier. */
  catchUp(): void {
    for (const subscription of this.#behind) this.#catchUp(subscription);
  }

  deliver(commit: Commit): void {
    if (this.#byPrefix.size === 0) return;
    if (this.#following.size > 0) this.#planProgress();
    const events = commit.changes.map(storeEvent);
    const [first] = events;
    if (events.length === 1 && first) {
      for (const subscription of this.#interested(first.kv.key)) this.#send(subscription, events, commit.revision);
      return;
    }
    const bySubscription = new Map<Subscription, StoreEvent[]>();
    for (const event of events) {
      for (const subscription of this.#interested(event.kv.key)) {
        const theirs = bySubscription.get(subscription);
        if (theirs) theirs.push(event);
        else bySubscription.set(subscription, [event]);
      }
    }
    for (const [subscription, theirs] of bySubscription) this.#send(subscription, theirs, commit.revision);
  }

  /** Ends all watches. New ones may come. */
  endAll(error: Error): void {
    this.#cancelProgress?.();
    this.#cancelProgress = undefined;
    const all = [...this.#behind, ...[...this.#byPrefix.values()].flatMap((set) => [...set])];
    for (const subscription of all) this.#end(subscription, error);
  }

  #catchUp(subscription: Subscription): void {
    if (!this.#behind.delete(subscription)) return;
    if (subscription.from <= this.source.compactRevision) return this.#end(subscription, new CompactedError(this.source.compactRevision));
    try {
      this.loadHistory(subscription.from);
    } catch (error) {
      return this.#end(subscription, error as Error);
    }
    for (const commit of this.source.commits(subscription.from)) {
      const events = commit.changes.filter((change) => change.kv.key.startsWith(subscription.prefix)).map(storeEvent);
      if (events.length > 0) this.#send(subscription, events, commit.revision);
    }
    if (!subscription.live) return;
    this.#add(subscription);
    this.#tellProgress(subscription);
  }

  /** A timer is set only while somebody may have something to learn. */
  #planProgress(): void {
    this.#cancelProgress ??= this.scheduler.after(PROGRESS_MS, () => {
      this.#cancelProgress = undefined;
      for (const subscription of this.#following) if (subscription.told < this.source.revision) this.#tellProgress(subscription);
    });
  }

  #tellProgress(subscription: Subscription): void {
    const { revision } = this.source;
    if (!subscription.live || revision + 1 < subscription.from) return;
    subscription.told = revision;
    try {
      subscription.watcher.progress?.(revision);
    } catch (error) {
      this.failed(error as Error);
      this.#end(subscription, error as Error);
    }
  }

  /** All whose prefix the key has, found through the key's own prefixes. */
  #interested(key: string): Subscription[] {
    const found: Subscription[] = [];
    const collect = (prefix: string): void => {
      const subscriptions = this.#byPrefix.get(prefix);
      if (subscriptions) found.push(...subscriptions);
    };
    collect('');
    for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) collect(key.slice(0, slash + 1));
    for (const prefix of this.#oddPrefixes) if (key.startsWith(prefix)) collect(prefix);
    return found;
  }

  #send(subscription: Subscription, events: readonly StoreEvent[], revision: Revision): void {
    if (!subscription.live || revision < subscription.from) return;
    subscription.told = revision;
    try {
      subscription.watcher.events(events, revision);
    } catch (error) {
      // It may have missed events now; what it holds can no longer be trusted.
      this.failed(error as Error);
      this.#end(subscription, error as Error);
    }
  }

  #end(subscription: Subscription, error: Error): void {
    if (!subscription.live) return;
    this.#remove(subscription);
    try {
      subscription.watcher.ended(error);
    } catch (failure) {
      this.failed(failure as Error);
    }
  }

  #add(subscription: Subscription): void {
    const { prefix } = subscription;
    if (subscription.watcher.progress) this.#following.add(subscription);
    const subscriptions = this.#byPrefix.get(prefix);
    if (subscriptions) subscriptions.add(subscription);
    else this.#byPrefix.set(prefix, new Set([subscription]));
    if (prefix !== '' && !prefix.endsWith('/')) this.#oddPrefixes.add(prefix);
  }

  #remove(subscription: Subscription): void {
    subscription.live = false;
    this.#behind.delete(subscription);
    this.#following.delete(subscription);
    const subscriptions = this.#byPrefix.get(subscription.prefix);
    if (!subscriptions?.delete(subscription) || subscriptions.size > 0) return;
    this.#byPrefix.delete(subscription.prefix);
    this.#oddPrefixes.delete(subscription.prefix);
  }
}

/** A change as watchers are told of it. */
export function storeEvent(change: Change): StoreEvent {
  return { type: change.type, kv: keyValue(change.kv), previous: change.previous && keyValue(change.previous) };
}
