/** Validation of flowcontrol.apiserver.k8s.io. Follows kubernetes pkg/apis/flowcontrol/validation/validation.go, v1.33. */
import type { FlowcontrolV1Subject, FlowSchema, LimitedPriorityLevelConfiguration, NonResourcePolicyRule, PolicyRulesWithSubjects, PriorityLevelConfiguration, QueuingConfiguration, ResourcePolicyRule } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { MANDATORY_FLOW_SCHEMAS, MANDATORY_PRIORITY_LEVELS } from '../flowcontrol/bootstrap.ts';
import { duplicate, forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkDnsLabel, checkDnsSubdomain, nameIsDnsLabel, rangeText } from './formats.ts';
import { goStrings, goSyntax, GoValue } from './go-value.ts';

const SPEC = Path.of('spec');
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const MAX_PRECEDENCE = 10_000;

export function validateFlowSchema(schema: FlowSchema): FieldError[] {
  const errors: FieldError[] = [];
  const name = schema.metadata?.name ?? '';
  const { matchingPrecedence = 0, distinguisherMethod, priorityLevelConfiguration: level, rules = [] } = schema.spec ?? {};
  const precedence = SPEC.child('matchingPrecedence');
  if (matchingPrecedence <= 0) errors.push(invalid(precedence, matchingPrecedence, 'must be a positive value'));
  if (matchingPrecedence > MAX_PRECEDENCE) errors.push(invalid(precedence, matchingPrecedence, `must not be greater than ${MAX_PRECEDENCE}`));
  if (matchingPrecedence === 1 && name !== 'exempt') errors.push(invalid(precedence, matchingPrecedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  if (distinguisherMethod && !['ByNamespace', 'ByUser'].includes(distinguisherMethod.type))
    errors.push(notSupported(SPEC.child('distinguisherMethod', 'type'), new GoValue(`flowcontrol.FlowDistinguisherMethod{Type:"${distinguisherMethod.type}"}`), ['ByNamespace', 'ByUser']));
  if (level?.name) checkDnsSubdomain(level.name, SPEC.child('priorityLevelConfiguration', 'name'), errors);
  else errors.push(required(SPEC.child('priorityLevelConfiguration', 'name'), 'must reference a priority level'));
  rules.forEach((rule, i) => checkRule(rule, SPEC.child('rules').index(i), errors));
  const fixed = MANDATORY_FLOW_SCHEMAS.find(({ metadata }) => metadata?.name === name);
  if (fixed && !equal(fixed.spec, schema.spec)) errors.push(invalid(SPEC, new GoValue(`flowcontrol.FlowSchemaSpec${goSyntax(schema.spec)}`), `spec of '${name}' must equal the fixed value`));
  return [...errors, ...validateConditionTypes(schema)];
}

/** Conditions of the status of both kinds. */
export function validateConditionTypes({ status }: { readonly status?: { readonly conditions?: readonly { readonly type?: string }[] } }): FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  (status?.conditions ?? []).forEach(({ type = '' }, i) => {
    const at = Path.of('status', 'conditions').index(i).child('type');
    if (types.has(type)) errors.push(duplicate(at, type));
    types.add(type);
    if (!type) errors.push(required(at));
  });
  return errors;
}

function checkRule({ subjects = [], resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects, path: Path, errors: FieldError[]): void {
  subjects.forEach((subject, i) => checkSubject(subject, path.child('subjects').index(i), errors));
  if (subjects.length === 0) errors.push(required(path.child('subjects'), 'subjects must contain at least one value'));
  if (resourceRules.length === 0 && nonResourceRules.length === 0) errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  resourceRules.forEach((rule, i) => checkResourceRule(rule, path.child('resourceRules').index(i), errors));
  nonResourceRules.forEach((rule, i) => checkNonResourceRule(rule, path.child('nonResourceRules').index(i), errors));
}

/** Kinds of subjects and the fields that hold them, in the order in which they are looked at. */
const SUBJECTS = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;

function checkSubject(subject: FlowcontrolV1Subject, path: Path, errors: FieldError[]): void {
  const { kind = '' } = subject;
  if (!Object.hasOwn(SUBJECTS, kind)) {
    errors.push(notSupported(path.child('kind'), kind, ['Group', 'ServiceAccount', 'User']));
    return;
  }
  const own = SUBJECTS[kind as keyof typeof SUBJECTS];
  const given = subject[own];
  if (!given) errors.push(required(path.child(own), `${own} is required when subject kind is '${kind}'`));
  else if (!given.name) errors.push(required(path.child(own, 'name')));
  if (own === 'serviceAccount' && subject.serviceAccount) {
    const { name, namespace } = subject.serviceAccount;
    if (name && name !== '*') checkDnsSubdomain(name, path.child(own, 'name'), errors);
    if (namespace) checkDnsLabel(namespace, path.child(own, 'namespace'), errors);
    else errors.push(required(path.child(own, 'namespace'), 'must specify namespace for service account'));
  }
  // Upstream looks at a user's or account's other fields in this order.
  for (const [otherKind, other] of Object.entries(SUBJECTS)) if (other !== own && subject[other]) errors.push(forbidden(path.child(other), `${other} is forbidden when subject kind is not '${otherKind}'`));
}

function checkVerbs(verbs: readonly string[] = [], path: Path, errors: FieldError[]): void {
  if (verbs.length === 0) errors.push(required(path, 'verbs must contain at least one value'));
  else if (verbs.includes('*')) checkAlone(verbs, 'verbs', path, errors);
  else if (!verbs.every((verb) => VERBS.includes(verb))) errors.push(notSupported(path, new GoValue(goStrings(verbs)), VERBS));
}

/** What means all stands alone. */
function checkAlone(values: readonly string[], what: string, path: Path, errors: FieldError[]): void {
  if (values.length > 1 && values.includes('*')) errors.push(invalid(path, new GoValue(goStrings(values)), `if '*' is present, must not specify other ${what}`));
}

function checkResourceRule({ verbs, apiGroups = [], resources = [], namespaces = [], clusterScope = false }: ResourcePolicyRule, path: Path, errors: FieldError[]): void {
  checkVerbs(verbs, path.child('verbs'), errors);
  if (apiGroups.length === 0) errors.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'));
  checkAlone(apiGroups, 'api groups', path.child('apiGroups'), errors);
  if (resources.length === 0) errors.push(required(path.child('resources'), 'resource rules must supply at least one resource'));
  checkAlone(resources, 'resources', path.child('resources'), errors);
  if (namespaces.length === 0 && !clusterScope) errors.push(required(path.child('namespaces'), 'resource rules that are not cluster scoped must supply at least one namespace'));
  else if (namespaces.includes('*')) checkAlone(namespaces, 'namespaces', path.child('namespaces'), errors);
  else
    namespaces.forEach((namespace, i) => {
      for (const text of nameIsDnsLabel(namespace, false)) errors.push(invalid(path.child('namespaces').index(i), namespace, `each member of this list must be '*' or a DNS-1123 label; ${text}`));
    });
}

function checkNonResourceRule({ verbs, nonResourceURLs: urls = [] }: NonResourcePolicyRule, path: Path, errors: FieldError[]): void {
  checkVerbs(verbs, path.child('verbs'), errors);
  const at = path.child('nonResourceURLs');
  if (urls.length === 0) errors.push(required(at, 'nonResourceURLs must contain at least one value'));
  else if (urls.includes('*')) checkAlone(urls, 'non-resource URLs', at, errors);
  else
    urls.forEach((url, i) => {
      const fault = urlFault(url);
      if (fault) errors.push(invalid(at.index(i), url, fault));
    });
}

function urlFault(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}

export function validatePriorityLevel(level: PriorityLevelConfiguration): FieldError[] {
  const errors: FieldError[] = [];
  const name = level.metadata?.name ?? '';
  const { type = '', limited, exempt } = level.spec ?? {};
  if ((name === 'exempt') !== (type === 'Exempt')) errors.push(invalid(SPEC.child('type'), type, "must be 'Exempt' if and only if `name` is 'exempt'"));
  if (type === 'Exempt') {
    if (limited) errors.push(forbidden(SPEC.child('limited'), 'must be nil if the type is not Limited'));
    checkShares(exempt ?? {}, SPEC.child('exempt'), errors);
  } else if (type === 'Limited') {
    if (exempt) errors.push(forbidden(SPEC.child('exempt'), 'must be nil if the type is Limited'));
    if (!limited) errors.push(required(SPEC.child('limited'), 'must not be empty when type is Limited'));
    else checkLimited(limited, SPEC.child('limited'), errors);
  } else errors.push(notSupported(SPEC.child('type'), type, ['Exempt', 'Limited']));
  const fixed = MANDATORY_PRIORITY_LEVELS.find(({ metadata }) => metadata?.name === name)?.spec;
  const free = name === 'exempt';
  if (fixed && !equal(fixed, free ? { ...level.spec, exempt: fixed.exempt } : level.spec))
    errors.push(invalid(SPEC, new GoValue(`flowcontrol.PriorityLevelConfigurationSpec${goSyntax(level.spec)}`), `spec of '${name}'${free ? " except the 'spec.exempt' field" : ''} must equal the fixed value`));
  return [...errors, ...validateConditionTypes(level)];
}

function checkShares({ nominalConcurrencyShares: shares = 0, lendablePercent = 0 }: { readonly nominalConcurrencyShares?: number; readonly lendablePercent?: number }, path: Path, errors: FieldError[]): void {
  if (shares < 0) errors.push(invalid(path.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer'));
  if (lendablePercent < 0 || lendablePercent > 100) errors.push(invalid(path.child('lendablePercent'), lendablePercent, rangeText(0, 100)));
}

function checkLimited({ nominalConcurrencyShares: shares = 0, limitResponse, lendablePercent = 0, borrowingLimitPercent = 0 }: LimitedPriorityLevelConfiguration, path: Path, errors: FieldError[]): void {
  checkShares({ nominalConcurrencyShares: shares }, path, errors);
  const response = path.child('limitResponse');
  const { type = '', queuing } = limitResponse ?? {};
  if (type === 'Reject') {
    if (queuing) errors.push(forbidden(response.child('queuing'), 'must be nil if limited.limitResponse.type is not Limited'));
  } else if (type === 'Queue') {
    if (queuing) checkQueuing(queuing, response.child('queuing'), errors);
    else errors.push(required(response.child('queuing'), 'must not be empty if limited.limitResponse.type is Limited'));
  } else errors.push(notSupported(response.child('type'), type, ['Queue', 'Reject']));
  checkShares({ lendablePercent }, path, errors);
  if (borrowingLimitPercent < 0) errors.push(invalid(path.child('borrowingLimitPercent'), borrowingLimitPercent, 'if specified, must be a non-negative integer'));
}

const MAX_QUEUES = 10_000_000;
/** Bits of the hash from which hands are dealt (shufflesharding.MaxHashBits). */
const MAX_ENTROPY = 60;

function checkQueuing({ queueLengthLimit = 0, queues = 0, handSize = 0 }: QueuingConfiguration, path: Path, errors: FieldError[]): void {
  if (queueLengthLimit <= 0) errors.push(invalid(path.child('queueLengthLimit'), queueLengthLimit, 'must be positive'));
  if (queues <= 0) errors.push(invalid(path.child('queues'), queues, 'must be positive'));
  else if (queues > MAX_QUEUES) errors.push(invalid(path.child('queues'), queues, `must not be greater than ${MAX_QUEUES}`));
  const at = path.child('handSize');
  if (handSize <= 0) errors.push(invalid(at, handSize, 'must be positive'));
  else if (handSize > queues) errors.push(invalid(at, handSize, `should not be greater than queues (${queues})`));
  else if (Math.ceil(Math.log2(queues) * handSize) > MAX_ENTROPY) errors.push(invalid(at, handSize, `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_ENTROPY}`));
}
