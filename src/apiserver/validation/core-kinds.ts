/** Validation of the core group's smaller kinds. Follows kubernetes pkg/apis/core/validation/{validation,events}.go and pkg/apis/coordination, discovery. */
import type { Endpoints, EndpointSlice, Event, Lease, LimitRange, LimitRangeItem, Namespace, Node, PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec, ResourceQuota } from '../../api/generated/types.ts';
import { draft, equal } from '../../api/json.ts';
import { dns1123SubdomainErrors, labelKeyErrors } from '../../api/names.ts';
import { checkAccessModes, checkClaimSpec, checkStorageSize, VOLUME_MODES } from './claim.ts';
import { PROTOCOLS } from './containers.ts';
import { duplicate, forbidden, invalid, notSupported, Path, required, tooMany, type FieldError } from './field.ts';
import { checkCidr, checkDnsLabel, checkDnsSubdomain, checkIp, checkNonSpecialIp, checkQualifiedName, portNumberErrors } from './formats.ts';
import { goDiff } from './go-diff.ts';
import { goStrings, GoValue } from './go-value.ts';
import { checkFinalizerName, checkImmutable, IMMUTABLE_TEXT } from './metadata.ts';
import { checkContainerResourceName, checkQuotaResourceName, checkResourceName, checkResourceQuantity, isOvercommitAllowed, quantityOf } from './resources.ts';
import { checkNodeSelector, checkTaints } from './scheduling.ts';

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

function checkNodeResources(node: Node, errors: FieldError[]): void {
  for (const list of ['capacity', 'allocatable'] as const)
    for (const [name, amount] of Object.entries(node.status?.[list] ?? {})) checkResourceQuantity(name, quantityOf(amount), STATUS.child(list, name), errors);
}

export function validateNode(node: Node): FieldError[] {
  const errors: FieldError[] = [];
  // Upstream reports taints under metadata.
  checkTaints(node.spec?.taints, Path.of('metadata', 'taints'), errors);
  checkNodeResources(node, errors);
  (node.spec?.podCIDRs ?? []).forEach((cidr, i) => checkCidr(cidr, SPEC.child('podCIDRs').index(i), errors));
  return errors;
}

export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const errors: FieldError[] = [];
  if (!equal(node.status?.capacity, old.status?.capacity) || !equal(node.status?.allocatable, old.status?.allocatable)) checkNodeResources(node, errors);
  const addresses = new Set<string>();
  (node.status?.addresses ?? []).forEach((address, i) => {
    const key = `${address.type}/${address.address}`;
    if (addresses.has(key)) errors.push(duplicate(STATUS.child('addresses').index(i), new GoValue(`core.NodeAddress{Type:"${address.type}", Address:"${address.address}"}`)));
    addresses.add(key);
  });
  if (old.spec?.podCIDRs?.length && !equal(node.spec?.podCIDRs, old.spec.podCIDRs)) errors.push(forbidden(SPEC.child('podCIDRs'), 'node updates may not change podCIDR except from "" to valid'));
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID) errors.push(forbidden(SPEC.child('providerID'), 'node updates may not change providerID except from "" to valid'));
  checkTaints(node.spec?.taints, Path.of('metadata', 'taints'), errors);
  return errors;
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
        checkNonSpecialIp(address.ip ?? '', at.child('ip'), errors);
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
        checkNonSpecialIp(address, addressPath, errors);
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

/** Events of the old kind: their namespace is that of what they tell of. */
export function validateEvent(event: Event): FieldError[] {
  const errors: FieldError[] = [];
  const namespace = event.metadata?.namespace ?? '';
  const involved = event.involvedObject?.namespace ?? '';
  const mismatch = (detail: string): void => void errors.push(invalid('involvedObject.namespace', involved, detail));
  if (involved === '') {
    if (namespace !== 'default' && namespace !== 'kube-system') mismatch('does not match event.namespace');
  } else if (namespace !== involved) mismatch('does not match event.namespace');
  return errors;
}

export function validateResourceQuota(quota: ResourceQuota): FieldError[] {
  const errors: FieldError[] = [];
  const check = (list: Readonly<Record<string, string>> | undefined, path: Path): void => {
    for (const [name, amount] of Object.entries(list ?? {})) {
      checkQuotaResourceName(name, path.key(name), errors);
      checkResourceQuantity(name, quantityOf(amount), path.key(name), errors);
    }
  };
  check(quota.spec?.hard, SPEC.child('hard'));
  const scopes = quota.spec?.scopes ?? [];
  const shown = new GoValue(goStrings(scopes).replace('[]string', '[]core.ResourceQuotaScope'));
  const path = SPEC.child('scopes');
  for (const scope of scopes)
    if (!['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'PriorityClass', 'CrossNamespacePodAffinity'].includes(scope)) errors.push(invalid(path, shown, 'unsupported scope'));
  for (const [one, other] of [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const)
    if (scopes.includes(one) && scopes.includes(other)) errors.push(invalid(path, shown, 'conflicting scopes'));
  check(quota.status?.hard, STATUS.child('hard'));
  check(quota.status?.used, STATUS.child('used'));
  return errors;
}

export function validateResourceQuotaUpdate(quota: ResourceQuota, old: ResourceQuota): FieldError[] {
  const errors = validateResourceQuota(quota);
  const now = [...(quota.spec?.scopes ?? [])].sort();
  if (!equal(now, [...(old.spec?.scopes ?? [])].sort()))
    errors.push(invalid(SPEC.child('scopes'), new GoValue(goStrings(quota.spec?.scopes).replace('[]string', '[]core.ResourceQuotaScope')), IMMUTABLE_TEXT));
  return errors;
}

export function validateLimitRange(limitRange: LimitRange): FieldError[] {
  const errors: FieldError[] = [];
  const types = new Set<string>();
  (limitRange.spec?.limits ?? []).forEach((item, i) => {
    const at = SPEC.child('limits').index(i);
    for (const text of labelKeyErrors(item.type ?? '')) errors.push(invalid(at.child('type'), item.type ?? '', text));
    if (item.type && !item.type.includes('/') && !['Pod', 'Container', 'PersistentVolumeClaim'].includes(item.type)) errors.push(invalid(at.child('type'), item.type, 'must be a standard limit type or fully qualified'));
    if (types.has(item.type)) errors.push(duplicate(at.child('type'), item.type));
    types.add(item.type);
    checkLimits(item, at, errors);
  });
  return errors;
}

function checkLimits(item: LimitRangeItem, at: Path, errors: FieldError[]): void {
  const names = new Set<string>();
  const isPod = item.type === 'Pod';
  for (const list of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const) {
    if (isPod && (list === 'default' || list === 'defaultRequest')) {
      if (Object.keys(item[list] ?? {}).length) errors.push(forbidden(at.child(list), "may not be specified when `type` is 'Pod'"));
      continue;
    }
    for (const name of Object.keys(item[list] ?? {})) {
      if (isPod || item.type === 'Container') checkContainerResourceName(name, at.child(list).key(name), errors);
      else checkResourceName(name, at.child(list).key(name), errors);
      names.add(name);
    }
  }
  if (item.type === 'PersistentVolumeClaim' && item.min?.storage === undefined && item.max?.storage === undefined)
    errors.push(required(at.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'));
  for (const name of names) {
    const of = (list: 'min' | 'max' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio') => (item[list]?.[name] === undefined || (isPod && list.startsWith('default')) ? undefined : quantityOf(item[list]?.[name]));
    const [min, max, limit, request, ratio] = [of('min'), of('max'), of('default'), of('defaultRequest'), of('maxLimitRequestRatio')];
    const fault = (list: string, value: { toString(): string }, detail: string): void => void errors.push(invalid(at.child(list).key(name), new GoValue(value.toString()), detail));
    if (min && max && min.compare(max) > 0) fault('min', min, `min value ${min} is greater than max value ${max}`);
    if (request && min && min.compare(request) > 0) fault('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
    if (request && max && request.compare(max) > 0) fault('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
    if (request && limit && request.compare(limit) > 0) fault('defaultRequest', request, `default request value ${request} is greater than default limit value ${limit}`);
    if (limit && min && min.compare(limit) > 0) fault('default', min, `min value ${min} is greater than default value ${limit}`);
    if (limit && max && limit.compare(max) > 0) fault('default', max, `default value ${limit} is greater than max value ${max}`);
    if (ratio && ratio.nano < 1_000_000_000n) fault('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
    if (ratio && min && max && min.nano > 0n) {
      const bound = Number(max.nano) / Number(min.nano);
      if (Number(ratio.nano) / 1e9 > bound) fault('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${bound.toFixed(6)}`);
    }
    if (!isOvercommitAllowed(name) && limit && request && limit.compare(request) !== 0) fault('defaultRequest', request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`);
  }
}

export function validateClaim(claim: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  checkClaimSpec(claim.spec ?? {}, SPEC, errors);
  return errors;
}

export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const now = claim.spec ?? {};
  const before = old.spec ?? {};
  if (equal(now, before)) return [];
  const errors = validateClaim(claim);
  const munged = draft(now);
  const oldMunged = draft(before);
  if (!before.volumeName) {
    if (munged.volumeName === undefined) delete oldMunged.volumeName;
    else oldMunged.volumeName = munged.volumeName;
  }
  if (before.storageClassName === undefined && now.storageClassName !== undefined) delete munged.storageClassName;
  const oldSize = before.resources?.requests?.storage;
  if (claim.status?.phase === 'Bound' && munged.resources?.requests && oldSize !== undefined) munged.resources.requests.storage = oldSize;
  if (!equal(munged, oldMunged))
    errors.push(forbidden(SPEC, `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${goDiff('core.PersistentVolumeClaimSpec', oldMunged, munged)}`));
  const size = quantityOf(now.resources?.requests?.storage);
  if (size.compare(quantityOf(oldSize)) < 0 && size.compare(quantityOf(old.status?.capacity?.storage)) <= 0)
    errors.push(forbidden(SPEC.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity'));
  checkImmutable(now.volumeMode, before.volumeMode, Path.of('volumeMode'), errors, now.volumeMode ?? null);
  return errors;
}

const PLAIN_FIELDS: ReadonlySet<string> = new Set(['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy', 'storageClassName', 'volumeAttributesClassName', 'volumeMode']);

/** The part of a volume's spec that says where its storage is. */
function volumeSource(spec: PersistentVolumeSpec): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([key, value]) => !PLAIN_FIELDS.has(key) && value !== undefined));
}

export function validatePersistentVolume(volume: PersistentVolume): FieldError[] {
  const errors: FieldError[] = [];
  const spec = volume.spec ?? {};
  if (!spec.accessModes?.length) errors.push(required(SPEC.child('accessModes')));
  checkAccessModes(spec.accessModes, SPEC.child('accessModes'), errors);
  const capacity = Object.entries(spec.capacity ?? {});
  if (!capacity.length) errors.push(required(SPEC.child('capacity')));
  if (spec.capacity?.storage === undefined || capacity.length > 1)
    errors.push(notSupported(SPEC.child('capacity'), new GoValue(`core.ResourceList{${capacity.map(([name]) => `"${name}"`).join(', ')}}`), ['storage']));
  for (const [name, amount] of capacity) checkStorageSize(amount, SPEC.child('capacity').key(name), errors);
  const policy = spec.persistentVolumeReclaimPolicy;
  if (policy && !['Delete', 'Recycle', 'Retain'].includes(policy)) errors.push(notSupported(SPEC.child('persistentVolumeReclaimPolicy'), policy, ['Delete', 'Recycle', 'Retain']));
  if (spec.nodeAffinity) {
    if (spec.nodeAffinity.required) checkNodeSelector(spec.nodeAffinity.required, SPEC.child('nodeAffinity', 'required'), errors);
    else errors.push(required(SPEC.child('nodeAffinity', 'required'), 'must specify required node constraints'));
  }
  const sources = Object.keys(volumeSource(spec));
  for (const extra of sources.slice(1)) errors.push(forbidden(SPEC.child(extra), 'may not specify more than 1 volume type'));
  if (!sources.length) errors.push(required(SPEC, 'must specify a volume type'));
  if (spec.hostPath && !spec.hostPath.path) errors.push(required(SPEC.child('hostPath', 'path')));
  if (spec.nfs) {
    if (!spec.nfs.server) errors.push(required(SPEC.child('nfs', 'server')));
    if (!spec.nfs.path) errors.push(required(SPEC.child('nfs', 'path')));
  }
  if (spec.local) {
    if (!spec.local.path) errors.push(required(SPEC.child('local', 'path')));
    if (!spec.nodeAffinity) errors.push(required(SPEC.child('nodeAffinity'), 'Local volume requires node affinity'));
  }
  if (spec.csi) {
    if (!spec.csi.driver) errors.push(required(SPEC.child('csi', 'driver')));
    if (!spec.csi.volumeHandle) errors.push(required(SPEC.child('csi', 'volumeHandle')));
  }
  if (spec.hostPath?.path === '/' && policy === 'Recycle') errors.push(forbidden(SPEC.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'"));
  if (spec.storageClassName) for (const text of dns1123SubdomainErrors(spec.storageClassName)) errors.push(invalid(SPEC.child('storageClassName'), spec.storageClassName, text));
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) errors.push(notSupported(SPEC.child('volumeMode'), spec.volumeMode, VOLUME_MODES));
  return errors;
}

export function validatePersistentVolumeUpdate(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  if (equal(volume.spec, old.spec)) return [];
  const errors = validatePersistentVolume(volume);
  const now = volumeSource(volume.spec ?? {});
  const before = volumeSource(old.spec ?? {});
  if (!equal(now, before)) errors.push(forbidden(SPEC.child('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${goDiff('core.PersistentVolumeSource', before, now)}`));
  checkImmutable(volume.spec?.volumeMode, old.spec?.volumeMode, Path.of('volumeMode'), errors, volume.spec?.volumeMode ?? null);
  if (old.spec?.nodeAffinity && !equal(volume.spec?.nodeAffinity, old.spec.nodeAffinity)) errors.push(invalid('nodeAffinity', volume.spec?.nodeAffinity ?? null, `${IMMUTABLE_TEXT}, except for updating from beta label to GA`));
  return errors;
}

