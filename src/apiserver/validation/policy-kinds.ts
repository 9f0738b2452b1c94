/** Validation of the groups around workloads: networking, policy, autoscaling, rbac, scheduling, storage. Follows kubernetes pkg/apis/<group>/validation/validation.go. */
import type { ClusterRole, ClusterRoleBinding, HorizontalPodAutoscaler, Ingress, IngressBackend, IngressClass, IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, PodDisruptionBudget, PolicyRule, PriorityClass, RbacV1Subject, Role, RoleBinding, RoleRef, StorageClass, V2HorizontalPodAutoscaler, V2MetricTarget } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { PROTOCOLS } from './containers.ts';
import { forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkCidr, checkDnsSubdomain, checkNonnegative, checkPort, checkQualifiedName, isCidr, nameIsDns1035Label, nameIsPathSegment, percentErrors, portNameErrors, portNumberErrors, wildcardSubdomainErrors } from './formats.ts';
import { goIntOrString, goStrings, goSyntax, GoValue } from './go-value.ts';
import { checkImmutable, checkLabelSelector, IMMUTABLE_TEXT } from './metadata.ts';
import { quantityOf } from './resources.ts';

const SPEC = Path.of('spec');
const RBAC_GROUP = 'rbac.authorization.k8s.io';

/* networking.k8s.io */

function checkBackend(backend: IngressBackend | undefined, path: Path, errors: FieldError[]): void {
  if (!backend) return;
  const { service, resource } = backend;
  if (resource && service) errors.push(invalid(path, '', 'cannot set both resource and service backends'));
  else if (resource) {
    if (!resource.kind) errors.push(required(path.child('resource', 'kind')));
    if (!resource.name) errors.push(required(path.child('resource', 'name')));
  } else if (service) {
    const at = path.child('service');
    if (!service.name) errors.push(required(at.child('name')));
    else for (const text of nameIsDns1035Label(service.name, false)) errors.push(invalid(at.child('name'), service.name, text));
    const name = service.port?.name;
    const number = service.port?.number;
    if (name && number) errors.push(invalid(path, '', 'cannot set both port name & port number'));
    else if (name) for (const text of portNameErrors(name)) errors.push(invalid(at.child('port', 'name'), name, text));
    else if (number) for (const text of portNumberErrors(number)) errors.push(invalid(at.child('port', 'number'), number, text));
    else errors.push(required(path, 'port name or number is required'));
  } else errors.push(required(path, 'either a service or resource backend is required'));
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const BAD_PATH_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_PATH_ENDS = ['/..', '/.'];

export function validateIngress(ingress: Ingress): FieldError[] {
  const errors: FieldError[] = [];
  const spec = ingress.spec ?? {};
  const old = ingress.metadata?.annotations?.['kubernetes.io/ingress.class'];
  if (old !== undefined && spec.ingressClassName !== undefined) errors.push(invalid(Path.of('annotations').child('kubernetes.io/ingress.class'), old, 'can not be set when the class field is also set'));
  if (!spec.rules?.length && !spec.defaultBackend) errors.push(invalid(SPEC, new GoValue('[]networking.IngressRule(nil)'), 'either `defaultBackend` or `rules` must be specified'));
  checkBackend(spec.defaultBackend, SPEC.child('defaultBackend'), errors);
  (spec.rules ?? []).forEach((rule, i) => {
    const at = SPEC.child('rules').index(i);
    if (rule.host) checkHost(rule.host, at.child('host'), errors);
    if (!rule.http) return;
    const paths = rule.http.paths ?? [];
    if (!paths.length) errors.push(required(at.child('http', 'paths')));
    paths.forEach((item, j) => {
      const pathPath = at.child('http', 'paths').index(j);
      const text = item.path ?? '';
      if (item.pathType === undefined) errors.push(required(pathPath.child('pathType'), 'pathType must be specified'));
      else if (item.pathType === 'Exact' || item.pathType === 'Prefix') {
        if (!text.startsWith('/')) errors.push(invalid(pathPath.child('path'), text, 'must be an absolute path'));
        for (const part of BAD_PATH_PARTS) if (text.includes(part)) errors.push(invalid(pathPath.child('path'), text, `must not contain '${part}'`));
        for (const end of BAD_PATH_ENDS) if (text.endsWith(end)) errors.push(invalid(pathPath.child('path'), text, `cannot end with '${end}'`));
      } else if (item.pathType === 'ImplementationSpecific') {
        if (text && !text.startsWith('/')) errors.push(invalid(pathPath.child('path'), text, 'must be an absolute path'));
      } else errors.push(notSupported(pathPath.child('pathType'), item.pathType, PATH_TYPES));
      checkBackend(item.backend ?? {}, pathPath.child('backend'), errors);
    });
  });
  (spec.tls ?? []).forEach((tls, i) => (tls.hosts ?? []).forEach((host, j) => checkHost(host, SPEC.child('tls').index(i).child('hosts').index(j), errors, false)));
  if (spec.ingressClassName !== undefined) checkDnsSubdomain(spec.ingressClassName, SPEC.child('ingressClassName'), errors);
  return errors;
}

function checkHost(host: string, path: Path, errors: FieldError[], refuseIp = true): void {
  if (refuseIp && /^(\d+\.){3}\d+$/.test(host)) errors.push(invalid(path, host, 'must be a DNS name, not an IP address'));
  if (host.includes('*')) for (const text of wildcardSubdomainErrors(host)) errors.push(invalid(path, host, text));
  else checkDnsSubdomain(host, path, errors);
}

export function validateIngressClass(ingressClass: IngressClass): FieldError[] {
  const errors: FieldError[] = [];
  const controller = ingressClass.spec?.controller ?? '';
  const path = SPEC.child('controller');
  if (!controller) errors.push(required(path));
  else {
    const slash = controller.indexOf('/');
    if (slash <= 0 || slash === controller.length - 1) errors.push(invalid(path, controller, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    else checkDnsSubdomain(controller.slice(0, slash), path, errors);
  }
  return errors;
}

export function validateIngressClassUpdate(ingressClass: IngressClass, old: IngressClass): FieldError[] {
  const errors: FieldError[] = [];
  checkImmutable(ingressClass.spec?.controller, old.spec?.controller, SPEC.child('controller'), errors);
  return [...errors, ...validateIngressClass(ingressClass)];
}

function checkPolicyPort(port: NetworkPolicyPort, path: Path, errors: FieldError[]): void {
  if (port.protocol !== undefined && !PROTOCOLS.includes(port.protocol)) errors.push(notSupported(path.child('protocol'), port.protocol, PROTOCOLS));
  if (port.port !== undefined) {
    checkPort(port.port, path.child('port'), errors);
    if (typeof port.port === 'number' && port.endPort !== undefined) {
      if (port.endPort < port.port) errors.push(invalid(path.child('endPort'), port.port, 'must be greater than or equal to `port`'));
      for (const text of portNumberErrors(port.endPort)) errors.push(invalid(path.child('endPort'), port.endPort, text));
    }
    if (typeof port.port === 'string' && port.endPort !== undefined) errors.push(invalid(path.child('endPort'), port.endPort, 'may not be specified when `port` is non-numeric'));
  } else if (port.endPort !== undefined) errors.push(invalid(path.child('endPort'), port.endPort, 'may not be specified when `port` is not specified'));
}

function checkIpBlock(block: IPBlock, path: Path, errors: FieldError[]): void {
  if (!block.cidr) {
    errors.push(required(path.child('cidr')));
    return;
  }
  const before = errors.length;
  checkCidr(block.cidr, path.child('cidr'), errors);
  if (errors.length > before) return;
  (block.except ?? []).forEach((except, i) => {
    const at = path.child('except').index(i);
    if (!isCidr(except)) checkCidr(except, at, errors);
    else if (!contains(block.cidr, except)) errors.push(invalid(at, except, 'must be a strict subset of `cidr`'));
  });
}

/** Whether an IPv4 range holds another strictly; ranges of IPv6 are compared by their prefix lengths alone. */
function contains(outer: string, inner: string): boolean {
  const parse = (cidr: string): [number | undefined, number] => {
    const [address = '', bits = '0'] = cidr.split('/');
    const parts = address.split('.');
    return [parts.length === 4 ? parts.reduce((sum, part) => sum * 256 + Number(part), 0) : undefined, Number(bits)];
  };
  const [outerAddress, outerBits] = parse(outer);
  const [innerAddress, innerBits] = parse(inner);
  if (innerBits <= outerBits) return false;
  if (outerAddress === undefined || innerAddress === undefined) return outerAddress === innerAddress;
  const size = 2 ** (32 - outerBits);
  return Math.floor(outerAddress / size) === Math.floor(innerAddress / size);
}

function checkPeer(peer: NetworkPolicyPeer, path: Path, errors: FieldError[]): void {
  let count = 0;
  if (peer.podSelector) {
    count++;
    checkLabelSelector(peer.podSelector, path.child('podSelector'), errors);
  }
  if (peer.namespaceSelector) {
    count++;
    checkLabelSelector(peer.namespaceSelector, path.child('namespaceSelector'), errors);
  }
  if (peer.ipBlock) {
    checkIpBlock(peer.ipBlock, path.child('ipBlock'), errors);
    if (count > 0) errors.push(forbidden(path, 'may not specify both ipBlock and another peer'));
    count++;
  }
  if (count === 0) errors.push(required(path, 'must specify a peer'));
}

export function validateNetworkPolicy(policy: NetworkPolicy): FieldError[] {
  const errors: FieldError[] = [];
  const spec = policy.spec;
  checkLabelSelector(spec?.podSelector, SPEC.child('podSelector'), errors);
  (spec?.ingress ?? []).forEach((rule, i) => {
    const at = SPEC.child('ingress').index(i);
    (rule.ports ?? []).forEach((port, j) => checkPolicyPort(port, at.child('ports').index(j), errors));
    (rule.from ?? []).forEach((peer, j) => checkPeer(peer, at.child('from').index(j), errors));
  });
  (spec?.egress ?? []).forEach((rule, i) => {
    const at = SPEC.child('egress').index(i);
    (rule.ports ?? []).forEach((port, j) => checkPolicyPort(port, at.child('ports').index(j), errors));
    (rule.to ?? []).forEach((peer, j) => checkPeer(peer, at.child('to').index(j), errors));
  });
  const types = spec?.policyTypes ?? [];
  if (types.length > 2) errors.push(invalid(SPEC.child('policyTypes'), new GoValue(goStrings(types).replace('[]string', '[]networking.PolicyType')), 'may not specify more than two policyTypes'));
  else
    types.forEach((type, i) => {
      if (type !== 'Ingress' && type !== 'Egress') errors.push(notSupported(SPEC.child('policyTypes').index(i), type, ['Egress', 'Ingress']));
    });
  return errors;
}

/* policy */

export function validatePodDisruptionBudget(budget: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  const spec = budget.spec ?? {};
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
    errors.push(invalid(SPEC, new GoValue(`policy.PodDisruptionBudgetSpec${goSyntax(spec)}`), 'minAvailable and maxUnavailable cannot be both set'));
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[name];
    if (value === undefined) continue;
    const at = SPEC.child(name);
    if (typeof value === 'string') {
      for (const text of percentErrors(value)) errors.push(invalid(at, goIntOrString(value), text));
      if (/^\d+%$/.test(value) && Number.parseInt(value, 10) > 100) errors.push(invalid(at, goIntOrString(value), 'must not be greater than 100%'));
    } else checkNonnegative(value, at, errors);
  }
  checkLabelSelector(spec.selector, SPEC.child('selector'), errors);
  const eviction = spec.unhealthyPodEvictionPolicy;
  if (eviction !== undefined && eviction !== 'IfHealthyBudget' && eviction !== 'AlwaysAllow') errors.push(notSupported(SPEC.child('unhealthyPodEvictionPolicy'), eviction, ['AlwaysAllow', 'IfHealthyBudget']));
  return errors;
}

/* autoscaling */

function checkScale(spec: { readonly minReplicas?: number; readonly maxReplicas?: number; readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string } }, errors: FieldError[]): void {
  const { minReplicas, maxReplicas = 0, scaleTargetRef } = spec;
  if (minReplicas !== undefined && minReplicas < 1) errors.push(invalid(SPEC.child('minReplicas'), minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalid(SPEC.child('maxReplicas'), maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) errors.push(invalid(SPEC.child('maxReplicas'), maxReplicas, 'must be greater than or equal to `minReplicas`'));
  for (const name of ['kind', 'name'] as const) {
    const value = scaleTargetRef?.[name];
    if (!value) errors.push(required(SPEC.child('scaleTargetRef', name)));
    else for (const text of nameIsPathSegment(value, false)) errors.push(invalid(SPEC.child('scaleTargetRef', name), value, text));
  }
}

export function validateAutoscalerV1(autoscaler: HorizontalPodAutoscaler): FieldError[] {
  const errors: FieldError[] = [];
  checkScale(autoscaler.spec ?? {}, errors);
  const target = autoscaler.spec?.targetCPUUtilizationPercentage;
  if (target !== undefined && target < 1) errors.push(invalid(SPEC.child('metrics').index(0).child('resource', 'target', 'averageUtilization'), target, 'must be greater than 0'));
  return errors;
}

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

function checkTarget(target: V2MetricTarget | undefined, path: Path, errors: FieldError[]): void {
  if (!target?.type) errors.push(required(path.child('type'), 'must specify a metric target type'));
  else if (!['Utilization', 'Value', 'AverageValue'].includes(target.type)) errors.push(invalid(path.child('type'), target.type, 'must be either Utilization, Value, or AverageValue'));
  if (target?.value !== undefined && quantityOf(target.value).nano <= 0n) errors.push(invalid(path.child('value'), new GoValue(quantityOf(target.value).toString()), 'must be positive'));
  if (target?.averageValue !== undefined && quantityOf(target.averageValue).nano <= 0n) errors.push(invalid(path.child('averageValue'), new GoValue(quantityOf(target.averageValue).toString()), 'must be positive'));
  if (target?.averageUtilization !== undefined && target.averageUtilization < 1) errors.push(invalid(path.child('averageUtilization'), target.averageUtilization, 'must be greater than 0'));
}

export function validateAutoscaler(autoscaler: V2HorizontalPodAutoscaler): FieldError[] {
  const errors: FieldError[] = [];
  const spec = autoscaler.spec;
  checkScale(spec ?? {}, errors);
  (spec?.metrics ?? []).forEach((metric, i) => {
    const at = SPEC.child('metrics').index(i);
    if (!metric.type) errors.push(required(at.child('type'), 'must specify a metric source type'));
    else if (!METRIC_TYPES.includes(metric.type)) errors.push(notSupported(at.child('type'), metric.type, METRIC_TYPES));
    if (metric.resource) {
      if (!metric.resource.name) errors.push(required(at.child('resource', 'name'), 'must specify a resource name'));
      checkTarget(metric.resource.target, at.child('resource', 'target'), errors);
      const target = metric.resource.target;
      if (target && target.averageUtilization === undefined && target.averageValue === undefined) errors.push(required(at.child('resource', 'target', 'averageUtilization'), 'must set either a target raw value or a target utilization'));
      if (target?.averageUtilization !== undefined && target.averageValue !== undefined) errors.push(forbidden(at.child('resource', 'target', 'averageValue'), 'may not set both a target raw value and a target utilization'));
    } else if (metric.type === 'Resource') errors.push(required(at.child('resource'), 'must populate information for the given metric source'));
  });
  return errors;
}

/* rbac.authorization.k8s.io */

function checkRule(rule: PolicyRule, namespaced: boolean, path: Path, errors: FieldError[]): void {
  if (!rule.verbs?.length) errors.push(required(path.child('verbs'), 'verbs must contain at least one value'));
  if (rule.nonResourceURLs?.length) {
    const shown = new GoValue(goStrings(rule.nonResourceURLs));
    if (namespaced) errors.push(invalid(path.child('nonResourceURLs'), shown, 'namespaced rules cannot apply to non-resource URLs'));
    if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length) errors.push(invalid(path.child('nonResourceURLs'), shown, 'rules cannot apply to both regular resources and non-resource URLs'));
    return;
  }
  if (!rule.apiGroups?.length) errors.push(required(path.child('apiGroups'), 'resource rules must supply at least one api group'));
  if (!rule.resources?.length) errors.push(required(path.child('resources'), 'resource rules must supply at least one resource'));
}

export function validateRole(role: Role): FieldError[] {
  const errors: FieldError[] = [];
  (role.rules ?? []).forEach((rule, i) => checkRule(rule, true, Path.of('rules').index(i), errors));
  return errors;
}

export function validateClusterRole(role: ClusterRole): FieldError[] {
  const errors: FieldError[] = [];
  (role.rules ?? []).forEach((rule, i) => checkRule(rule, false, Path.of('rules').index(i), errors));
  if (role.aggregationRule) {
    const path = Path.of('aggregationRule');
    const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
    if (!selectors.length) errors.push(required(path.child('clusterRoleSelectors'), 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
    selectors.forEach((selector, i) => checkLabelSelector(selector, path.child('clusterRoleSelectors').index(i), errors));
  }
  return errors;
}

function checkSubject(subject: RbacV1Subject, namespaced: boolean, path: Path, errors: FieldError[]): void {
  if (!subject.name) errors.push(required(path.child('name')));
  const group = subject.apiGroup ?? '';
  if (subject.kind === 'ServiceAccount') {
    if (subject.name) for (const text of dns1123SubdomainErrors(subject.name)) errors.push(invalid(path.child('name'), subject.name, text));
    if (group) errors.push(notSupported(path.child('apiGroup'), group, ['']));
    if (!namespaced && !subject.namespace) errors.push(required(path.child('namespace')));
  } else if (subject.kind === 'User' || subject.kind === 'Group') {
    if (group !== RBAC_GROUP) errors.push(notSupported(path.child('apiGroup'), group, [RBAC_GROUP]));
  } else errors.push(notSupported(path.child('kind'), subject.kind ?? '', ['ServiceAccount', 'User', 'Group']));
}

function checkRoleRef(ref: RoleRef | undefined, kinds: readonly string[], errors: FieldError[]): void {
  const path = Path.of('roleRef');
  if ((ref?.apiGroup ?? '') !== RBAC_GROUP) errors.push(notSupported(path.child('apiGroup'), ref?.apiGroup ?? '', [RBAC_GROUP]));
  if (!kinds.includes(ref?.kind ?? '')) errors.push(notSupported(path.child('kind'), ref?.kind ?? '', kinds));
  if (!ref?.name) errors.push(required(path.child('name')));
  else for (const text of nameIsPathSegment(ref.name, false)) errors.push(invalid(path.child('name'), ref.name, text));
}

export function validateRoleBinding(binding: RoleBinding): FieldError[] {
  const errors: FieldError[] = [];
  checkRoleRef(binding.roleRef, ['Role', 'ClusterRole'], errors);
  (binding.subjects ?? []).forEach((subject, i) => checkSubject(subject, true, Path.of('subjects').index(i), errors));
  return errors;
}

export function validateClusterRoleBinding(binding: ClusterRoleBinding): FieldError[] {
  const errors: FieldError[] = [];
  checkRoleRef(binding.roleRef, ['ClusterRole'], errors);
  (binding.subjects ?? []).forEach((subject, i) => checkSubject(subject, false, Path.of('subjects').index(i), errors));
  return errors;
}

/** The fault of a binding that would lead to another role. */
export function roleRefChange(now: RoleRef, old: RoleRef): FieldError[] {
  if (equal(now, old)) return [];
  const shown = new GoValue(`rbac.RoleRef{APIGroup:"${now.apiGroup ?? ''}", Kind:"${now.kind ?? ''}", Name:"${now.name ?? ''}"}`);
  return [invalid('roleRef', shown, 'cannot change roleRef')];
}

/* scheduling.k8s.io and storage.k8s.io */

/** The priorities above are the system's own. */
const HIGHEST_USER_PRIORITY = 1000000000;
const SYSTEM_CLASSES: Readonly<Record<string, number>> = { 'system-cluster-critical': 2000000000, 'system-node-critical': 2000001000 };

export function validatePriorityClass(priorityClass: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  const name = priorityClass.metadata?.name ?? '';
  const value = priorityClass.value ?? 0;
  if (name.startsWith('system-')) {
    if (SYSTEM_CLASSES[name] !== value || priorityClass.globalDefault)
      errors.push(forbidden(Path.of('metadata', 'name'), "priority class names with 'system-' prefix are reserved for system use only. error: only system priority classes can have the 'system-' prefix"));
  } else if (value > HIGHEST_USER_PRIORITY) errors.push(forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  const policy = priorityClass.preemptionPolicy;
  if (policy !== undefined && policy !== 'PreemptLowerPriority' && policy !== 'Never') errors.push(notSupported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']));
  return errors;
}

export function validatePriorityClassUpdate(priorityClass: PriorityClass, old: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  if ((priorityClass.value ?? 0) !== (old.value ?? 0)) errors.push(forbidden('value', 'may not be changed in an update.'));
  checkImmutable(priorityClass.preemptionPolicy, old.preemptionPolicy, Path.of('preemptionPolicy'), errors, priorityClass.preemptionPolicy ?? null);
  return errors;
}

export function validateStorageClass(storageClass: StorageClass): FieldError[] {
  const errors: FieldError[] = [];
  const provisioner = Path.of('provisioner');
  if (!storageClass.provisioner) errors.push(required(provisioner));
  else checkQualifiedName(storageClass.provisioner.toLowerCase(), provisioner, errors);
  const reclaim = storageClass.reclaimPolicy;
  if (reclaim && reclaim !== 'Delete' && reclaim !== 'Retain') errors.push(notSupported('reclaimPolicy', reclaim, ['Delete', 'Retain']));
  const mode = storageClass.volumeBindingMode;
  if (mode === undefined) errors.push(required('volumeBindingMode'));
  else if (mode !== 'Immediate' && mode !== 'WaitForFirstConsumer') errors.push(notSupported('volumeBindingMode', mode, ['Immediate', 'WaitForFirstConsumer']));
  return errors;
}

export function validateStorageClassUpdate(storageClass: StorageClass, old: StorageClass): FieldError[] {
  const errors = validateStorageClass(storageClass);
  if (!equal(storageClass.parameters, old.parameters)) errors.push(forbidden('parameters', 'updates to parameters are forbidden.'));
  if (storageClass.provisioner !== old.provisioner) errors.push(forbidden('provisioner', 'updates to provisioner are forbidden.'));
  if (storageClass.reclaimPolicy !== old.reclaimPolicy) errors.push(forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.'));
  if (storageClass.volumeBindingMode !== old.volumeBindingMode) errors.push(invalid('volumeBindingMode', storageClass.volumeBindingMode ?? null, IMMUTABLE_TEXT));
  return errors;
}
