/** Validation of namespaces, events and endpoints, and of leases and endpoint slices. Follows kubernetes pkg/apis/core/validation/{validation,events}.go and pkg/apis/coordination, discovery. */
import type { Endpoints, EndpointSlice, Event, Lease, Namespace } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { PROTOCOLS } from './containers.ts';
import { duplicate, invalid, notSupported, Path, required, tooMany, type FieldError } from './field.ts';
import { checkDnsLabel, checkDnsSubdomain, checkEndpointIp, checkIp, checkQualifiedName, portNumberErrors } from './formats.ts';
import { checkFinalizerName, checkImmutable } from './metadata.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');

export function validateNamespace(namespace: Namespace): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of namespace.spec?.finalizers ?? []) checkFinalizerName(name, SPEC.child('finalizers'), errors);
  return errors;
}

export function validateNamespaceStatusUpdate(namespace: Namespace): FieldError[] {
  const phase = namespace.status?.phase ?? '';
  const path = STATUS.child('Phase');
  if (namespace.metadata?.deletionTimestamp === undefined) return phase === 'Active' ? [] : [invalid(path, phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  return phase === 'Terminating' ? [] : [invalid(path, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
}

export function validateEndpoints(endpoints: Endpoints): FieldError[] {
  const errors: FieldError[] = [];
  (endpoints.subsets ?? []).forEach((subset, i) => {
    const path = Path.of('subsets').index(i);
    if (!subset.addresses?.length && !subset.notReadyAddresses?.length) errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
    for (const list of ['addresses', 'notReadyAddresses'] as const)
      (subset[list] ?? []).forEach((address, j) => {
        const at = path.child(list).index(j);
        checkIp(address.ip ?? '', at.child('ip'), errors);
        if (address.hostname) checkDnsLabel(address.hostname, at.child('hostname'), errors);
        if (address.nodeName !== undefined) checkDnsSubdomain(address.nodeName, at.child('nodeName'), errors);
        checkEndpointIp(address.ip ?? '', at.child('ip'), errors);
      });
    const ports = subset.ports ?? [];
    ports.forEach((port, j) => {
      const at = path.child('ports').index(j);
      if (port.name) checkDnsLabel(port.name, at.child('name'), errors);
      else if (ports.length > 1) errors.push(required(at.child('name')));
      for (const text of portNumberErrors(port.port ?? 0)) errors.push(invalid(at.child('port'), port.port ?? 0, text));
      if (!port.protocol) errors.push(required(at.child('protocol')));
      else if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(at.child('protocol'), port.protocol, PROTOCOLS));
      if (port.appProtocol !== undefined) checkQualifiedName(port.appProtocol, at.child('appProtocol'), errors);
    });
  });
  return errors;
}

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;

export function validateEndpointSlice(slice: EndpointSlice): FieldError[] {
  const errors: FieldError[] = [];
  const type = slice.addressType ?? '';
  if (!type) errors.push(required('addressType'));
  else if (!ADDRESS_TYPES.includes(type)) errors.push(notSupported('addressType', type, ADDRESS_TYPES));
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > MAX_ENDPOINTS) return [...errors, tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  endpoints.forEach((endpoint, i) => {
    const at = Path.of('endpoints').index(i);
    const addresses = endpoint.addresses ?? [];
    if (!addresses.length) errors.push(required(at.child('addresses'), 'must contain at least 1 address'));
    else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(at.child('addresses'), addresses.length, MAX_ADDRESSES));
    addresses.forEach((address, j) => {
      const addressPath = at.child('addresses').index(j);
      if (type === 'FQDN') checkDnsSubdomain(address, addressPath, errors);
      else if (type === 'IPv4' || type === 'IPv6') {
        checkIp(address, addressPath, errors);
        checkEndpointIp(address, addressPath, errors);
      }
    });
    if (endpoint.nodeName !== undefined) checkDnsSubdomain(endpoint.nodeName, at.child('nodeName'), errors);
    if (endpoint.hostname !== undefined) checkDnsLabel(endpoint.hostname, at.child('hostname'), errors);
  });
  const names = new Set<string>();
  (slice.ports ?? []).forEach((port, i) => {
    const at = Path.of('ports').index(i);
    const name = port.name ?? '';
    if (name) checkDnsLabel(name, at.child('name'), errors);
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
    if (port.protocol !== undefined && !PROTOCOLS.includes(port.protocol)) errors.push(notSupported(at.child('protocol'), port.protocol, PROTOCOLS));
  });
  return errors;
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: EndpointSlice): FieldError[] {
  if (equal(slice.endpoints, old.endpoints) && equal(slice.ports, old.ports) && slice.addressType === old.addressType) return [];
  const errors = validateEndpointSlice(slice);
  checkImmutable(slice.addressType, old.addressType, Path.of('addressType'), errors);
  return errors;
}

export function validateLease(lease: Lease): FieldError[] {
  const errors: FieldError[] = [];
  const spec = lease.spec;
  if (spec?.leaseDurationSeconds !== undefined && spec.leaseDurationSeconds <= 0) errors.push(invalid(SPEC.child('leaseDurationSeconds'), spec.leaseDurationSeconds, 'must be greater than 0'));
  if (spec?.leaseTransitions !== undefined && spec.leaseTransitions < 0) errors.push(invalid(SPEC.child('leaseTransitions'), spec.leaseTransitions, 'must be greater than or equal to 0'));
  return errors;
}

const MAX_EVENT_TEXT = 128;
const MAX_NOTE = 1024;
/** Namespaces in which events of cluster-wide objects are. */
const CLUSTER_NAMESPACES = ['default', 'kube-system'];

/** Events of core/v1. Those with an eventTime are of the newer kind, of which more is asked. */
export function validateEvent(event: Event): FieldError[] {
  const errors: FieldError[] = [];
  const namespace = event.metadata?.namespace ?? '';
  const involved = event.involvedObject?.namespace ?? '';
  const mismatch = (): void => void errors.push(invalid('involvedObject.namespace', involved, 'does not match event.namespace'));
  if (event.eventTime === undefined || event.eventTime === null) {
    if (involved === '' ? namespace !== 'default' : namespace !== involved) mismatch();
  } else {
    if (involved === '' && !CLUSTER_NAMESPACES.includes(namespace)) mismatch();
    const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
    if (!reportingComponent) errors.push(required('reportingComponent'));
    checkQualifiedName(reportingComponent, Path.of('reportingComponent'), errors);
    for (const [name, value] of [['reportingInstance', reportingInstance], ['action', action], ['reason', reason]] as const) {
      if (!value) errors.push(required(name));
      if (Buffer.byteLength(value) > MAX_EVENT_TEXT) errors.push(invalid(name, '', `can have at most ${MAX_EVENT_TEXT} characters`));
    }
    if (Buffer.byteLength(message) > MAX_NOTE) errors.push(invalid('message', '', `can have at most ${MAX_NOTE} characters`));
  }
  checkDnsSubdomain(namespace, Path.of('namespace'), errors);
  return errors;
}
