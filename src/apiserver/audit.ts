/** What is kept of each request for the audit log and for `trace`: who asked for what, what each station did, what came of it. */
import type { JsonObject } from '../api/json.ts';
import type { Journal } from '../simulation/log.ts';

/** What one station of the pipeline did with a request. */
export interface StationOutcome {
  /** "authentication", "authorization", "mutating admission: ServiceAccount", "validation", "quota", "store" … */
  readonly station: string;
  /** One line: who, by which rule, what was changed. */
  readonly outcome: string;
}

/** One request that changed something, or that a user made. Times are cluster time, ms since the epoch. */
export interface AuditEntry {
  readonly timeMs: number;
  /** The program that asked: the first word of its user agent without the version ("kubectl", "kube-scheduler"). */
  readonly component: string;
  readonly user: string;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  /** Of the managing controller of an object that the request created: how `trace` finds what came of an object. */
  readonly ownerUid?: string;
  /** Of the object after the request. */
  readonly resourceVersion?: string;
  /** HTTP status code of the answer. */
  readonly code: number;
  /** The error's text where the request failed. */
  readonly message?: string;
  /** What the caller said about its decision (ApiRequest.reason and .detail). */
  readonly reason?: string;
  readonly detail?: JsonObject;
  readonly dryRun?: boolean;
  /** When it began, counted in records: requests are written down when they end, and what they set off may end before. */
  readonly order?: number;
  readonly stations: readonly StationOutcome[];
}

/** Takes entries as they happen. Must be quick: it is called in the request path. Steps are the components' own (Journal). */
export interface AuditSink extends Journal {
  /** The next number in the order of records; each is given once. */
  nextOrder(): number;
  request(entry: AuditEntry): void;
}

export const noAudit: AuditSink = { nextOrder: () => 0, request: () => undefined, step: () => undefined };
