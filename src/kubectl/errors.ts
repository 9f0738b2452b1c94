/**
 * What the user reads when a command fails, and with which code the process ends: the one place for both.
 * Follows kubectl pkg/cmd/util/helpers.go (checkErr, StandardErrorMessage, MultilineError).
 */
import { goQuote } from '../api/quote.ts';
import { StatusError } from '../api/status.ts';
import { ConnectionError } from '../client/client.ts';

export const EXIT_FAILURE = 1;
/** After Ctrl-C: 128 + SIGINT. */
export const EXIT_INTERRUPTED = 130;
/** After the reader of our output went away: 128 + SIGPIPE, what a shell sees of the real kubectl. */
export const EXIT_BROKEN_PIPE = 141;

/** A signal told the command to end. */
export class InterruptedError extends Error {
  /** @param code 128 + the signal's number */
  constructor(readonly code: number = EXIT_INTERRUPTED) {
    super('interrupted');
    this.name = 'InterruptedError';
  }
}

/** Ends the command with a code; prints nothing. */
export class ExitError extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
    this.name = 'ExitError';
  }
}

/** A fault of the user's. Printed with "error: " before it (unless it begins so). */
export class CommandError extends Error {
  constructor(message: string, readonly code: number = EXIT_FAILURE) {
    super(message);
    this.name = 'CommandError';
  }
}

/** A printer's fault that also has something to say on standard output, templates what helps to find theirs. `writeFormatted` writes it. */
export class OutputError extends CommandError {
  constructor(
    message: string,
    readonly output: string,
  ) {
    super(message);
    this.name = 'OutputError';
  }
}

/** There is no cluster to ask: it ends the command, however many other questions it has. */
export class NoClusterError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'NoClusterError';
  }
}

/** Printed exactly as it is, without "error: ". */
export class PlainError extends Error {
  constructor(message: string, readonly code: number = EXIT_FAILURE) {
    super(message);
    this.name = 'PlainError';
  }
}

/**
 * Several faults (utilerrors.Aggregate): one line each, without "error: ". A single one is printed as if alone, unless it
 * holds others itself: how deep a fault lies tells whether "error: " stands before it.
 */
export class MultipleErrors extends Error {
  constructor(readonly errors: readonly unknown[]) {
    super(aggregateText(errors));
    this.name = 'MultipleErrors';
  }
}

function aggregateText(errors: readonly unknown[]): string {
  const texts = [...new Set(flat(errors).map(textOf))];
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
}

const flat = (errors: readonly unknown[]): readonly unknown[] => errors.flatMap((error) => (error instanceof MultipleErrors ? flat(error.errors) : [error]));

/** Nothing, the one, or all as one (cli-runtime resource/visitor.go: ContinueOnErrorVisitor). */
export function combined(errors: readonly unknown[]): unknown {
  return errors.length > 1 ? new MultipleErrors(errors) : errors[0];
}

/** Throws what was collected: nothing, the one, or all. */
export function throwCollected(errors: readonly unknown[]): void {
  if (errors.length > 0) throw combined(errors);
}

/** As throwCollected, with those that errors hold beside the others (utilerrors.Flatten and Reduce). */
export function throwFlat(error: unknown): void {
  if (error !== undefined) throwCollected(flat([error]));
}

/** What is left of an error without those that `ignored` tells of; undefined for nothing (utilerrors.FilterOut). */
export function filterOut(error: unknown, ignored: (error: unknown) => boolean): unknown {
  if (!(error instanceof MultipleErrors)) return error !== undefined && ignored(error) ? undefined : error;
  const left = error.errors.map((each) => filterOut(each, ignored)).filter((each) => each !== undefined);
  return left.length === 0 ? undefined : new MultipleErrors(left);
}

/** The user called the command wrongly: kubectl's UsageErrorf. */
export function usageError(ctx: { readonly commandPath: string }, message: string): CommandError {
  return new CommandError(`${message}\nSee '${ctx.commandPath} -h' for help and examples`);
}

/** "error when creating "f.yaml": …", with the status kept (AddSourceToErr). */
export function addSource(verb: string, source: string, error: unknown): Error {
  if (source === '') return error instanceof Error ? error : new Error(String(error));
  const message = `error when ${verb} ${goQuote(source)}: ${textOf(error)}`;
  if (error instanceof StatusError) return StatusError.from({ ...error.status, message });
  return new CommandError(message);
}

/** What a failed list says of its question (cli-runtime resource/visitor.go: EnhanceListError). */
export function listError(error: unknown, options: { readonly labelSelector?: string; readonly fieldSelector?: string }, subject: string): unknown {
  if (!(error instanceof StatusError) || (error.reason !== 'BadRequest' && error.reason !== 'NotFound')) return error;
  const { labelSelector = '', fieldSelector = '' } = options;
  const question =
    labelSelector === '' && fieldSelector === ''
      ? `Unable to list ${goQuote(subject)}`
      : `Unable to find ${goQuote(subject)} that match label selector ${goQuote(labelSelector)}, field selector ${goQuote(fieldSelector)}`;
  return StatusError.from({ ...error.status, message: `${question}: ${error.message}` });
}

/** An error's own words, as others quote them. */
export function textOf(error: unknown): string {
  if (error instanceof ConnectionError) return error.within;
  return error instanceof Error ? error.message : String(error);
}

/** kubectl's sentence for an error of the server or the connection; undefined for others. */
export function standardMessage(error: unknown): string | undefined {
  if (error instanceof StatusError) {
    if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`;
    return error.reason === '' ? `Error from server: ${error.message}` : `Error from server (${error.reason}): ${error.message}`;
  }
  if (error instanceof ConnectionError) return error.message;
  return undefined;
}

/** As one line of a list of errors. */
export function messageFor(error: unknown): string {
  return standardMessage(error) ?? textOf(error);
}

/** The text on standard error ('' for none) and the exit code for what a command threw. */
export function describeError(thrown: unknown): { text: string; code: number } {
  const error = thrown instanceof MultipleErrors && thrown.errors.length === 1 ? thrown.errors[0] : thrown;
  if (error instanceof ExitError) return { text: '', code: error.code };
  const code = error instanceof CommandError || error instanceof PlainError ? error.code : EXIT_FAILURE;
  return { text: withNewline(errorText(error)), code };
}

function errorText(error: unknown): string {
  if (error instanceof PlainError) return error.message;
  if (error instanceof StatusError && error.reason === 'Invalid') return invalidText(error);
  if (error instanceof MultipleErrors) return error.errors.map((each) => `${messageFor(each)}\n`).join('');
  const standard = standardMessage(error);
  if (standard !== undefined) return standard;
  const text = textOf(error);
  return text.startsWith('error: ') ? text : `error: ${text}`;
}

function invalidText(error: StatusError): string {
  const { details, message } = error.status;
  if (!details) return `The request is invalid${message ? `: ${message}` : ''}`;
  const { kind = '', name = '', causes = [] } = details;
  let text = 'The request is invalid';
  if (kind !== '' || name !== '') text = `The ${kind} ${goQuote(name)} is invalid`;
  else if (message && causes.length === 0) text += `: ${message}`;
  const lines = [...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))];
  if (lines.length === 0) return text;
  if (lines.length === 1) return `${text}: ${lines[0]}`;
  return `${text}: \n${lines.map((line) => `* ${line}\n`).join('')}`;
}

const withNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
