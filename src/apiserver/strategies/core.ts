/** Strategies of the core group's other kinds, of leases and endpoint slices. Follows kubernetes pkg/registry/core/<kind>/strategy.go. */
import type { ConfigMap, Endpoints, EndpointSlice, Event, Lease, LimitRange, Namespace, Node, PersistentVolume, PersistentVolumeClaim, ResourceQuota, Secret, ServiceAccount } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import { formatTime } from '../../api/time.ts';
import { defaultConfigMap, defaultEndpoints, defaultEndpointSlice, defaultLimitRange, defaultNamespace, defaultNode, defaultResourceQuota, defaultSecret } from '../defaults/core.ts';
import { dropDisabledClaimStatus } from '../defaults/disabled.ts';
import { defaultClaim, defaultPersistentVolume } from '../defaults/storage.ts';
import type { Strategy } from '../strategy.ts';
import { validateConfigMap, validateConfigMapUpdate, validateSecret, validateSecretUpdate } from '../validation/config.ts';
import { validateClaim, validateClaimStatusUpdate, validateClaimUpdate } from '../validation/claim.ts';
import { validateEndpoints, validateEvent, validateLease, validateNamespace, validateNamespaceFinalizers, validateNamespaceStatusUpdate } from '../validation/core-kinds.ts';
import { validateNode, validateNodeUpdate } from '../validation/node.ts';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from '../validation/persistent-volume.ts';
import { validateLimitRange, validateResourceQuota, validateResourceQuotaStatus, validateResourceQuotaUpdate } from '../validation/quota.ts';
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../validation/discovery.ts';
import { validateNewEvent, validateNewEventUpdate } from '../validation/events.ts';
import { Path } from '../validation/field.ts';
import { nameIsDnsLabel } from '../validation/formats.ts';
import { ipWarnings } from '../validation/ip.ts';
import { dropSources, normalizeSources } from './claim-sources.ts';
import { keepStatus, raiseGeneration, startsWith } from './common.ts';
import { volumeWarnings } from './volume-warnings.ts';
import { claimWarnings, endpointsWarnings, nodeWarnings, secretWarnings, serviceAccountWarnings } from './warnings.ts';

export const configMapStrategy: Strategy<ConfigMap> = {
  applyDefaults: defaultConfigMap,
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
};

export const secretStrategy: Strategy<Secret> = {
  applyDefaults: defaultSecret,
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  warnings: (secret) => secretWarnings(secret),
  selectableFields: (secret) => ({ type: secret.type ?? '' }),
};

export const namespaceStrategy: Strategy<Namespace> = {
  applyDefaults: defaultNamespace,
  validateName: nameIsDnsLabel,
  prepareForCreate(namespace) {
    namespace.status = { phase: 'Active' };
    // The namespace controller empties a namespace before this finalizer goes.
    const spec = (namespace.spec ??= {});
    if (!spec.finalizers?.includes('kubernetes')) spec.finalizers = [...(spec.finalizers ?? []), 'kubernetes'];
    defaultNamespace(namespace);
  },
  prepareForUpdate(namespace, old) {
    keepStatus(namespace, old);
    const spec = (namespace.spec ??= {});
    const finalizers = old.spec?.finalizers;
    if (finalizers) spec.finalizers = [...finalizers];
    else delete spec.finalizers;
  },
  // The namespace controller empties it first.
  mayGo: (namespace) => !namespace.spec?.finalizers?.length,
  validate: validateNamespace,
  validateStatusUpdate: validateNamespaceStatusUpdate,
  selectableFields: (namespace) => ({ 'status.phase': namespace.status?.phase ?? '' }),
};

/** namespaces/finalize: nothing but spec.finalizers changes. */
export const namespaceFinalizeStrategy: Strategy<Namespace> = { ...namespaceStrategy, validateStatusUpdate: validateNamespaceFinalizers };

export const nodeStrategy: Strategy<Node> = {
  applyDefaults: defaultNode,
  // A kubelet brings its node's status along when it registers.
  prepareForCreate(node) {
    delete node.spec?.configSource;
    delete node.status?.config;
  },
  prepareForUpdate(node, old) {
    keepStatus(node, old);
    if (!old.spec?.configSource) delete node.spec?.configSource;
  },
  prepareForStatusUpdate(node, old) {
    if (!old.status?.config) delete node.status?.config;
  },
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeUpdate,
  warnings: (node) => nodeWarnings(node),
  selectableFields: (node) => ({ 'spec.unschedulable': String(node.spec?.unschedulable ?? false) }),
};

function onlyNamesOfSecrets(account: Draft<ServiceAccount>): void {
  if (account.secrets) account.secrets = account.secrets.map((secret) => (secret.name === undefined ? {} : { name: secret.name }));
}

export const serviceAccountStrategy: Strategy<ServiceAccount> = {
  prepareForCreate: onlyNamesOfSecrets,
  prepareForUpdate: onlyNamesOfSecrets,
  warnings: serviceAccountWarnings,
};

export const endpointsStrategy: Strategy<Endpoints> = {
  applyDefaults: defaultEndpoints,
  validate: validateEndpoints,
  validateUpdate: (endpoints, old) => (equal(endpoints.subsets, old.subsets) ? [] : validateEndpoints(endpoints)),
  warnings: (endpoints) => endpointsWarnings(endpoints),
  allowCreateOnUpdate: true,
};

export const endpointSliceStrategy: Strategy<EndpointSlice> = {
  applyDefaults: defaultEndpointSlice,
  prepareForCreate(slice) {
    dropNodeHints(slice, undefined);
    dropTopology(slice);
  },
  prepareForUpdate(slice, old) {
    dropNodeHints(slice, old);
    if (!equal(slice.endpoints, old.endpoints)) dropTopology(slice);
    // Labels say which service a slice belongs to, so they count as its spec.
    if (!equal(slice.metadata?.labels, old.metadata?.labels)) raiseGeneration(slice, old);
  },
  validate: (slice) => validateEndpointSlice(slice),
  validateUpdate: validateEndpointSliceUpdate,
  warnings: (slice, old) => [...(!old && slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []), ...addressWarnings(slice)],
};

/** PreferSameTrafficDistribution is off. */
function dropNodeHints({ endpoints = [] }: Draft<EndpointSlice>, old: EndpointSlice | undefined): void {
  if (old?.endpoints?.some(({ hints }) => hints?.forNodes)) return;
  for (const { hints } of endpoints) if (hints) delete hints.forNodes;
}

/** What v1beta1 had. */
function dropTopology({ endpoints = [] }: Draft<EndpointSlice>): void {
  for (const endpoint of endpoints) if (endpoint.deprecatedTopology) delete endpoint.deprecatedTopology;
}

/** Controllers whose addresses are written as they should be. */
const CAREFUL = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

function addressWarnings({ metadata, endpoints = [] }: EndpointSlice): string[] {
  if (CAREFUL.includes(metadata?.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return [];
  return endpoints.flatMap(({ addresses = [] }, i) => addresses.flatMap((address, j) => ipWarnings(Path.of('endpoints').index(i).child('addresses').index(j), address)));
}

/** CoordinatedLeaderElection is off. */
function dropElection({ spec }: Draft<Lease>, old: Lease | undefined): void {
  for (const field of ['strategy', 'preferredHolder'] as const) if (spec?.[field] !== undefined && old?.spec?.[field] === undefined) delete spec[field];
}

export const leaseStrategy: Strategy<Lease> = {
  prepareForCreate: (lease) => dropElection(lease, undefined),
  prepareForUpdate: dropElection,
  validate: validateLease,
  validateUpdate: validateLease,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
};

/** Both API groups serve the same events; only those of the old group have a namespace to agree with. */
function eventFields(event: Event): Record<string, string> {
  const involved = event.involvedObject;
  return {
    'involvedObject.kind': involved?.kind ?? '',
    'involvedObject.namespace': involved?.namespace ?? '',
    'involvedObject.name': involved?.name ?? '',
    'involvedObject.uid': involved?.uid ?? '',
    'involvedObject.apiVersion': involved?.apiVersion ?? '',
    'involvedObject.resourceVersion': involved?.resourceVersion ?? '',
    'involvedObject.fieldPath': involved?.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  };
}

export const eventStrategy: Strategy<Event> = {
  validate: validateEvent,
  selectableFields: eventFields,
  allowCreateOnUpdate: true,
  defaultPropagation: 'Unsupported',
};

/** What comes through events.k8s.io is stored as the same events, and has to be complete. */
export const newEventStrategy: Strategy<Event> = { ...eventStrategy, validate: validateNewEvent, validateUpdate: validateNewEventUpdate };

export const resourceQuotaStrategy: Strategy<ResourceQuota> = {
  applyDefaults: defaultResourceQuota,
  prepareForCreate: startsWith(() => ({})),
  prepareForUpdate: keepStatus,
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuotaUpdate,
  validateStatusUpdate: validateResourceQuotaStatus,
};

export const limitRangeStrategy: Strategy<LimitRange> = {
  applyDefaults: defaultLimitRange,
  validate: validateLimitRange,
  validateUpdate: validateLimitRange,
  allowCreateOnUpdate: true,
  namesNameless: true,
};

export const claimStrategy: Strategy<PersistentVolumeClaim> = {
  applyDefaults: defaultClaim,
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
    if (!claim.spec) return;
    dropSources(claim.spec, undefined);
    normalizeSources(claim.spec);
  },
  prepareForUpdate(claim, old) {
    keepStatus(claim, old);
    if (claim.spec) dropSources(claim.spec, old.spec);
  },
  prepareForStatusUpdate: ({ status }) => status && dropDisabledClaimStatus(status),
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatusUpdate,
  warnings: (claim, old) => (old && equal(claim.spec, old.spec) ? [] : claimWarnings(claim)),
};

export const persistentVolumeStrategy: Strategy<PersistentVolume> = {
  applyDefaults: defaultPersistentVolume,
  prepareForCreate(volume, context) {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: formatTime(context.nowMs) };
  },
  prepareForUpdate: keepStatus,
  prepareForStatusUpdate(volume, old, context) {
    const status = (volume.status ??= {});
    const before = old.status?.lastPhaseTransitionTime;
    if (status.phase !== old.status?.phase) status.lastPhaseTransitionTime ??= formatTime(context.nowMs);
    else if (status.lastPhaseTransitionTime === undefined && before !== undefined) status.lastPhaseTransitionTime = before;
    if (status.phase !== old.status?.phase && status.lastPhaseTransitionTime === before) status.lastPhaseTransitionTime = formatTime(context.nowMs);
  },
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  warnings: (volume, old) => (old && equal(volume.spec, old.spec) ? [] : volumeWarnings(volume)),
};
