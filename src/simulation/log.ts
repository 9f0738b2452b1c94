/** What components tell the operator (daemon.log) and the curious (`trace`). */
import type { JsonObject } from '../api/json.ts';

/** Structured log lines; each component gets one that carries its name. */
export interface Log {
  info(message: string, fields?: JsonObject): void;
  error(message: string, fields?: JsonObject): void;
  /** The same log under another component's name. */
  named(component: string): Log;
}

/** Where `trace` finds an object. */
export interface ObjectIdentity {
  readonly group?: string;
  /** Plural name. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

/** A step that left no request of its own: pulling an image, adding a sandbox to the network, filtering nodes. */
export interface Step {
  readonly component: string;
  readonly object: ObjectIdentity;
  /** A verb of the component's own world: "PullImage", "CNI ADD", "Filter". */
  readonly action: string;
  /** One line on what was decided and why. */
  readonly reason: string;
  readonly detail?: JsonObject;
}

/** Takes the steps that `trace` shows between the requests; kept beside them in the audit log. */
export interface Journal {
  step(step: Step): void;
}

export const silentLog: Log = { info: () => undefined, error: () => undefined, named: () => silentLog };
export const noJournal: Journal = { step: () => undefined };
