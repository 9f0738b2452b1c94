/** Validation of Jobs' failure and success policies, and of lists of indexes ("1,3-5"). Follows kubernetes pkg/apis/batch/validation/validation.go. */
import type { JobSpec, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule, SuccessPolicyRule } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { duplicate, invalid, invalidWithoutValue, notSupported, required, tooLong, tooMany, type FieldError, type Path } from './field.ts';
import { checkNonnegative, checkQualifiedName } from './formats.ts';
import { GoValue, goSlice } from './go-value.ts';

const MAX_RULES = 20;
const MAX_PATTERNS = 20;
const MAX_EXIT_CODES = 255;
const MAX_INDEXES_LENGTH = 64 * 1024;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

const validValues = (values: readonly string[]): string => `valid values: [${values.map(goQuote).join(' ')}]`;

export function checkFailurePolicy(spec: JobSpec, path: Path, errors: FieldError[]): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const rulesPath = path.child('rules');
  if (rules.length > MAX_RULES) errors.push(tooMany(rulesPath, rules.length, MAX_RULES));
  const pod = spec.template?.spec;
  const names = new Set([...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map((container) => container.name));
  rules.forEach((rule, i) => checkRule(rule, spec, names, rulesPath.index(i), errors));
}

function checkRule(rule: PodFailurePolicyRule, spec: JobSpec, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  const { action = '', onExitCodes, onPodConditions = [] } = rule;
  const actionPath = path.child('action');
  if (!action) errors.push(required(actionPath, validValues(ACTIONS)));
  else if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) errors.push(invalid(actionPath, action, 'requires the backoffLimitPerIndex to be set'));
  } else if (!ACTIONS.includes(action)) errors.push(notSupported(actionPath, action, ACTIONS));
  if (onExitCodes) checkExitCodes(onExitCodes, names, path.child('onExitCodes'), errors);
  checkPatterns(onPodConditions, path.child('onPodConditions'), errors);
  if (onExitCodes && onPodConditions.length) errors.push(invalidWithoutValue(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!onExitCodes && !onPodConditions.length) errors.push(invalidWithoutValue(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
}

function checkPatterns(patterns: readonly PodFailurePolicyOnPodConditionsPattern[], path: Path, errors: FieldError[]): void {
  if (patterns.length > MAX_PATTERNS) errors.push(tooMany(path, patterns.length, MAX_PATTERNS));
  patterns.forEach(({ type = '', status = '' }, i) => {
    const at = path.index(i);
    checkQualifiedName(type, at.child('type'), errors);
    if (!status) errors.push(required(at.child('status'), validValues(STATUSES)));
    else if (!STATUSES.includes(status)) errors.push(notSupported(at.child('status'), status, STATUSES));
  });
}

function checkExitCodes(requirement: PodFailurePolicyOnExitCodesRequirement, names: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  const { operator = '', containerName, values = [] } = requirement;
  if (!operator) errors.push(required(path.child('operator'), validValues(OPERATORS)));
  else if (!OPERATORS.includes(operator)) errors.push(notSupported(path.child('operator'), operator, OPERATORS));
  if (containerName !== undefined && !names.has(containerName)) errors.push(invalid(path.child('containerName'), containerName, 'must be one of the container or initContainer names in the pod template'));
  const valuesPath = path.child('values');
  const shown = new GoValue(goSlice('int32', requirement.values, String));
  if (!values.length) errors.push(invalid(valuesPath, shown, 'at least one value is required'));
  else if (values.length > MAX_EXIT_CODES) errors.push(tooMany(valuesPath, values.length, MAX_EXIT_CODES));
  const seen = new Set<number>();
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0) errors.push(invalid(valuesPath.index(i), value, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(duplicate(valuesPath.index(i), value));
    seen.add(value);
  });
  if (values.some((value, i) => i > 0 && (values[i - 1] ?? value) > value)) errors.push(invalid(valuesPath, shown, 'must be ordered'));
}

export function checkSuccessPolicy(spec: JobSpec, path: Path, errors: FieldError[]): void {
  const rules = spec.successPolicy?.rules ?? [];
  const rulesPath = path.child('rules');
  if (!rules.length) errors.push(required(rulesPath, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > MAX_RULES) errors.push(tooMany(rulesPath, rules.length, MAX_RULES));
  rules.forEach((rule, i) => checkSuccessRule(rule, spec.completions ?? 0, rulesPath.index(i), errors));
}

function checkSuccessRule({ succeededCount: count, succeededIndexes: indexes }: SuccessPolicyRule, completions: number, path: Path, errors: FieldError[]): void {
  if (count === undefined && indexes === undefined) errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (indexes !== undefined) {
    const at = path.child('succeededIndexes');
    if (indexes.length > MAX_INDEXES_LENGTH) errors.push(tooLong(at, MAX_INDEXES_LENGTH));
    const read = readIndexes(indexes, completions);
    if (typeof read === 'string') errors.push(invalid(at, indexes, `error parsing succeededIndexes: ${read}`));
    else total = read.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }
  if (count === undefined) return;
  const at = path.child('succeededCount');
  checkNonnegative(count, at, errors);
  if (count > completions) errors.push(invalid(at, count, `must be less than or equal to ${completions} (the number of specified completions)`));
  if (indexes !== undefined && count > total) errors.push(invalid(at, count, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`));
}

/** The intervals of a list of indexes below `completions`, or what is wrong with it (validateIndexesFormat). */
export function readIndexes(text: string, completions: number): (readonly [number, number])[] | string {
  const intervals: (readonly [number, number])[] = [];
  if (text === '') return intervals;
  for (const fragment of text.split(',')) {
    const parts = fragment.split('-');
    if (parts.length > 2) return `the fragment ${goQuote(fragment)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    const numbers: number[] = [];
    for (const part of parts) {
      if (!/^[+-]?\d+$/.test(part)) return `cannot convert string to integer for index: ${goQuote(part)}`;
      if (Number(part) >= completions) return `too large index: ${goQuote(part)}`;
      numbers.push(Number(part));
    }
    const [first = 0, last = first] = numbers;
    if (parts.length === 2 && first >= last) return `non-increasing order, previous: ${first}, current: ${last}`;
    const before = intervals.at(-1)?.[1];
    if (before !== undefined && before >= first) return `non-increasing order, previous: ${before}, current: ${first}`;
    intervals.push([first, last]);
  }
  return intervals;
}
