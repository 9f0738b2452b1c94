/** Validation of discovery.k8s.io. Follows kubernetes pkg/apis/discovery/validation/validation.go, v1.33. */
import type { DiscoveryV1EndpointPort, Endpoint, EndpointHints, EndpointSlice } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { PROTOCOLS } from './containers.ts';
import { duplicate, invalid, notSupported, Path, required, tooMany, type FieldError } from './field.ts';
import { checkDnsLabel, checkDnsSubdomain, checkFullyQualifiedDomain, checkEndpointIp, checkIp, checkLabelValue, checkQualifiedName } from './formats.ts';
import { canonicalIpErrors, parseIp } from './ip.ts';
import { checkImmutable, checkLabels } from './metadata.ts';

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_TOPOLOGY = 16;
const MAX_HINTS = 8;

/** `old`: endpoints that have not changed are let be. */
export function validateEndpointSlice(slice: EndpointSlice, old?: EndpointSlice): FieldError[] {
  const errors: FieldError[] = [];
  const type = slice.addressType ?? '';
  if (!type) errors.push(required('addressType'));
  else if (!ADDRESS_TYPES.includes(type)) errors.push(notSupported('addressType', type, ADDRESS_TYPES));
  checkPorts(slice.ports ?? [], Path.of('ports'), errors);
  if (old && equal(old.endpoints, slice.endpoints)) return errors;
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > MAX_ENDPOINTS) errors.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS));
  else endpoints.forEach((endpoint, i) => checkEndpoint(endpoint, type, Path.of('endpoints').index(i), errors));
  return errors;
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: EndpointSlice): FieldError[] {
  const errors = validateEndpointSlice(slice, old);
  checkImmutable(slice.addressType, old.addressType, Path.of('addressType'), errors);
  return errors;
}

function checkEndpoint(endpoint: Endpoint, type: string, path: Path, errors: FieldError[]): void {
  const { addresses = [], nodeName, hostname, hints, deprecatedTopology = {} } = endpoint;
  const at = path.child('addresses');
  if (addresses.length === 0) errors.push(required(at, 'must contain at least 1 address'));
  else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(at, addresses.length, MAX_ADDRESSES));
  addresses.forEach((address, i) => checkAddress(address, type, at, at.index(i), errors));
  if (nodeName !== undefined) checkDnsSubdomain(nodeName, path.child('nodeName'), errors);
  const topology = Object.keys(deprecatedTopology).length;
  if (topology > MAX_TOPOLOGY) errors.push(tooMany(path.child('deprecatedTopology'), topology, MAX_TOPOLOGY));
  checkLabels(deprecatedTopology, path.child('deprecatedTopology'), errors);
  if (hostname !== undefined) checkDnsLabel(hostname, path.child('hostname'), errors);
  if (hints) checkHints(hints, path.child('hints'), errors);
}

function checkAddress(address: string, type: string, list: Path, path: Path, errors: FieldError[]): void {
  if (type === 'FQDN') return checkFullyQualifiedDomain(address, path, errors);
  if (type !== 'IPv4' && type !== 'IPv6') return;
  const before = errors.length;
  if (type === 'IPv4') checkIp(address, path, errors);
  else for (const text of canonicalIpErrors(address)) errors.push(invalid(path, address, text));
  if (errors.length > before) return;
  if (parseIp(address)?.length !== (type === 'IPv4' ? 4 : 16)) errors.push(invalid(list, address, `must be an ${type} address`));
  checkEndpointIp(address, path, errors);
}

function checkPorts(ports: readonly DiscoveryV1EndpointPort[], path: Path, errors: FieldError[]): void {
  if (ports.length > MAX_PORTS) {
    errors.push(tooMany(path, ports.length, MAX_PORTS));
    return;
  }
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol, appProtocol }, i) => {
    const at = path.index(i);
    if (name) checkDnsLabel(name, at.child('name'), errors);
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
    if (protocol === undefined) errors.push(required(at.child('protocol')));
    else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(at.child('protocol'), protocol, [...PROTOCOLS].sort()));
    if (appProtocol !== undefined) checkQualifiedName(appProtocol, at.child('appProtocol'), errors);
  });
}

function checkHints({ forZones = [] }: EndpointHints, path: Path, errors: FieldError[]): void {
  const at = path.child('forZones');
  if (forZones.length > MAX_HINTS) {
    errors.push(tooMany(at, forZones.length, MAX_HINTS));
    return;
  }
  const names = new Set<string>();
  forZones.forEach(({ name }, i) => {
    const zone = at.index(i).child('name');
    if (names.has(name)) errors.push(duplicate(zone, name));
    names.add(name);
    checkLabelValue(name, zone, errors);
  });
}
