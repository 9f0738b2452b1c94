/** Validation of networking.k8s.io. Follows kubernetes pkg/apis/networking/validation/validation.go, v1.33. */
import type { Ingress, IngressBackend, IngressClass, IPAddress, IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, ParentReference, ServiceCIDR } from '../../api/generated/types.ts';
import { dns1123SubdomainErrors } from '../../api/names.ts';
import { goQuote } from '../../api/quote.ts';
import { PROTOCOLS } from './containers.ts';
import { forbidden, invalid, notSupported, Path, required, tooLong, type FieldError } from './field.ts';
import { checkCidr, checkDnsLabel, checkDnsSubdomain, checkIp, checkPort, isCidr, nameIsDns1035Label, nameIsDnsSubdomain, nameIsPathSegment, portNameErrors, portNumberErrors, wildcardSubdomainErrors, type NameCheck } from './formats.ts';
import { goSlice, goStrings, GoValue } from './go-value.ts';
import { canonicalCidrErrors, canonicalIpErrors, isStrictSubset, parseIp } from './ip.ts';
import { checkImmutable, checkLabelSelector, IMMUTABLE_TEXT } from './metadata.ts';

const SPEC = Path.of('spec');
const HTTP_PATH_TEXT = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const HTTP_PATH = new RegExp(`^${HTTP_PATH_TEXT}$`);

function checkBackend(backend: IngressBackend | undefined, path: Path, errors: FieldError[]): void {
  if (!backend) return;
  const { service, resource } = backend;
  if (resource && service) errors.push(invalid(path, '', 'cannot set both resource and service backends'));
  else if (resource) {
    checkTypedReference(resource, path.child('resource'), errors);
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
  } else errors.push(invalid(path, '', 'resource or service backend is required'));
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const BAD_PATH_PARTS = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_PATH_ENDS = ['/..', '/.'];

/** The class may be named in the old way too, if it is the same. */
export function validateIngressCreate(ingress: Ingress): FieldError[] {
  const errors = validateIngress(ingress);
  const annotated = ingress.metadata?.annotations?.[CLASS_ANNOTATION];
  const named = ingress.spec?.ingressClassName;
  if (annotated !== undefined && named !== undefined && annotated !== named) errors.push(invalid(Path.of('annotations').child(CLASS_ANNOTATION), annotated, 'must match `ingressClassName` when both are specified'));
  return errors;
}

/** `old`: faults that it has already are let be. */
export function validateIngress(ingress: Ingress, old?: Ingress): FieldError[] {
  const errors: FieldError[] = [];
  const spec = ingress.spec ?? {};
  const badSecrets = (old?.spec?.tls ?? []).some(({ secretName }) => secretName && nameIsDnsSubdomain(secretName, false).length > 0);
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
      if (item.pathType === undefined) {
        errors.push(required(pathPath.child('pathType'), 'pathType must be specified'));
        return;
      }
      if (item.pathType === 'Exact' || item.pathType === 'Prefix') {
        if (!text.startsWith('/')) errors.push(invalid(pathPath.child('path'), text, 'must be an absolute path'));
        for (const part of BAD_PATH_PARTS) if (text.includes(part)) errors.push(invalid(pathPath.child('path'), text, `must not contain '${part}'`));
        for (const end of BAD_PATH_ENDS) if (text.endsWith(end)) errors.push(invalid(pathPath.child('path'), text, `cannot end with '${end}'`));
      } else if (item.pathType === 'ImplementationSpecific') {
        if (text && !text.startsWith('/')) errors.push(invalid(pathPath.child('path'), text, 'must be an absolute path'));
      } else errors.push(notSupported(pathPath.child('pathType'), item.pathType, PATH_TYPES));
      checkBackend(item.backend ?? {}, pathPath.child('backend'), errors);
    });
  });
  (spec.tls ?? []).forEach((tls, i) => {
    const at = SPEC.child('tls').index(i);
    (tls.hosts ?? []).forEach((host, j) => checkHost(host, at.child('hosts').index(j), errors, false));
    if (tls.secretName && !badSecrets) checkDnsSubdomain(tls.secretName, at.child('secretName'), errors);
  });
  if (spec.ingressClassName !== undefined) checkDnsSubdomain(spec.ingressClassName, SPEC.child('ingressClassName'), errors);
  return errors;
}

export function validateIngressStatus(ingress: Ingress): FieldError[] {
  const errors: FieldError[] = [];
  (ingress.status?.loadBalancer?.ingress ?? []).forEach(({ ip, hostname }, i) => {
    const at = Path.of('status', 'loadBalancer', 'ingress').index(i);
    if (ip) checkIp(ip, at.child('ip'), errors);
    if (!hostname) return;
    checkDnsSubdomain(hostname, at.child('hostname'), errors);
    if (parseIp(hostname)) errors.push(invalid(at.child('hostname'), hostname, 'must be a DNS name, not an IP address'));
  });
  return errors;
}

function checkHost(host: string, path: Path, errors: FieldError[], refuseIp = true): void {
  if (refuseIp && parseIp(host)) errors.push(invalid(path, host, 'must be a DNS name, not an IP address'));
  if (host.includes('*')) for (const text of wildcardSubdomainErrors(host)) errors.push(invalid(path, host, text));
  else checkDnsSubdomain(host, path, errors);
}

/** "example.com/name" (validation.IsDomainPrefixedPath). */
function checkDomainPrefixedPath(value: string, path: Path, errors: FieldError[]): void {
  if (!value) {
    errors.push(required(path));
    return;
  }
  const slash = value.indexOf('/');
  const [domain, rest] = [value.slice(0, slash), value.slice(slash + 1)];
  if (slash <= 0 || rest === '') {
    errors.push(invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    return;
  }
  for (const text of dns1123SubdomainErrors(domain)) errors.push(invalid(path, domain, text));
  if (!HTTP_PATH.test(rest)) errors.push(invalid(path, rest, `Invalid path (regex used for validation is '${HTTP_PATH_TEXT}')`));
}

function checkPathSegment(value: string, path: Path, errors: FieldError[]): void {
  if (!value) errors.push(required(path));
  else for (const text of nameIsPathSegment(value, false)) errors.push(invalid(path, value, text));
}

function checkTypedReference({ apiGroup, kind, name }: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string }, path: Path, errors: FieldError[]): void {
  if (apiGroup !== undefined) checkDnsSubdomain(apiGroup, path.child('apiGroup'), errors);
  checkPathSegment(kind ?? '', path.child('kind'), errors);
  checkPathSegment(name ?? '', path.child('name'), errors);
}

const MAX_CONTROLLER_LENGTH = 250;

export function validateIngressClass(ingressClass: IngressClass): FieldError[] {
  const errors: FieldError[] = [];
  const controller = ingressClass.spec?.controller ?? '';
  if (controller.length > MAX_CONTROLLER_LENGTH) errors.push(tooLong(SPEC.child('controller'), MAX_CONTROLLER_LENGTH));
  checkDomainPrefixedPath(controller, SPEC.child('controller'), errors);
  const parameters = ingressClass.spec?.parameters;
  if (!parameters) return errors;
  const path = SPEC.child('parameters');
  checkTypedReference(parameters, path, errors);
  const { scope, namespace } = parameters;
  if (scope === undefined) errors.push(required(path.child('scope')));
  else if (scope !== 'Cluster' && scope !== 'Namespace') errors.push(notSupported(path.child('scope'), scope, ['Cluster', 'Namespace']));
  else if (scope === 'Namespace') {
    if (namespace === undefined) errors.push(required(path.child('namespace'), "`parameters.scope` is set to 'Namespace'"));
    else checkDnsLabel(namespace, path.child('namespace'), errors);
  } else if (namespace !== undefined) errors.push(forbidden(path.child('namespace'), "`parameters.scope` is set to 'Cluster'"));
  return errors;
}

export function validateIngressClassUpdate(ingressClass: IngressClass, old: IngressClass): FieldError[] {
  const errors: FieldError[] = [];
  checkImmutable(ingressClass.spec?.controller, old.spec?.controller, SPEC.child('controller'), errors);
  return [...errors, ...validateIngressClass(ingressClass)];
}

function checkPolicyPort(port: NetworkPolicyPort, path: Path, errors: FieldError[]): void {
  if (port.protocol !== undefined && !PROTOCOLS.includes(port.protocol)) errors.push(notSupported(path.child('protocol'), port.protocol, ['TCP', 'UDP', 'SCTP']));
  if (port.port !== undefined) {
    if (typeof port.port === 'string' && port.endPort !== undefined) errors.push(invalid(path.child('endPort'), port.endPort, 'may not be specified when `port` is non-numeric'));
    checkPort(port.port, path.child('port'), errors);
    if (typeof port.port === 'number' && port.endPort !== undefined) {
      if (port.endPort < port.port) errors.push(invalid(path.child('endPort'), port.port, 'must be greater than or equal to `port`'));
      for (const text of portNumberErrors(port.endPort)) errors.push(invalid(path.child('endPort'), port.endPort, text));
    }
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
    else if (!isStrictSubset(except, block.cidr)) errors.push(invalid(at, except, 'must be a strict subset of `cidr`'));
  });
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
    count++;
    checkIpBlock(peer.ipBlock, path.child('ipBlock'), errors);
  }
  if (count === 0) errors.push(required(path, 'must specify a peer'));
  else if (count > 1 && peer.ipBlock) errors.push(forbidden(path, 'may not specify both ipBlock and another peer'));
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
  if (types.length > 2) errors.push(invalid(SPEC.child('policyTypes'), new GoValue(goSlice('networking.PolicyType', types, goQuote)), 'may not specify more than two policyTypes'));
  else
    types.forEach((type, i) => {
      if (type !== 'Ingress' && type !== 'Egress') errors.push(notSupported(SPEC.child('policyTypes').index(i), type, ['Ingress', 'Egress']));
    });
  return errors;
}

/** IPAddress objects are called by the address that they stand for, in canonical form. */
export const ipAddressName: NameCheck = (name) => canonicalIpErrors(name);

function checkParent(parent: ParentReference | undefined, errors: FieldError[]): void {
  const path = SPEC.child('parentRef');
  if (!parent) {
    errors.push(required(path));
    return;
  }
  if (parent.group) checkDnsSubdomain(parent.group, path.child('group'), errors);
  checkPathSegment(parent.resource ?? '', path.child('resource'), errors);
  checkPathSegment(parent.name ?? '', path.child('name'), errors);
  if (parent.namespace) checkPathSegment(parent.namespace, path.child('namespace'), errors);
}

export function validateIpAddress(address: IPAddress): FieldError[] {
  const errors: FieldError[] = [];
  checkParent(address.spec?.parentRef, errors);
  return errors;
}

export function validateIpAddressUpdate(address: IPAddress, old: IPAddress): FieldError[] {
  const errors = validateIpAddress(address);
  const { group = '', resource = '', namespace = '', name = '' } = address.spec?.parentRef ?? {};
  const shown = new GoValue(`networking.ParentReference{Group:${goQuote(group)}, Resource:${goQuote(resource)}, Namespace:${goQuote(namespace)}, Name:${goQuote(name)}}`);
  checkImmutable(address.spec?.parentRef, old.spec?.parentRef, SPEC.child('parentRef'), errors, shown);
  return errors;
}

const CIDRS = SPEC.child('cidrs');

export function validateServiceCidr(serviceCidr: ServiceCIDR): FieldError[] {
  const cidrs = serviceCidr.spec?.cidrs ?? [];
  if (cidrs.length === 0) return [required(CIDRS, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(CIDRS, new GoValue(`networking.ServiceCIDRSpec{CIDRs:${goStrings(cidrs)}}`), 'may only hold up to 2 values')];
  const errors: FieldError[] = [];
  cidrs.forEach((cidr, i) => {
    for (const text of canonicalCidrErrors(cidr)) errors.push(invalid(CIDRS.index(i), cidr, text));
  });
  const [first = '', second = ''] = cidrs;
  if (isCidr(first) && isCidr(second) && first.includes(':') === second.includes(':')) errors.push(invalid(CIDRS, new GoValue(goStrings(cidrs)), 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'));
  return errors;
}

/** A second range of the other family may be added; nothing else changes. */
export function validateServiceCidrUpdate(serviceCidr: ServiceCIDR, old: ServiceCIDR): FieldError[] {
  const cidrs = serviceCidr.spec?.cidrs ?? [];
  const before = old.spec?.cidrs ?? [];
  const changed = before.flatMap((cidr, i) => (cidr === cidrs[i] ? [] : [invalid(CIDRS.index(i), cidrs[i], IMMUTABLE_TEXT)]));
  if (before.length === cidrs.length) return changed;
  if (before.length === 1 && cidrs.length === 2) return [...changed, ...validateServiceCidr(serviceCidr)];
  return [invalid(CIDRS, new GoValue(goStrings(cidrs)), IMMUTABLE_TEXT)];
}
