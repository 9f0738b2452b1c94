/**
 * Records Events about objects: repeated ones are counted, floods are folded and then dropped.
 * Follows client-go tools/record/events_cache.go (EventCorrelator) and tools/events (the scheduler's newer kind).
 */
import { EVENTS } from '../api/kinds.ts';
import type { Event, ObjectReference } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import { isAlreadyExists, isNotFound } from '../api/status.ts';
import { formatMicroTime, formatTime } from '../api/time.ts';
import type { Now } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';
import type { Client } from './client.ts';

export type EventType = 'Normal' | 'Warning';

/** The object an event is about. Objects from a list or cache carry apiVersion and kind. */
export interface EventSubject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly namespace?: string; readonly name?: string; readonly uid?: string; readonly resourceVersion?: string };
}

export interface EventRecorder {
  /** `fieldPath` names a part of the object ("spec.containers{nginx}"). */
  event(subject: EventSubject, type: EventType, reason: string, message: string, fieldPath?: string): void;
}

export interface RecorderOptions {
  readonly client: Client;
  readonly clock: Now;
  readonly log: Log;
  /** source.component, e.g. "deployment-controller". */
  readonly component: string;
  /** source.host: kubelets say which node. */
  readonly host?: string;
  /** 'events' records as events.k8s.io does (eventTime, reportingController, series): the scheduler's way. */
  readonly style?: 'core' | 'events';
  /** reportingInstance for style 'events'. */
  readonly instance?: string;
}

/** More than this many alike events within the interval are folded into one (events_cache.go: defaultAggregate…). */
const AGGREGATE_FROM = 10;
const AGGREGATE_INTERVAL_MS = 600_000;
/** One source may record this many events on one object, and then one more every five minutes (defaultSpamBurst, defaultSpamQPS). */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** How many subjects are remembered (maxLruCacheEntries). */
const REMEMBERED = 4096;

interface Known {
  readonly namespace: string;
  readonly name: string;
  count: number;
  readonly firstTimestamp: string;
}

/** Keeps the newest entries of a map. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value as K);
}

export class CorrelatingRecorder implements EventRecorder {
  readonly #known = new Map<string, Known>();
  readonly #alike = new Map<string, { messages: Set<string>; lastMs: number }>();
  readonly #budget = new Map<string, { tokens: number; lastMs: number }>();
  /** Writes about one event stay in order; others need not wait for them. */
  readonly #writes = new Map<string, Promise<void>>();
  #lastNameMs = 0;
  #sameMs = 0;

  constructor(private readonly options: RecorderOptions) {}

  event(subject: EventSubject, type: EventType, reason: string, message: string, fieldPath?: string): void {
    const reference: ObjectReference = {
      ...(subject.kind ? { kind: subject.kind } : {}),
      ...(subject.metadata?.namespace ? { namespace: subject.metadata.namespace } : {}),
      ...(subject.metadata?.name ? { name: subject.metadata.name } : {}),
      ...(subject.metadata?.uid ? { uid: subject.metadata.uid } : {}),
      ...(subject.apiVersion ? { apiVersion: subject.apiVersion } : {}),
      ...(subject.metadata?.resourceVersion ? { resourceVersion: subject.metadata.resourceVersion } : {}),
      ...(fieldPath ? { fieldPath } : {}),
    };
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
    if (!alike || now - alike.lastMs > AGGREGATE_INTERVAL_MS) alike = { messages: new Set(), lastMs: now };
    alike.messages.add(message);
    alike.lastMs = now;
    remember(this.#alike, kind, alike);
    return alike.messages.size >= AGGREGATE_FROM;
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

  #after(key: string, write: () => Promise<void>): void {
    const previous = this.#writes.get(key);
    const next = (previous ? previous.then(write) : write()).catch((error: Error) => this.options.log.error(`cannot record event: ${error.message}`));
    this.#writes.set(key, next);
    void next.then(() => {
      if (this.#writes.get(key) === next) this.#writes.delete(key);
    });
  }

  /** "name.17f2a3b4c5d6e7f8": the time in nanoseconds, made unique within a millisecond. */
  #name(name: string, now: number): string {
    this.#sameMs = now === this.#lastNameMs ? this.#sameMs + 1 : 0;
    this.#lastNameMs = now;
    return `${name}.${(BigInt(now) * 1_000_000n + BigInt(this.#sameMs)).toString(16)}`;
  }

  async #create(known: Known, reference: ObjectReference, type: EventType, reason: string, message: string, now: number): Promise<void> {
    const { component, host, style, instance } = this.options;
    const event: Event = {
      metadata: { name: known.name, namespace: known.namespace },
      involvedObject: reference,
      reason,
      message,
      type,
      ...(style === 'events'
        ? { eventTime: formatMicroTime(now), reportingComponent: component, reportingInstance: instance ?? component, action: reason === 'Scheduled' ? 'Binding' : 'Scheduling', source: {} }
        : { firstTimestamp: known.firstTimestamp, lastTimestamp: formatTime(now), count: known.count, source: { component, ...(host ? { host } : {}) }, reportingComponent: component, reportingInstance: host ?? '' }),
    };
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

/** The stored form of an event, as lists return it. */
export type StoredEvent = Stored<Event>;
