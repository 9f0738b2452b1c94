/** Validation of namespaces, events, endpoints and leases. Follows kubernetes pkg/apis/core/validation/{validation,events}.go and pkg/apis/coordination. */
import type { Endpoints, Event, Lease, Namespace } from '../../api/generated/types.ts';
import { PROTOCOLS } from './containers.ts';
import { invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkDnsLabel, checkDnsSubdomain, checkEndpointIp, checkIp, checkQualifiedName, portNumberErrors } from './formats.ts';
import { checkFinalizerName } from './metadata.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');

export function validateNamespace(namespace: Namespace): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of namespace.spec?.finalizers ?? []) checkFinalizerName(name, SPEC.child('finalizers'), errors);
  return errors;
}

/** What namespaces/finalize writes. */
export function validateNamespaceFinalizers(namespace: Namespace): FieldError[] {
  const errors: FieldError[] = [];
  (namespace.spec?.finalizers ?? []).forEach((name, i) => checkFinalizerName(name, SPEC.child('finalizers').index(i), errors));
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
