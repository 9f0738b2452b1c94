/**
 * Validation of admissionregistration.k8s.io: webhooks, admission policies and their bindings. Follows kubernetes
 * pkg/apis/admissionregistration/validation/validation.go, v1.33. What compiles expressions must have been loaded.
 */
import type { AuditAnnotation, MatchCondition, MatchResources, MutatingWebhook, NamedRuleWithOperations, ParamKind, ParamRef, RuleWithOperations, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhook, Validation } from '../../api/generated/types.ts';
import { dns1035LabelErrors, dns1123SubdomainErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { expressionsModule } from '../admission/expressions-loader.ts';
import type { Declared } from '../admission/expressions.ts';
import type { CelType } from '../cel/index.ts';
import { checkConditions } from './conditions.ts';
import { duplicate, forbidden, invalid, notSupported, Path, required, tooMany, type FieldError } from './field.ts';
import { checkDnsSubdomain, checkFullyQualifiedName, checkQualifiedName, nameIsPathSegment } from './formats.ts';
import { goSlice, goStrings, GoValue } from './go-value.ts';
import { checkLabelSelector } from './metadata.ts';
import { checkWebhookClient } from './webhook-client.ts';

const SPEC = Path.of('spec');
const FAILURE_POLICIES = ['Fail', 'Ignore'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
/** The documentation names Unauthorized, too, which is refused. */
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];

interface Webhooks {
  readonly webhooks?: readonly (ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>)[];
}

/** Both kinds of configurations. Faults of old webhooks that the versions before had already are let be. */
export function validateWebhooks({ webhooks = [] }: Webhooks, old?: Webhooks): FieldError[] {
  const errors: FieldError[] = [];
  const before = old?.webhooks ?? [];
  const uniqueNames = new Set(before.map(({ name }) => name)).size === before.length;
  const knownVersions = before.every(({ admissionReviewVersions: versions }) => versions.some((version) => REVIEW_VERSIONS.includes(version)));
  const names = new Set<string>();
  webhooks.forEach((webhook, i) => {
    const path = Path.of('webhooks').index(i);
    checkWebhook(webhook, path, errors);
    checkReviewVersions(webhook.admissionReviewVersions, knownVersions, path.child('admissionReviewVersions'), errors);
    if (!webhook.name || !uniqueNames) return;
    if (names.has(webhook.name)) errors.push(duplicate(path.child('name'), webhook.name));
    names.add(webhook.name);
  });
  return errors;
}

function checkWord(word: string | undefined, words: readonly string[], path: Path, errors: FieldError[]): void {
  if (word !== undefined && !words.includes(word)) errors.push(notSupported(path, word, words));
}

function checkWebhook(webhook: NonNullable<Webhooks['webhooks']>[number], path: Path, errors: FieldError[]): void {
  checkFullyQualifiedName(webhook.name ?? '', path.child('name'), errors);
  (webhook.rules ?? []).forEach((rule, i) => checkRule(rule, path.child('rules').index(i), errors));
  checkWord(webhook.failurePolicy, FAILURE_POLICIES, path.child('failurePolicy'), errors);
  checkWord(webhook.matchPolicy, MATCH_POLICIES, path.child('matchPolicy'), errors);
  if (webhook.sideEffects === undefined) errors.push(required(path.child('sideEffects'), `must specify one of ${SIDE_EFFECTS.join(', ')}`));
  checkWord(webhook.sideEffects, SIDE_EFFECTS, path.child('sideEffects'), errors);
  const timeout = webhook.timeoutSeconds;
  if (timeout !== undefined && (timeout > 30 || timeout < 1)) errors.push(invalid(path.child('timeoutSeconds'), timeout, 'the timeout value must be between 1 and 30 seconds'));
  checkLabelSelector(webhook.namespaceSelector, path.child('namespaceSelector'), errors);
  checkLabelSelector(webhook.objectSelector, path.child('objectSelector'), errors);
  checkWord(webhook.reinvocationPolicy, ['IfNeeded', 'Never'], path.child('reinvocationPolicy'), errors);
  checkWebhookClient(webhook.clientConfig ?? {}, path.child('clientConfig'), errors);
  checkMatchConditions(webhook.matchConditions, false, path.child('matchConditions'), errors);
}

function checkReviewVersions(versions: readonly string[] = [], knownOnly: boolean, path: Path, errors: FieldError[]): void {
  if (versions.length === 0) errors.push(required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`));
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.push(invalid(path.index(i), version, 'duplicate version'));
    else for (const text of dns1035LabelErrors(version)) errors.push(invalid(path.index(i), version, text));
  });
  if (versions.length > 0 && knownOnly && !versions.some((version) => REVIEW_VERSIONS.includes(version))) errors.push(invalid(path, new GoValue(goStrings(versions)), `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}

/* Rules */

function checkRule(rule: RuleWithOperations, path: Path, errors: FieldError[]): void {
  const { operations = [], apiGroups = [], apiVersions = [], resources, scope } = rule;
  if (operations.length === 0) errors.push(required(path.child('operations')));
  if (operations.length > 1 && operations.includes('*')) errors.push(invalid(path.child('operations'), new GoValue(goSlice('admissionregistration.OperationType', operations, goQuote)), "if '*' is present, must not specify other operations"));
  operations.forEach((operation, i) => checkWord(operation, OPERATIONS, path.child('operations').index(i), errors));
  if (apiGroups.length === 0) errors.push(required(path.child('apiGroups')));
  checkWildcard(apiGroups, 'API groups', path.child('apiGroups'), errors);
  if (apiVersions.length === 0) errors.push(required(path.child('apiVersions')));
  checkWildcard(apiVersions, 'API versions', path.child('apiVersions'), errors);
  apiVersions.forEach((version, i) => {
    if (!version) errors.push(required(path.child('apiVersions').index(i)));
  });
  checkResources(resources, path.child('resources'), errors);
  checkWord(scope, SCOPES, path.child('scope'), errors);
}

/** What means all stands alone. */
function checkWildcard(values: readonly string[], what: string, path: Path, errors: FieldError[]): void {
  if (values.length > 1 && values.includes('*')) errors.push(invalid(path, new GoValue(goStrings(values)), `if '*' is present, must not specify other ${what}`));
}

function checkResources(resources: readonly string[] = [], path: Path, errors: FieldError[]): void {
  if (resources.length === 0) errors.push(required(path));
  const allSubresourcesOf = new Set<string>();
  const everywhere = new Set<string>();
  let plain = false;
  resources.forEach((text, i) => {
    if (text === '') {
      errors.push(required(path.index(i)));
      return;
    }
    const slash = text.indexOf('/');
    if (slash < 0) {
      plain = text !== '*';
      return;
    }
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    if (allSubresourcesOf.has(resource)) errors.push(invalid(path.index(i), text, `if '${resource}/*' is present, must not specify ${text}`));
    if (everywhere.has(subresource)) errors.push(invalid(path.index(i), text, `if '*/${subresource}' is present, must not specify ${text}`));
    if (subresource === '*') allSubresourcesOf.add(resource);
    if (resource === '*') everywhere.add(subresource);
  });
  const shown = new GoValue(goStrings(resources));
  if (resources.length > 1 && resources.includes('*/*')) errors.push(invalid(path, shown, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && plain) errors.push(invalid(path, shown, "if '*' is present, must not specify other resources without subresources"));
}

function checkNamedRule(rule: NamedRuleWithOperations, path: Path, errors: FieldError[]): void {
  const names = rule.resourceNames ?? [];
  names.forEach((name, i) => {
    const at = path.child('resourceNames').index(i);
    for (const text of nameIsPathSegment(name, false)) errors.push(invalid(at, name, text));
    if (names.indexOf(name) < i) errors.push(duplicate(at, name));
  });
  checkRule(rule as RuleWithOperations, path, errors);
}

function checkMatchResources(match: MatchResources, path: Path, errors: FieldError[]): void {
  if (match.matchPolicy === undefined) errors.push(required(path.child('matchPolicy')));
  checkWord(match.matchPolicy, MATCH_POLICIES, path.child('matchPolicy'), errors);
  for (const selector of ['namespaceSelector', 'objectSelector'] as const) {
    if (!match[selector]) errors.push(required(path.child(selector)));
    checkLabelSelector(match[selector], path.child(selector), errors);
  }
  for (const rules of ['resourceRules', 'excludeResourceRules'] as const) (match[rules] ?? []).forEach((rule, i) => checkNamedRule(rule, path.child(rules).index(i), errors));
}

/** Compiles an expression of one of these types (none: of any), and gives the type that it is of. */
function checkExpression(expression: string, declared: Declared, types: readonly string[], path: Path, errors: FieldError[]): CelType | undefined {
  const compiled = expressionsModule().compileExpression(expression, declared, types);
  if ('program' in compiled) return compiled.program.type;
  errors.push(invalid(path, expression, compiled.error));
  return undefined;
}

const MAX_MATCH_CONDITIONS = 64;

function checkMatchConditions(conditions: readonly MatchCondition[] = [], params: boolean, path: Path, errors: FieldError[]): void {
  if (conditions.length > MAX_MATCH_CONDITIONS) errors.push(tooMany(path, conditions.length, MAX_MATCH_CONDITIONS));
  const names = new Set<string>();
  conditions.forEach(({ name, expression }, i) => {
    const trimmed = (expression ?? '').trim();
    if (!trimmed) errors.push(required(path.index(i).child('expression')));
    else checkExpression(trimmed, { params, authorizer: true }, ['bool'], path.index(i).child('expression'), errors);
    if (!name) {
      errors.push(required(path.index(i).child('name')));
      return;
    }
    checkQualifiedName(name, path.index(i).child('name'), errors);
    if (names.has(name)) errors.push(duplicate(path.index(i).child('name'), name));
    names.add(name);
  });
}

/* Policies */

const MAX_AUDIT_ANNOTATIONS = 20;
/** Bytes. */
const MAX_VALUE_EXPRESSION = 5 * 1024;
const NO_RULES = 'validations or auditAnnotations must contain at least one item';
const IDENTIFIER = /^(?!(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$)[_a-zA-Z][_a-zA-Z0-9]*$/;

export function validateAdmissionPolicy(policy: ValidatingAdmissionPolicy): FieldError[] {
  const errors: FieldError[] = [];
  const { failurePolicy, paramKind, matchConstraints, matchConditions, variables = [], validations = [], auditAnnotations = [] } = policy.spec ?? {};
  if (failurePolicy === undefined) errors.push(required(SPEC.child('failurePolicy')));
  checkWord(failurePolicy, FAILURE_POLICIES, SPEC.child('failurePolicy'), errors);
  if (paramKind) checkParamKind(paramKind, SPEC.child('paramKind'), errors);
  if (!matchConstraints) errors.push(required(SPEC.child('matchConstraints')));
  else {
    checkMatchResources(matchConstraints, SPEC.child('matchConstraints'), errors);
    if (!matchConstraints.resourceRules?.length) errors.push(required(SPEC.child('matchConstraints', 'resourceRules')));
  }
  const params = paramKind !== undefined;
  checkMatchConditions(matchConditions, params, SPEC.child('matchConditions'), errors);
  const types: Record<string, CelType> = {};
  variables.forEach(({ name, expression }, i) => {
    const at = SPEC.child('variables').index(i);
    if (!name?.trim()) errors.push(required(at.child('name'), 'name is not specified'));
    else if (!IDENTIFIER.test(name)) errors.push(invalid(at.child('name'), name, 'name is not a valid CEL identifier'));
    if (!expression?.trim()) errors.push(required(at.child('expression'), 'expression is not specified'));
    // A variable sees those before it.
    else types[name] = checkExpression(expression, { params, authorizer: true, variables: { ...types } }, [], at.child('expression'), errors) ?? expressionsModule().UNKNOWN;
  });
  // Without variables there is no such name.
  const declared: Declared = { params, authorizer: true, ...(variables.length > 0 ? { variables: types } : {}) };
  if (validations.length === 0 && auditAnnotations.length === 0) return [...errors, required(SPEC.child('validations'), NO_RULES), required(SPEC.child('auditAnnotations'), NO_RULES)];
  validations.forEach((validation, i) => checkValidation(validation, declared, SPEC.child('validations').index(i), errors));
  if (auditAnnotations.length > MAX_AUDIT_ANNOTATIONS)
    errors.push(invalid(SPEC.child('auditAnnotations'), new GoValue(goSlice('admissionregistration.AuditAnnotation', auditAnnotations, goAnnotation)), `must not have more than ${MAX_AUDIT_ANNOTATIONS} auditAnnotations`));
  const keys = new Set<string>();
  auditAnnotations.forEach((annotation, i) => {
    const at = SPEC.child('auditAnnotations').index(i);
    checkAuditAnnotation(annotation, policy.metadata?.name ?? '', declared, at, errors);
    if (keys.has(annotation.key)) errors.push(duplicate(at.child('key'), annotation.key));
    keys.add(annotation.key);
  });
  return errors;
}

const goAnnotation = ({ key, valueExpression }: AuditAnnotation): string => `admissionregistration.AuditAnnotation{Key:${goQuote(key)}, ValueExpression:${goQuote(valueExpression)}}`;

function checkParamKind({ apiVersion, kind }: ParamKind, path: Path, errors: FieldError[]): void {
  if (!apiVersion) errors.push(required(path.child('apiVersion')));
  else if (apiVersion.split('/').length > 2) errors.push(invalid(path.child('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const slash = apiVersion.indexOf('/');
    const [group, version] = [slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion === '/' ? '' : apiVersion.slice(slash + 1)];
    const groupFaults = group ? dns1123SubdomainErrors(group) : [];
    if (groupFaults.length > 0) errors.push(invalid(path.child('apiVersion'), group, groupFaults.join(',')));
    const versionFaults = dns1035LabelErrors(version);
    if (!version) errors.push(invalid(path.child('apiVersion'), apiVersion, 'version must be specified'));
    else if (versionFaults.length > 0) errors.push(invalid(path.child('apiVersion'), version, versionFaults.join(',')));
  }
  const kindFaults = kind ? dns1035LabelErrors(kind.toLowerCase()) : [];
  if (!kind) errors.push(required(path.child('kind')));
  else if (kindFaults.length > 0) errors.push(invalid(path.child('kind'), kind, `may have mixed case, but should otherwise match: ${kindFaults.join(',')}`));
}

function checkValidation({ expression, messageExpression, message, reason }: Validation, declared: Declared, path: Path, errors: FieldError[]): void {
  if (!expression?.trim()) errors.push(required(path.child('expression'), 'expression is not specified'));
  else checkExpression(expression, declared, ['bool'], path.child('expression'), errors);
  if (messageExpression && !messageExpression.trim()) errors.push(invalid(path.child('messageExpression'), messageExpression, 'must be non-empty if specified'));
  else if (messageExpression) checkExpression(messageExpression, { ...declared, authorizer: false }, ['string'], path.child('messageExpression'), errors);
  if (message && !message.trim()) errors.push(invalid(path.child('message'), message, 'message must be non-empty if specified'));
  else if (message && /[\n\r]/.test(message.trim())) errors.push(invalid(path.child('message'), message, 'message must not contain line breaks'));
  checkWord(reason, REASONS, path.child('reason'), errors);
}

function checkAuditAnnotation({ key, valueExpression }: AuditAnnotation, policy: string, declared: Declared, path: Path, errors: FieldError[]): void {
  if (policy) checkQualifiedName(`${policy}/${key}`, path.child('key'), errors);
  else errors.push(invalid(path.child('key'), key, 'requires metadata.name be non-empty'));
  const expression = (valueExpression ?? '').trim();
  if (!expression) errors.push(required(path.child('valueExpression'), 'valueExpression is not specified'));
  else if (Buffer.byteLength(expression) > MAX_VALUE_EXPRESSION) errors.push(required(path.child('valueExpression'), `must not exceed ${MAX_VALUE_EXPRESSION} bytes in length`));
  else {
    const before = errors.length;
    checkExpression(expression, declared, ['string', 'null'], path.child('valueExpression'), errors);
    // The text as it was given.
    if (errors.length > before) errors.push(invalid(path.child('valueExpression'), valueExpression, errors.pop()?.detail));
  }
}

export function validateAdmissionPolicyStatus({ status }: ValidatingAdmissionPolicy): FieldError[] {
  const errors: FieldError[] = [];
  const path = Path.of('status');
  (status?.typeChecking?.expressionWarnings ?? []).forEach(({ warning, fieldRef }, i) => {
    const at = path.child('typeChecking', 'expressionWarnings').index(i);
    if (!warning) errors.push(required(at.child('warning')));
    if (!fieldRef?.trim()) errors.push(required(at.child('fieldRef')));
  });
  checkConditions(status?.conditions, path.child('conditions'), errors);
  return errors;
}

export function validateAdmissionPolicyBinding({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec?.policyName) errors.push(required(SPEC.child('policyName')));
  else checkDnsSubdomain(spec.policyName, SPEC.child('policyName'), errors);
  if (spec?.paramRef) checkParamRef(spec.paramRef, SPEC.child('paramRef'), errors);
  if (spec?.matchResources) checkMatchResources(spec.matchResources, SPEC.child('matchResources'), errors);
  const actions = spec?.validationActions ?? [];
  const path = SPEC.child('validationActions');
  actions.forEach((action, i) => {
    checkWord(action, ACTIONS, path.index(i), errors);
    if (actions.indexOf(action) < i) errors.push(duplicate(path.index(i), action));
  });
  if (actions.includes('Deny') && actions.includes('Warn'))
    errors.push(invalid(path, new GoValue(goSlice('admissionregistration.ValidationAction', actions, goQuote)), 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'));
  if (actions.length === 0) errors.push(required(path, 'at least one validation action is required'));
  return errors;
}

function checkParamRef({ name, selector, parameterNotFoundAction: action }: ParamRef, path: Path, errors: FieldError[]): void {
  const both = 'name and selector are mutually exclusive';
  if (name) {
    for (const text of nameIsPathSegment(name, false)) errors.push(invalid(path.child('name'), name, text));
    if (selector) errors.push(forbidden(path.child('name'), both));
  }
  if (selector) {
    checkLabelSelector(selector, path.child('selector'), errors);
    if (name) errors.push(forbidden(path.child('selector'), both));
  }
  if (!name && !selector) errors.push(required(path, 'one of name or selector must be specified'));
  if (!action) errors.push(required(path.child('parameterNotFoundAction')));
  else checkWord(action, ['Deny', 'Allow'], path.child('parameterNotFoundAction'), errors);
}
