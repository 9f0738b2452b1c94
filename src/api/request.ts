/**
 * A request to the API server and its answer, the same for every transport: in process it is handed over as it is, over
 * a socket it becomes Kubernetes REST.
 */
import type { JsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import type { Verb } from './resource.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** The media type of each patch type. */
export const PATCH_CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

/** Query parameters and the delete options, under their Kubernetes names. */
export interface RequestOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly timeoutSeconds?: number;
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** Server-side apply: take over fields that others own. */
  readonly force?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: PropagationPolicy;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** Parameters of a connecting subresource (log, exec, …) as they stand in the URL. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
}

/** How the answer is to look: the object itself, a Table (meta.k8s.io/v1) or metadata only. */
export type Representation = 'object' | 'table' | 'partial';

export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Who asks for what. */
export interface ApiRequest {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  /** Plural name. */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly options?: RequestOptions;
  readonly body?: unknown;
  /** Set when the body came as text: its exact bytes, for errors that quote duplicate fields. Without `body` it is yet to be read as JSON. */
  readonly rawBody?: string;
  /** Set when the body came as YAML with keys that stand twice: what is to say of them. */
  readonly repeatedKeys?: string;
  readonly patchType?: PatchType;
  readonly representation?: Representation;
  /** The answer is to have null where Go writes that for what nobody has set: what is read as JSON has, what components see has not. */
  readonly nulls?: boolean;
  /** Set for in-process callers; the HTTP layer leaves it to the authentication station. */
  readonly user?: UserInfo;
  /** Which program asks ("kube-scheduler", "kubectl/v1.33.1 …"): goes to the audit log and into managedFields. */
  readonly userAgent?: string;
  /** In-process callers only: one line on what was decided and why, kept with the request in the audit log for `trace`. */
  readonly reason?: string;
  /** More on `reason` for `trace -o json` (e.g. the scheduler's filters and scores). */
  readonly detail?: JsonObject;
}

/** A successful answer. Errors are thrown as StatusError. */
export interface ApiResponse {
  readonly code: number;
  readonly object: KubeObject;
  /** Warning texts (HTTP header "Warning: 299"). */
  readonly warnings?: readonly string[];
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** One event of a watch; for ERROR the object is a Status. */
export interface WatchEvent<T = KubeObject> {
  readonly type: WatchEventType;
  readonly object: T;
}

/** A running watch. `closed` resolves when the server or `stop` has ended it; no event comes after. */
export interface WatchHandle {
  stop(): void;
  readonly closed: Promise<void>;
}
