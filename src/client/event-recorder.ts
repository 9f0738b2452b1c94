/**
 * Records Events about objects: repeated ones are counted, floods are folded and then dropped.
 * Follows client-go tools/record/events_cache.go (EventCorrelator) and tools/events (the scheduler's newer kind).
 */
import { EVENTS } from '../api/kinds.ts';
import type { Event, ObjectReference } from '../api/generated/types.ts';
import type { Draft } from '../api/json.ts';
import type { Stored } from '../api/object.ts';
import { isAlreadyExists, isNotFound } from '../api/status.ts';
import { formatMicroTime, formatTime } from '../api/time.ts';
import type { Clock, Now, Timer } from '../simulation/clock.ts';
import { fnv1a } from '../simulation/random.ts';
import type { Log } from '../simulation/log.ts';
import type { Client } from './client.ts';

export type EventType = 'Normal' | 'Warning';

/** The object an event is about. Objects from a list or cache carry apiVersion and kind. */
export interface EventSubject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly namespace?: string; readonly name?: string; readonly uid?: string; readonly resourceVersion?: string };
}

/** What only the newer kind of events says. */
export interface EventContext {
  /** What the reporter was doing ("Binding"). */
  readonly action?: string;
  /** The other object that the event is about. */
  readonly related?: EventSubject;
}

export interface EventRecorder {
  /** `fieldPath` names a part of the object ("spec.containers{nginx}"). */
  event(subject: EventSubject, type: EventType, reason: string, message: string, fieldPath?: string, context?: EventContext): void;
}

export interface RecorderOptions {
  readonly client: Client;
  /** With timers, style 'events' writes the last count of a series once it has ended. */
  readonly clock: Now & Partial<Pick<Clock, 'setTimer'>>;
  readonly log: Log;
  /** source.component, e.g. "deployment-controller". */
  readonly component: string;
  /** source.host: kubelets say which node. */
  readonly host?: string;
  /** 'events' records as events.k8s.io does (eventTime, reportingController, series): the scheduler's way. */
  readonly style?: 'core' | 'events';
  /** reportingInstance for style 'events'; a function where it is known only later. */
  readonly instance?: string | (() => string);
}

/** More than this many alike events within the interval are folded into one (events_cache.go: defaultAggregate…). */
const AGGREGATE_FROM = 10;
const AGGREGATE_INTERVAL_MS = 600_000;
/** One source may record this many events on one object, and then one more every five minutes (defaultSpamBurst, defaultSpamQPS). */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** Style 'events': a series is written when it begins (2), at least this often, and when it has been quiet for so long (event_broadcaster.go). */
const SERIES_REFRESH_MS = 30 * 60_000;
const SERIES_FINISH_MS = 6 * 60_000;
/** How many subjects are remembered (maxLruCacheEntries). */
const REMEMBERED = 4096;

interface Known {
  readonly namespace: string;
  readonly name: string;
  count: number;
  readonly firstTimestamp: string;
}

/** An event of style 'events' that may come again. */
interface Series {
  readonly known: Known;
  lastMs: number;
  /** The count that the API server has, and when it was written. */
  writtenCount: number;
  writtenMs: number;
  timer?: Timer;
}

/** Keeps the newest entries of a map. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value as K);
}

export class CorrelatingRecorder implements EventRecorder {
  readonly #known = new Map<string, Known>();
  /** `more`: messages beside the first, where there are any. */
  readonly #alike = new Map<string, { readonly first: string; more: Set<string> | undefined; lastMs: number }>();
  readonly #budget = new Map<string, { tokens: number; lastMs: number }>();
  /** Writes about one event stay in order; others need not wait for them. */
  readonly #writes = new Map<string, Promise<void>>();
  readonly #series = new Map<string, Series>();
  #lastNameMs = 0;
  #sameMs = 0;

  readonly #nameStart: number;

  constructor(private readonly options: RecorderOptions) {
    this.#nameStart = fnv1a(`${options.component}/${options.host ?? ''}`) % 1_000_000;
  }

  event(subject: EventSubject, type: EventType, reason: string, message: string, fieldPath?: string, context: EventContext = {}): void {
    const reference = referenceTo(subject, fieldPath);
    if (this.options.style === 'events') return this.#observe(reference, type, reason, message, context);
    const about = `${reference.kind}/${reference.namespace}/${reference.name}/${reference.uid}`;
    if (!this.#spend(about)) return;
    const kind = `${about}/${fieldPath}/${type}/${reason}`;
    const folded = this.#fold(kind, message);
    const text = folded ? `(combined from similar events): ${message}` : message;
    this.#write(folded ? kind : `${kind}/${message}`, reference, type, reason, text);
  }

  #spend(about: string): boolean {
    const now = this.options.clock.now();
    const budget = this.#budget.get(about) ?? { tokens: SPAM_BURST, lastMs: now };
    budget.tokens = Math.min(SPAM_BURST, budget.tokens + (now - budget.lastMs) / SPAM_REFILL_MS);
    budget.lastMs = now;
    remember(this.#budget, about, budget);
    if (budget.tokens < 1) return false;
    budget.tokens--;
    return true;
  }

  #fold(kind: string, message: string): boolean {
    const now = this.options.clock.now();
    let alike = this.#alike.get(kind);
    if (!alike || now - alike.lastMs > AGGREGATE_INTERVAL_MS) alike = { first: message, more: undefined, lastMs: now };
    else if (message !== alike.first) (alike.more ??= new Set()).add(message);
    alike.lastMs = now;
    remember(this.#alike, kind, alike);
    return 1 + (alike.more?.size ?? 0) >= AGGREGATE_FROM;
  }

  #write(key: string, reference: ObjectReference, type: EventType, reason: string, message: string): void {
    const now = this.options.clock.now();
    const known = this.#known.get(key);
    if (known) {
      known.count++;
      remember(this.#known, key, known);
      const { count } = known;
      this.#after(key, () => this.#recount(known, count, message, now, () => this.#create(known, reference, type, reason, message, now)));
      return;
    }
    const created: Known = { namespace: reference.namespace ?? 'default', name: this.#name(reference.name ?? '', now), count: 1, firstTimestamp: formatTime(now) };
    remember(this.#known, key, created);
    this.#after(key, () => this.#create(created, reference, type, reason, message, now));
  }

  /** The newer kind: what differs in its message alone is the same event again, and a series is not written at every turn. */
  #observe(reference: ObjectReference, type: EventType, reason: string, message: string, context: EventContext): void {
    const now = this.options.clock.now();
    const related = context.related && referenceTo(context.related);
    const key = [type, context.action, reason, ...Object.values(reference), '', ...Object.values(related ?? {})].join('/');
    const write = (series: Series) => {
      const { count } = series.known;
      series.writtenCount = count;
      series.writtenMs = now;
      this.#after(key, () => this.#recount(series.known, count, message, series.lastMs, () => this.#create(series.known, reference, type, reason, message, series.lastMs, context)));
    };
    const series = this.#series.get(key);
    if (series && now - series.lastMs <= SERIES_FINISH_MS) {
      series.known.count++;
      series.lastMs = now;
      remember(this.#series, key, series);
      if (series.known.count === 2 || now - series.writtenMs >= SERIES_REFRESH_MS) write(series);
      this.#finishLater(key, series, write);
      return;
    }
    if (series && series.writtenCount < series.known.count) write(series);
    const known: Known = { namespace: reference.namespace ?? 'default', name: this.#name(reference.name ?? '', now), count: 1, firstTimestamp: formatTime(now) };
    remember(this.#series, key, { known, lastMs: now, writtenCount: 1, writtenMs: now });
    this.#after(key, () => this.#create(known, reference, type, reason, message, now, context));
  }

  /** Once nothing has come for a while, the API server learns of the turns that it was not told of. */
  #finishLater(key: string, series: Series, write: (series: Series) => void): void {
    series.timer?.cancel();
    if (series.writtenCount === series.known.count) return;
    const timer = this.options.clock.setTimer?.(SERIES_FINISH_MS, () => {
      write(series);
      if (this.#series.get(key) === series) this.#series.delete(key);
    }, 'background');
    if (timer) series.timer = timer;
  }

  #after(key: string, write: () => Promise<void>): void {
    const previous = this.#writes.get(key);
    const next = (previous ? previous.then(write) : write()).catch((error: Error) => this.options.log.error(`cannot record event: ${error.message}`));
    this.#writes.set(key, next);
    void next.then(() => {
      if (this.#writes.get(key) === next) this.#writes.delete(key);
    });
  }

  /**
   * "name.17f2a3b4c5d6e7f8": the time in nanoseconds. Within a millisecond each recorder counts from a place of its own,
   * so that two of them don't give the same name to what they tell of one object at the same moment.
   */
  #name(name: string, now: number): string {
    this.#sameMs = now === this.#lastNameMs ? this.#sameMs + 1 : 0;
    this.#lastNameMs = now;
    return `${name}.${(BigInt(now) * 1_000_000n + BigInt((this.#nameStart + this.#sameMs) % 1_000_000)).toString(16)}`;
  }

  async #create(known: Known, reference: ObjectReference, type: EventType, reason: string, message: string, now: number, context: EventContext = {}): Promise<void> {
    const { component, host, style, instance } = this.options;
    const about = { metadata: { name: known.name, namespace: known.namespace }, involvedObject: reference, reason, message, type, reportingComponent: component };
    const event: Event = style === 'events'
      ? {
          ...about,
          eventTime: formatMicroTime(now),
          reportingInstance: (typeof instance === 'function' ? instance() : instance) ?? component,
          source: {},
          ...(context.action ? { action: context.action } : {}),
          ...(context.related ? { related: referenceTo(context.related) } : {}),
        }
      : { ...about, firstTimestamp: known.firstTimestamp, lastTimestamp: formatTime(now), count: known.count, source: host ? { component, host } : { component }, reportingInstance: host ?? '' };
    try {
      await this.options.client.of(EVENTS).create(event);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  async #recount(known: Known, count: number, message: string, now: number, create: () => Promise<void>): Promise<void> {
    const patch = this.options.style === 'events'
      ? { series: { count, lastObservedTime: formatMicroTime(now) } }
      : { count, lastTimestamp: formatTime(now), message };
    try {
      await this.options.client.of(EVENTS).patch(known.namespace, known.name, patch, 'merge');
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await create();
    }
  }
}

function referenceTo(subject: EventSubject, fieldPath?: string): ObjectReference {
  const { kind, apiVersion, metadata: { namespace, name, uid, resourceVersion } = {} } = subject;
  const reference: Draft<ObjectReference> = {};
  if (kind) reference.kind = kind;
  if (namespace) reference.namespace = namespace;
  if (name) reference.name = name;
  if (uid) reference.uid = uid;
  if (apiVersion) reference.apiVersion = apiVersion;
  if (resourceVersion) reference.resourceVersion = resourceVersion;
  if (fieldPath) reference.fieldPath = fieldPath;
  return reference;
}

/** The stored form of an event, as lists return it. */
export type StoredEvent = Stored<Event>;
