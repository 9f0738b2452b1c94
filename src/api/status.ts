/**
 * Errors of the API server as data: a Status object, thrown as StatusError.
 * Follows apimachinery pkg/api/errors/errors.go; texts and reasons are those that clients know.
 */
import { groupResourceName, type GroupResource } from './resource.ts';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A meta/v1 Status. */
export interface StatusObject {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** Known by this mark and not by its class alone: the command line's bundle and the daemon's each have a copy of the class. */
const STATUS_ERROR = Symbol.for('mock-kubectl.StatusError');

/** An error with a Status; `message` is the Status's. */
export class StatusError extends Error {
  readonly [STATUS_ERROR] = true;
  readonly status: StatusObject;
  /** What the server had to say before it refused (HTTP header "Warning: 299"). */
  warnings: readonly string[] = [];

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && STATUS_ERROR in value;
  }

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'StatusError';
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, ...(reason ? { reason } : {}), ...(details ? { details } : {}), code };
  }

  /** The error that a Status object read from the wire stands for. */
  static from(status: Partial<StatusObject>): StatusError {
    return new StatusError(status.code ?? 500, status.reason ?? '', status.message ?? '', status.details);
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
  get code(): number {
    return this.status.code;
  }
}

const details = (resource: GroupResource, name: string, more: Partial<StatusDetails> = {}): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(resource.group ? { group: resource.group } : {}),
  ...(resource.plural ? { kind: resource.plural } : {}),
  ...more,
});

export const notFound = (resource: GroupResource, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${groupResourceName(resource)} "${name}" not found`, details(resource, name));

export const alreadyExists = (resource: GroupResource, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${groupResourceName(resource)} "${name}" already exists`, details(resource, name));

export const conflict = (resource: GroupResource, name: string, why: string): StatusError =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${groupResourceName(resource)} "${name}": ${why}`, details(resource, name));

/** Why an update with an old resourceVersion fails (registry.OptimisticLockErrorMsg). */
export const OPTIMISTIC_LOCK_MESSAGE = 'the object has been modified; please apply your changes to the latest version and try again';

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const forbidden = (resource: GroupResource, name: string, why: string): StatusError => {
  const subject = name ? `${groupResourceName(resource)} "${name}"` : groupResourceName(resource);
  return new StatusError(403, 'Forbidden', `${subject} is forbidden: ${why}`, details(resource, name));
};

export const unauthorized = (message = 'Unauthorized'): StatusError => new StatusError(401, 'Unauthorized', message);

/** Invalid object: all faults at once. `kind` is the kind's name, its group stands apart. */
export const invalid = (kind: { readonly group: string; readonly kind: string }, name: string, causes: readonly StatusCause[]): StatusError => {
  const qualified = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const summary = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${qualified} "${name}" is invalid${texts.length ? `: ${summary}` : ''}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.kind,
    causes,
  });
};

export const gone = (message: string): StatusError => new StatusError(410, 'Gone', message);
/** A resourceVersion that was compacted away. */
export const expired = (message: string): StatusError => new StatusError(410, 'Expired', message);
export const internalError = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
export const timeout = (message: string, retryAfterSeconds = 0): StatusError => new StatusError(504, 'Timeout', `Timeout: ${message}`, { retryAfterSeconds });
export const tooManyRequests = (message: string, retryAfterSeconds = 0): StatusError =>
  new StatusError(429, 'TooManyRequests', message, retryAfterSeconds ? { retryAfterSeconds } : {});
export const requestEntityTooLarge = (message: string): StatusError => new StatusError(413, 'RequestEntityTooLarge', `Request entity is too large: ${message}`);

const hasReason = (reason: string) => (error: unknown): error is StatusError => error instanceof StatusError && error.reason === reason;
export const isNotFound = hasReason('NotFound');
export const isAlreadyExists = hasReason('AlreadyExists');
export const isConflict = hasReason('Conflict');
export const isInvalid = hasReason('Invalid');
export const isForbidden = hasReason('Forbidden');
export const isExpired = (error: unknown): error is StatusError => error instanceof StatusError && (error.reason === 'Expired' || error.reason === 'Gone');
/** A namespace that is on its way out refuses new objects; controllers stop trying. */
export const isNamespaceTerminating = (error: unknown): error is StatusError =>
  isForbidden(error) && (error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false);
