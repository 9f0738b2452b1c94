/** How the kinds of networking, rbac, storage, policy and the rest are shown. Follows kubernetes pkg/printers/internalversion/printers.go. */
import { humanDuration } from '../../api/duration.ts';
import type * as model from '../../api/generated/types.ts';
import { goSelector } from '../../api/go-selector.ts';
import { eventPrinter } from './core.ts';
import { AGE, column, createdAge, NAME, nameOf, wide, type Printer } from './table.ts';
import { formatSelector } from './templates.ts';

function ingressHosts(rules: readonly model.IngressRule[] | undefined): string {
  const max = 3;
  const hosts: string[] = [];
  let more = false;
  for (const { host } of rules ?? []) {
    if (!host) continue;
    if (hosts.length === max) more = true;
    else hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return more ? `${hosts.join(',')} + ${(rules?.length ?? 0) - max} more...` : hosts.join(',');
}

const ingressPrinter: Printer<model.Ingress> = {
  columns: [NAME, column('Class'), column('Hosts'), column('Address'), column('Ports'), AGE],
  row(object, context) {
    const addresses = (object.status?.loadBalancer?.ingress ?? []).flatMap((entry) => (entry.ip ? [entry.ip] : entry.hostname ? [entry.hostname] : []));
    return [
      nameOf(object), object.spec?.ingressClassName ?? '<none>', ingressHosts(object.spec?.rules), [...new Set(addresses)].sort().join(','),
      object.spec?.tls && object.spec.tls.length > 0 ? '80, 443' : '80', createdAge(object, context),
    ];
  },
};

const ingressClassPrinter: Printer<model.IngressClass> = {
  columns: [NAME, column('Controller'), column('Parameters'), AGE],
  row(object, context) {
    const parameters = object.spec?.parameters;
    const kind = parameters?.apiGroup ? `${parameters.kind}.${parameters.apiGroup}` : parameters?.kind;
    return [nameOf(object), object.spec?.controller ?? '', parameters ? `${kind}/${parameters.name}` : '<none>', createdAge(object, context)];
  },
};

const storageClassPrinter: Printer<model.StorageClass> = {
  columns: [NAME, column('Provisioner'), column('ReclaimPolicy'), column('VolumeBindingMode'), column('AllowVolumeExpansion'), AGE],
  row(object, context) {
    const annotations = object.metadata?.annotations ?? {};
    const isDefault = annotations['storageclass.kubernetes.io/is-default-class'] === 'true' || annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true';
    return [
      isDefault ? `${nameOf(object)} (default)` : nameOf(object), object.provisioner, object.reclaimPolicy ?? 'Delete', object.volumeBindingMode ?? '<unset>', object.allowVolumeExpansion ?? false, createdAge(object, context),
    ];
  },
};

function roleRef(reference: model.RoleRef): string {
  return `${reference.kind}/${reference.name}`;
}

function subjects(list: readonly model.RbacV1Subject[] | undefined): [string, string, string] {
  const of = (kind: string) => (list ?? []).filter((subject) => subject.kind === kind);
  return [
    of('User').map(({ name }) => name).join(', '),
    of('Group').map(({ name }) => name).join(', '),
    of('ServiceAccount').map(({ namespace, name }) => (namespace ? `${namespace}/${name}` : name)).join(', '),
  ];
}

const roleColumns = [NAME, column('Created At', 'date')];
const role: Printer<model.Role | model.ClusterRole> = { columns: roleColumns, row: (object) => [nameOf(object), object.metadata?.creationTimestamp ?? null] };
const roleBinding: Printer<model.RoleBinding | model.ClusterRoleBinding> = {
  columns: [NAME, column('Role'), AGE, wide('Users'), wide('Groups'), wide('ServiceAccounts')],
  row: (object, context) => [nameOf(object), roleRef(object.roleRef), createdAge(object, context), ...subjects(object.subjects)],
};

function csrStatus(object: model.CertificateSigningRequest): string {
  let approved = false;
  let denied = false;
  let failed = false;
  for (const { type } of object.status?.conditions ?? []) {
    if (type === 'Approved') approved = true;
    else if (type === 'Denied') denied = true;
    else if (type === 'Failed') failed = true;
  }
  const words = denied ? ['Denied'] : approved ? ['Approved'] : ['Pending'];
  if (failed) words.push('Failed');
  if (object.status?.certificate) words.push('Issued');
  return words.join(',');
}

const csrPrinter: Printer<model.CertificateSigningRequest> = {
  columns: [NAME, AGE, column('SignerName'), column('Requestor'), column('RequestedDuration'), column('Condition')],
  row: (object, context) => [
    nameOf(object), createdAge(object, context), object.spec.signerName, object.spec.username ?? '', object.spec.expirationSeconds === undefined ? '<none>' : humanDuration(object.spec.expirationSeconds * 1000), csrStatus(object),
  ],
};

function sliceCell<T>(items: readonly T[] | undefined, unset: string, text: (item: T) => string): string {
  const max = 3;
  if (!items || items.length === 0) return unset;
  const shown = items.slice(0, max).map(text).join(',');
  return items.length > max ? `${shown} + ${items.length - max} more...` : shown;
}

const endpointSlicePrinter: Printer<model.EndpointSlice> = {
  columns: [NAME, column('AddressType'), column('Ports'), column('Endpoints'), AGE],
  row: (object, context) => [
    nameOf(object), object.addressType,
    sliceCell(object.ports, '<unset>', (port) => (port.port === undefined ? '*' : String(port.port))),
    sliceCell((object.endpoints ?? []).flatMap(({ addresses }) => addresses), '<unset>', (address) => address),
    createdAge(object, context),
  ],
};

const limitsOf = <T extends { metadata?: model.ObjectMeta }>(count: (object: T) => number, name: string): Printer<T> => ({
  columns: [NAME, column(name, 'integer'), AGE],
  row: (object, context) => [nameOf(object), count(object), createdAge(object, context)],
});

export const OTHER_PRINTERS = {
  'events.events.k8s.io': {
    columns: eventPrinter.columns,
    row: (object, context) =>
      eventPrinter.row({
        metadata: object.metadata ?? {},
        involvedObject: object.regarding ?? {},
        ...(object.note === undefined ? {} : { message: object.note }),
        ...(object.reason === undefined ? {} : { reason: object.reason }),
        ...(object.type === undefined ? {} : { type: object.type }),
        ...(object.eventTime ? { eventTime: object.eventTime } : {}),
        ...(object.deprecatedFirstTimestamp ? { firstTimestamp: object.deprecatedFirstTimestamp } : {}),
        ...(object.deprecatedLastTimestamp ? { lastTimestamp: object.deprecatedLastTimestamp } : {}),
        ...(object.deprecatedCount === undefined ? {} : { count: object.deprecatedCount }),
        ...(object.deprecatedSource ? { source: object.deprecatedSource } : {}),
        ...(object.series ? { series: object.series } : {}),
        ...(object.reportingController === undefined ? {} : { reportingComponent: object.reportingController }),
      }, context),
  } satisfies Printer<model.EventsV1Event>,
  'ingresses.networking.k8s.io': ingressPrinter,
  'ingressclasses.networking.k8s.io': ingressClassPrinter,
  'networkpolicies.networking.k8s.io': {
    columns: [NAME, column('Pod-Selector'), AGE],
    row: (object, context) => [nameOf(object), formatSelector(object.spec?.podSelector), createdAge(object, context)],
  } satisfies Printer<model.NetworkPolicy>,
  'ipaddresses.networking.k8s.io': {
    columns: [NAME, column('ParentRef')],
    row(object) {
      const parent = object.spec?.parentRef;
      return [nameOf(object), parent ? [parent.resource, parent.group].filter(Boolean).join('.') + `/${parent.namespace ? `${parent.namespace}/` : ''}${parent.name}` : '<none>'];
    },
  } satisfies Printer<model.IPAddress>,
  'servicecidrs.networking.k8s.io': {
    columns: [NAME, column('CIDRs'), AGE],
    row: (object, context) => [nameOf(object), (object.spec?.cidrs ?? []).join(','), createdAge(object, context)],
  } satisfies Printer<model.ServiceCIDR>,
  'storageclasses.storage.k8s.io': storageClassPrinter,
  'volumeattachments.storage.k8s.io': {
    columns: [NAME, column('Attacher', 'string', 'name'), column('PV'), column('Node'), column('Attached', 'boolean'), AGE],
    row: (object, context) => [nameOf(object), object.spec.attacher, object.spec.source.persistentVolumeName ?? '', object.spec.nodeName, object.status?.attached ?? false, createdAge(object, context)],
  } satisfies Printer<model.VolumeAttachment>,
  'csinodes.storage.k8s.io': limitsOf<model.CSINode>((object) => object.spec?.drivers?.length ?? 0, 'Drivers'),
  'csidrivers.storage.k8s.io': {
    columns: [
      NAME, column('AttachRequired', 'boolean'), column('PodInfoOnMount', 'boolean'), column('StorageCapacity', 'boolean'), column('TokenRequests'), column('RequiresRepublish', 'boolean'), column('Modes'), AGE,
    ],
    row: (object, context) => [
      nameOf(object), object.spec.attachRequired ?? true, object.spec.podInfoOnMount ?? false, object.spec.storageCapacity ?? false,
      object.spec.tokenRequests && object.spec.tokenRequests.length > 0 ? object.spec.tokenRequests.map(({ audience }) => audience).join(',') : '<unset>',
      object.spec.requiresRepublish ?? false, (object.spec.volumeLifecycleModes ?? []).join(',') || '<none>', createdAge(object, context),
    ],
  } satisfies Printer<model.CSIDriver>,
  'csistoragecapacities.storage.k8s.io': {
    columns: [NAME, column('StorageClassName'), column('Capacity')],
    row: (object) => [nameOf(object), object.storageClassName, object.capacity ?? '<unset>'],
  } satisfies Printer<model.CSIStorageCapacity>,
  'roles.rbac.authorization.k8s.io': role,
  'clusterroles.rbac.authorization.k8s.io': role,
  'rolebindings.rbac.authorization.k8s.io': roleBinding,
  'clusterrolebindings.rbac.authorization.k8s.io': roleBinding,
  'certificatesigningrequests.certificates.k8s.io': csrPrinter,
  'scales.autoscaling': {
    columns: [NAME, column('Desired', 'integer'), column('Available', 'integer'), AGE],
    row: (object, context) => [nameOf(object), object.spec?.replicas ?? 0, object.status?.replicas ?? 0, createdAge(object, context)],
  } satisfies Printer<model.Scale>,
  'leases.coordination.k8s.io': {
    columns: [NAME, column('Holder'), AGE],
    row: (object, context) => [nameOf(object), object.spec?.holderIdentity ?? '', createdAge(object, context)],
  } satisfies Printer<model.Lease>,
  'endpointslices.discovery.k8s.io': endpointSlicePrinter,
  'priorityclasses.scheduling.k8s.io': {
    columns: [NAME, column('Value', 'integer'), column('Global-Default', 'boolean'), AGE, column('PreemptionPolicy')],
    row: (object, context) => [nameOf(object), object.value, object.globalDefault ?? false, createdAge(object, context), object.preemptionPolicy ?? 'PreemptLowerPriority'],
  } satisfies Printer<model.PriorityClass>,
  'runtimeclasses.node.k8s.io': {
    columns: [NAME, column('Handler'), AGE],
    row: (object, context) => [nameOf(object), object.handler, createdAge(object, context)],
  } satisfies Printer<model.RuntimeClass>,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': limitsOf<model.MutatingWebhookConfiguration>((object) => object.webhooks?.length ?? 0, 'Webhooks'),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': limitsOf<model.ValidatingWebhookConfiguration>((object) => object.webhooks?.length ?? 0, 'Webhooks'),
  'validatingadmissionpolicies.admissionregistration.k8s.io': {
    columns: [NAME, column('Validations', 'integer'), column('ParamKind'), AGE],
    row(object, context) {
      const kind = object.spec?.paramKind;
      return [nameOf(object), object.spec?.validations?.length ?? 0, kind ? `${kind.apiVersion}/${kind.kind}` : '<unset>', createdAge(object, context)];
    },
  } satisfies Printer<model.ValidatingAdmissionPolicy>,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': {
    columns: [NAME, column('PolicyName'), column('ParamRef'), AGE],
    row(object, context) {
      const reference = object.spec?.paramRef;
      const text = !reference ? '<unset>' : reference.name ? `${reference.namespace ?? '*'}/${reference.name}` : goSelector(reference.selector);
      return [nameOf(object), object.spec?.policyName ?? '', text, createdAge(object, context)];
    },
  } satisfies Printer<model.ValidatingAdmissionPolicyBinding>,
  'customresourcedefinitions.apiextensions.k8s.io': {
    columns: [NAME, column('Created At', 'date')],
    row: (object) => [nameOf(object), object.metadata?.creationTimestamp ?? null],
  } satisfies Printer<model.CustomResourceDefinition>,
  'apiservices.apiregistration.k8s.io': {
    columns: [NAME, column('Service'), column('Available'), AGE],
    row(object, context) {
      const service = object.spec?.service;
      const available = object.status?.conditions?.find(({ type }) => type === 'Available');
      const text = !available ? 'Unknown' : available.status === 'True' ? 'True' : `${available.status} (${available.reason})`;
      return [nameOf(object), service ? `${service.namespace}/${service.name}` : 'Local', text, createdAge(object, context)];
    },
  } satisfies Printer<model.APIService>,
  'flowschemas.flowcontrol.apiserver.k8s.io': {
    columns: [NAME, column('PriorityLevel'), column('MatchingPrecedence'), column('DistinguisherMethod'), AGE, column('MissingPL')],
    row(object, context) {
      const dangling = object.status?.conditions?.find(({ type }) => type === 'Dangling');
      return [
        nameOf(object), object.spec?.priorityLevelConfiguration.name ?? '<none>', object.spec?.matchingPrecedence ?? 0, object.spec?.distinguisherMethod?.type ?? '<none>', createdAge(object, context), dangling?.status ?? '?',
      ];
    },
  } satisfies Printer<model.FlowSchema>,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': {
    columns: [NAME, column('Type'), column('NominalConcurrencyShares'), column('Queues'), column('HandSize'), column('QueueLengthLimit'), AGE],
    row(object, context) {
      const limited = object.spec?.limited;
      const queuing = limited?.limitResponse?.queuing;
      const none = '<none>';
      return [
        nameOf(object), object.spec?.type ?? '', limited?.nominalConcurrencyShares ?? none, queuing?.queues ?? none, queuing?.handSize ?? none, queuing?.queueLengthLimit ?? none, createdAge(object, context),
      ];
    },
  } satisfies Printer<model.PriorityLevelConfiguration>,
} as const;

/** limitranges and everything without a printer of its own (printObjectMeta). */
export const DEFAULT_PRINTER: Printer<{ metadata?: model.ObjectMeta }> = {
  columns: [NAME, column('Created At', 'date')],
  row: (object) => [nameOf(object), object.metadata?.creationTimestamp ?? null],
};

