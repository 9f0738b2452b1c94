/**
 * Faults of an object, field by field. Follows apimachinery pkg/util/validation/field (errors.go, path.go), v0.33: the
 * texts are what users of kubectl read.
 */
import { goQuote } from '../../api/quote.ts';
import { invalid as invalidStatus, type StatusError } from '../../api/status.ts';
import { GoValue, goSyntax } from './go-value.ts';

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

const TITLES: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

/** One fault. `message` is the text without the field (ErrorBody). */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly badValue?: unknown;
  readonly detail: string;
  readonly message: string;
}

/**
 * Where in an object a fault is: `Path.of('spec').child('containers').index(0).child('image')`. A node knows its parent
 * only, so that walking an object without faults builds no text.
 */
export class Path {
  private constructor(
    private readonly parent: Path | undefined,
    private readonly name: string,
    private readonly subscript: boolean,
  ) {}

  /** A path's root; more names go down from it. */
  static of(name: string, ...more: string[]): Path {
    let path = new Path(undefined, name, false);
    for (const next of more) path = new Path(path, next, false);
    return path;
  }

  child(name: string, ...more: string[]): Path {
    let path = new Path(this, name, false);
    for (const next of more) path = new Path(path, next, false);
    return path;
  }

  index(index: number): Path {
    return new Path(this, String(index), true);
  }

  key(key: string): Path {
    return new Path(this, key, true);
  }

  /** The same place with another last name. */
  sibling(name: string): Path {
    return new Path(this.parent, name, false);
  }

  toString(): string {
    const own = this.subscript ? `[${this.name}]` : this.name;
    if (!this.parent) return own;
    const before = this.parent.toString();
    return this.subscript || before === '' ? before + own : `${before}.${own}`;
  }
}

/** A path where the object itself is the subject (upstream's nil path). */
export const NO_PATH = '<nil>';

/** A path of no name, by which the core's kinds mean the whole object (upstream's NewPath("")). */
export const WHOLE = '[]';

const OMITTED = new GoValue('');

function formatValue(value: unknown): string {
  // Upstream prints a missing value as the text "null" (v1.33's ErrorBody).
  if (value === undefined || value === null) return '"null"';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof GoValue) return value.text;
  return goSyntax(value);
}

function make(type: FieldErrorType, path: Path | string, badValue: unknown, detail: string, withValue: boolean): FieldError {
  const title = withValue && badValue !== OMITTED ? `${TITLES[type]}: ${formatValue(badValue)}` : TITLES[type];
  return { type, field: String(path), badValue, detail, message: detail === '' ? title : `${title}: ${detail}` };
}

export const required = (path: Path | string, detail = ''): FieldError => make('FieldValueRequired', path, '', detail, false);
export const forbidden = (path: Path | string, detail = ''): FieldError => make('FieldValueForbidden', path, '', detail, false);
export const invalid = (path: Path | string, value: unknown, detail = ''): FieldError => make('FieldValueInvalid', path, value, detail, true);
/** A fault of which the value is not shown (OmitValueType). */
export const invalidWithoutValue = (path: Path | string, detail: string): FieldError => make('FieldValueInvalid', path, OMITTED, detail, true);
export const typeInvalid = (path: Path | string, value: unknown, detail = ''): FieldError => make('FieldValueTypeInvalid', path, value, detail, true);
export const duplicate = (path: Path | string, value: unknown): FieldError => make('FieldValueDuplicate', path, value, '', true);
export const notFound = (path: Path | string, value: unknown): FieldError => make('FieldValueNotFound', path, value, '', true);
export const internal = (path: Path | string, detail: string): FieldError => make('InternalError', path, null, detail, false);

/** An unknown word where a few are allowed; they are named in the order given. */
export const notSupported = (path: Path | string, value: unknown, allowed: readonly string[]): FieldError =>
  make('FieldValueNotSupported', path, value, allowed.length ? `supported values: ${allowed.map(goQuote).join(', ')}` : '', true);

/** `max` in bytes; a negative one is not named. */
export const tooLong = (path: Path | string, max: number): FieldError =>
  make('FieldValueTooLong', path, '<value omitted>', max >= 0 ? `may not be more than ${max} bytes` : 'value is too long', false);

/** Negative numbers are not named. */
export const tooMany = (path: Path | string, actual: number, max: number): FieldError =>
  make('FieldValueTooMany', path, actual >= 0 ? actual : OMITTED, max >= 0 ? `must have at most ${max} items` : 'has too many items', true);

/** The error for the user: all faults of an object at once (NewInvalid). */
export function invalidObject(kind: { readonly group: string; readonly kind: string }, name: string, errors: readonly FieldError[]): StatusError {
  return invalidStatus(kind, name, errors.map((error) => ({ reason: error.type, message: error.message, field: error.field })));
}
