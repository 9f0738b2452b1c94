/** Conditions of the common form (metav1.Condition). Follows apimachinery pkg/apis/meta/v1/validation/validation.go: ValidateConditions. */
import { duplicate, invalid, notSupported, required, tooLong, type FieldError, type Path } from './field.ts';
import { checkQualifiedName } from './formats.ts';

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string | null;
  readonly reason?: string;
  readonly message?: string;
}

/** Bytes. */
const MAX_REASON = 1024;
const MAX_MESSAGE = 32 * 1024;
const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON_PATTERN = new RegExp(`^${REASON}$`);
export const CONDITION_STATUSES = ['False', 'True', 'Unknown'];

export function checkConditions(conditions: readonly Condition[] | undefined, path: Path, errors: FieldError[]): void {
  const types = new Set<string>();
  (conditions ?? []).forEach((condition, i) => {
    const { type = '' } = condition;
    if (types.has(type)) errors.push(duplicate(path.index(i), type));
    types.add(type);
    checkCondition(condition, path.index(i), errors);
  });
}

function checkCondition({ type, status, observedGeneration = 0, lastTransitionTime, reason, message = '' }: Condition, path: Path, errors: FieldError[]): void {
  if (!type) errors.push(required(path.child('type'), 'is required'));
  else checkQualifiedName(type, path.child('type'), errors);
  if (!status) errors.push(required(path.child('status')));
  else if (!CONDITION_STATUSES.includes(status)) errors.push(notSupported(path.child('status'), status, CONDITION_STATUSES));
  if (observedGeneration < 0) errors.push(invalid(path.child('observedGeneration'), observedGeneration, 'must be greater than or equal to zero'));
  if (!lastTransitionTime) errors.push(required(path.child('lastTransitionTime')));
  if (!reason) errors.push(required(path.child('reason')));
  else {
    if (!REASON_PATTERN.test(reason))
      errors.push(invalid(path.child('reason'), reason, `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${REASON}')`));
    if (Buffer.byteLength(reason) > MAX_REASON) errors.push(tooLong(path.child('reason'), MAX_REASON));
  }
  if (Buffer.byteLength(message) > MAX_MESSAGE) errors.push(tooLong(path.child('message'), MAX_MESSAGE));
}
