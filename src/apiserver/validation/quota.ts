/** Validation of ResourceQuotas and LimitRanges. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { LimitRange, LimitRangeItem, ResourceQuota, ResourceQuotaSpec } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { labelKeyErrors } from '../../api/names.ts';
import { duplicate, forbidden, invalid, Path, required, type FieldError } from './field.ts';
import { goTyped } from './go-typed.ts';
import { goQuantity, goStrings, goTexts, GoValue } from './go-value.ts';
import { IMMUTABLE_TEXT } from './metadata.ts';
import { checkContainerResourceName, checkQuotaResourceName, checkResourceName, checkResourceQuantity, isOvercommitAllowed, isQuotaResource, quantityOf } from './resources.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');

type Amounts = Readonly<Record<string, string>>;

function checkAmounts(list: Amounts | undefined, path: Path, errors: FieldError[]): void {
  for (const [name, amount] of Object.entries(list ?? {})) {
    checkQuotaResourceName(name, path.key(name), errors);
    checkResourceQuantity(name, amount, path.key(name), errors);
  }
}

const POD_RESOURCES: readonly string[] = ['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
/** What can be counted of the objects that a scope picks. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  BestEffort: ['pods'],
  CrossNamespacePodAffinity: POD_RESOURCES,
  NotBestEffort: POD_RESOURCES,
  NotTerminating: POD_RESOURCES,
  PriorityClass: POD_RESOURCES,
  Terminating: POD_RESOURCES,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};
/** Scopes that are there or not, and have no values. */
const PLAIN_SCOPES = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const PLAIN_TEXT =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

const goScopes = (scopes: readonly string[] | undefined): GoValue => goTexts('core.ResourceQuotaScope', scopes);

function checkScope(scope: string, spec: ResourceQuotaSpec, unknown: () => FieldError, misapplied: () => FieldError, errors: FieldError[]): void {
  const countable = SCOPES[scope];
  if (!countable) errors.push(unknown());
  else for (const name of Object.keys(spec.hard ?? {}).sort()) if (isQuotaResource(name) && !countable.includes(name)) errors.push(misapplied());
}

function checkConflicts(scopes: readonly string[], spec: ResourceQuotaSpec, path: Path, errors: FieldError[]): void {
  for (const [one, other] of [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const)
    if (scopes.includes(one) && scopes.includes(other)) errors.push(invalid(path, goScopes(spec.scopes), 'conflicting scopes'));
}

function checkScopeSelector(spec: ResourceQuotaSpec, errors: FieldError[]): void {
  const path = SPEC.child('scopeSelector', 'matchExpressions');
  const expressions = spec.scopeSelector?.matchExpressions ?? [];
  for (const { scopeName = '', operator = '', values } of expressions) {
    checkScope(scopeName, spec, () => invalid(path.child('scopeName'), scopeName, 'unsupported scope'), () => invalid(path, goTyped('core.ScopeSelector', spec.scopeSelector), 'unsupported scope applied to resource'), errors);
    if (PLAIN_SCOPES.includes(scopeName) && operator !== 'Exists') errors.push(invalid(path.child('operator'), operator, PLAIN_TEXT));
    if (operator === 'In' || operator === 'NotIn') {
      if (!values?.length) errors.push(required(path.child('values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values?.length) errors.push(invalid(path.child('values'), new GoValue(goStrings(values)), "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
    } else errors.push(invalid(path.child('operator'), operator, 'not a valid selector operator'));
  }
  checkConflicts(expressions.map((expression) => expression.scopeName), spec, path, errors);
}

function checkQuotaSpec(spec: ResourceQuotaSpec, errors: FieldError[]): void {
  checkAmounts(spec.hard, SPEC.child('hard'), errors);
  const path = SPEC.child('scopes');
  const scopes = spec.scopes ?? [];
  for (const scope of scopes) checkScope(scope, spec, () => invalid(path, goScopes(scopes), 'unsupported scope'), () => invalid(path, goScopes(scopes), 'unsupported scope applied to resource'), errors);
  checkConflicts(scopes, spec, path, errors);
  checkScopeSelector(spec, errors);
}

export function validateResourceQuota(quota: ResourceQuota): FieldError[] {
  const errors: FieldError[] = [];
  checkQuotaSpec(quota.spec ?? {}, errors);
  return [...errors, ...validateResourceQuotaStatus(quota)];
}

/** What a quota counted; of a status update this is all. */
export function validateResourceQuotaStatus(quota: ResourceQuota): FieldError[] {
  const errors: FieldError[] = [];
  checkAmounts(quota.status?.hard, STATUS.child('hard'), errors);
  checkAmounts(quota.status?.used, STATUS.child('used'), errors);
  return errors;
}

export function validateResourceQuotaUpdate(quota: ResourceQuota, old: ResourceQuota): FieldError[] {
  const errors: FieldError[] = [];
  checkQuotaSpec(quota.spec ?? {}, errors);
  const set = (scopes: readonly string[] | undefined): string[] => [...new Set(scopes)].sort();
  if (!equal(set(quota.spec?.scopes), set(old.spec?.scopes))) errors.push(invalid(SPEC.child('scopes'), goScopes(quota.spec?.scopes), IMMUTABLE_TEXT));
  return errors;
}

export function validateLimitRange(limitRange: LimitRange): FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  (limitRange.spec?.limits ?? []).forEach((item, i) => {
    const at = SPEC.child('limits').index(i);
    const type = item.type ?? '';
    const texts = labelKeyErrors(type);
    for (const text of texts) errors.push(invalid(at.child('type'), type, text));
    if (!texts.length && !type.includes('/') && !['Pod', 'Container', 'PersistentVolumeClaim'].includes(type)) errors.push(invalid(at.child('type'), type, 'must be a standard limit type or fully qualified'));
    if (types.has(type)) errors.push(duplicate(at.child('type'), type));
    types.add(type);
    checkLimits(item, at, errors);
  });
  return errors;
}

const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function checkLimits(item: LimitRangeItem, at: Path, errors: FieldError[]): void {
  const names = new Set<string>();
  const isPod = item.type === 'Pod';
  const lists: Partial<Record<(typeof LISTS)[number], Amounts | undefined>> = {};
  for (const list of LISTS) {
    if (list === 'maxLimitRequestRatio' && item.type === 'PersistentVolumeClaim' && item.min?.storage === undefined && item.max?.storage === undefined)
      errors.push(required(at.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'));
    if (isPod && (list === 'default' || list === 'defaultRequest')) {
      if (Object.keys(item[list] ?? {}).length) errors.push(forbidden(at.child(list), "may not be specified when `type` is 'Pod'"));
      continue;
    }
    lists[list] = item[list];
    for (const name of Object.keys(item[list] ?? {})) {
      if (isPod || item.type === 'Container') checkContainerResourceName(name, at.child(list).key(name), errors);
      else checkResourceName(name, at.child(list).key(name), errors);
      names.add(name);
    }
  }
  for (const name of names) checkLimit(name, lists, at, errors);
}

/** One resource's bounds against each other. */
function checkLimit(name: string, lists: Partial<Record<(typeof LISTS)[number], Amounts | undefined>>, at: Path, errors: FieldError[]): void {
  const [max, min, limit, request, ratio] = LISTS.map((list) => {
    const text = lists[list]?.[name];
    return text === undefined ? undefined : { text, amount: quantityOf(text), toString: () => quantityOf(text).toString() };
  });
  type Bound = NonNullable<typeof max>;
  const fault = (list: string, value: Bound, detail: string): void => void errors.push(invalid(at.child(list).key(name), goQuantity(value.text, true), detail));
  const over = (a: Bound | undefined, b: Bound | undefined): a is Bound => a !== undefined && b !== undefined && a.amount.compare(b.amount) > 0;
  if (over(min, max)) fault('min', min, `min value ${min} is greater than max value ${max}`);
  if (over(min, request) && request) fault('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  if (over(request, max)) fault('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  if (over(request, limit)) fault('defaultRequest', request, `default request value ${request} is greater than default limit value ${limit}`);
  if (over(min, limit)) fault('default', min, `min value ${min} is greater than default value ${limit}`);
  if (over(limit, max) && max) fault('default', max, `default value ${limit} is greater than max value ${max}`);
  if (ratio && ratio.amount.nano < 1_000_000_000n) fault('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
  if (ratio && min && max) {
    const bound = Number(max.amount.nano) / Number(min.amount.nano);
    if (Number(ratio.amount.nano) / 1e9 > bound) fault('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${bound.toFixed(6)}`);
  }
  if (!isOvercommitAllowed(name) && limit && request && limit.amount.compare(request.amount) !== 0) fault('defaultRequest', request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`);
}
