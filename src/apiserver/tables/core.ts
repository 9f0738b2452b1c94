/** How the core group's kinds are shown, pods apart. Follows kubernetes pkg/printers/internalversion/printers.go. */
import type * as model from '../../api/generated/types.ts';
import { formatSelectorMap, formatTemplate, templateColumns } from './templates.ts';
import { AGE, ageOf, column, createdAge, formatLabels, NAME, nameOf, orNone, wide, type Printer } from './table.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function nodeRoles(node: model.Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata?.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return roles.size === 0 ? '<none>' : [...roles].sort().join(',');
}

const nodeAddress = (node: model.Node, type: string): string => orNone(node.status?.addresses?.find((address) => address.type === type)?.address);
const orUnknown = (text: string | undefined): string => (text ? text : '<unknown>');

const nodePrinter: Printer<model.Node> = {
  columns: [NAME, column('Status'), column('Roles'), AGE, column('Version'), wide('Internal-IP'), wide('External-IP'), wide('OS-Image'), wide('Kernel-Version'), wide('Container-Runtime')],
  row(node, context) {
    const ready = node.status?.conditions?.findLast(({ type }) => type === 'Ready');
    const status = [!ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
    if (node.spec?.unschedulable) status.push('SchedulingDisabled');
    const info = node.status?.nodeInfo;
    return [
      nameOf(node), status.join(','), nodeRoles(node), createdAge(node, context), info?.kubeletVersion ?? '',
      nodeAddress(node, 'InternalIP'), nodeAddress(node, 'ExternalIP'), orUnknown(info?.osImage), orUnknown(info?.kernelVersion), orUnknown(info?.containerRuntimeVersion),
    ];
  },
};

function externalIPs(service: model.Service): string {
  const external = service.spec?.externalIPs ?? [];
  switch (service.spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length > 0 ? external.join(',') : '<none>';
    case 'LoadBalancer': {
      const ingress = (service.status?.loadBalancer?.ingress ?? []).flatMap((entry) => (entry.ip ? [entry.ip] : entry.hostname ? [entry.hostname] : []));
      const addresses = [...new Set(ingress)].sort();
      if (external.length > 0) return [...addresses, ...external].join(',');
      return addresses.length > 0 ? addresses.join(',') : '<pending>';
    }
    case 'ExternalName':
      return service.spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

/** "80/TCP,443:30443/TCP" */
export function servicePorts(ports: readonly model.ServicePort[] | undefined): string {
  if (!ports || ports.length === 0) return '<none>';
  return ports.map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`).join(',');
}

const servicePrinter: Printer<model.Service> = {
  columns: [NAME, column('Type'), column('Cluster-IP'), column('External-IP'), column('Port(s)'), AGE, wide('Selector')],
  row: (service, context) => [
    nameOf(service), service.spec?.type ?? '', orNone(service.spec?.clusterIPs?.[0]), externalIPs(service), servicePorts(service.spec?.ports), createdAge(service, context), formatLabels(service.spec?.selector),
  ],
};

/** "10.244.1.2:80,10.244.2.3:80 + 1 more..." */
export function formatEndpoints(subsets: readonly model.EndpointSubset[] | undefined): string {
  if (!subsets || subsets.length === 0) return '<none>';
  const max = 3;
  const list: string[] = [];
  let count = 0;
  for (const subset of subsets) {
    const addresses = subset.addresses ?? [];
    if (!subset.ports || subset.ports.length === 0) {
      // A headless service without ports shows bare addresses.
      for (const { ip } of addresses) {
        if (list.length < max) list.push(ip);
        count++;
      }
    } else {
      for (const port of subset.ports)
        for (const { ip } of addresses) {
          if (list.length < max) list.push(ip.includes(':') ? `[${ip}]:${port.port}` : `${ip}:${port.port}`);
          count++;
        }
    }
  }
  const text = list.join(',');
  return count > max ? `${text} + ${count - max} more...` : text;
}

function eventSource({ source, reportingComponent = '', reportingInstance = '' }: model.Event): string {
  const component = source?.component || reportingComponent;
  const host = source?.host || reportingInstance;
  return host ? `${component}, ${host}` : component;
}

/** pkg/printers/internalversion: printEvent, with the ages of series and of the newer events.k8s.io events. */
export const eventPrinter: Printer<model.Event> = {
  columns: [column('Last Seen'), column('Type'), column('Reason'), column('Object'), wide('Subobject'), wide('Source'), column('Message'), wide('First Seen'), wide('Count'), { ...wide('Name'), format: 'name' }],
  row(event, context) {
    const first = event.firstTimestamp ?? event.eventTime;
    const last = event.series ? event.series.lastObservedTime : (event.lastTimestamp ?? first);
    const count = event.series ? (event.series.count ?? 0) : event.count || 1;
    const { kind = '', name, fieldPath = '' } = event.involvedObject ?? {};
    return [
      ageOf(last, context), event.type ?? '', event.reason ?? '', name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(), fieldPath, eventSource(event),
      (event.message ?? '').trim(), ageOf(first, context), count, nameOf(event),
    ];
  },
};

const ACCESS_MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };
/** "RWO,ROX" in the order in which upstream lists them. */
export function accessModes(modes: readonly string[] | undefined): string {
  return Object.keys(ACCESS_MODES).filter((mode) => modes?.includes(mode)).map((mode) => ACCESS_MODES[mode] ?? '').join(',');
}

const claimPrinter: Printer<model.PersistentVolumeClaim> = {
  columns: [NAME, column('Status'), column('Volume'), column('Capacity'), column('Access Modes'), column('StorageClass'), column('VolumeAttributesClass'), AGE, wide('VolumeMode')],
  row(claim, context) {
    const bound = claim.spec?.volumeName !== undefined && claim.spec.volumeName !== '';
    const phase = claim.metadata?.deletionTimestamp ? 'Terminating' : (claim.status?.phase ?? '');
    return [
      nameOf(claim), phase, claim.spec?.volumeName ?? '', bound ? (claim.status?.capacity?.storage ?? '0') : '', bound ? accessModes(claim.status?.accessModes) : '',
      claim.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName ?? '',
      claim.spec?.volumeAttributesClassName ?? '<unset>', createdAge(claim, context), claim.spec?.volumeMode ?? '<unset>',
    ];
  },
};

const volumePrinter: Printer<model.PersistentVolume> = {
  columns: [NAME, column('Capacity'), column('Access Modes'), column('Reclaim Policy'), column('Status'), column('Claim'), column('StorageClass'), column('VolumeAttributesClass'), column('Reason'), AGE, wide('VolumeMode')],
  row(volume, context) {
    const claim = volume.spec?.claimRef;
    const phase = volume.metadata?.deletionTimestamp ? 'Terminating' : (volume.status?.phase ?? '');
    return [
      nameOf(volume), volume.spec?.capacity?.storage ?? '0', accessModes(volume.spec?.accessModes), volume.spec?.persistentVolumeReclaimPolicy ?? '', phase,
      claim ? `${claim.namespace ?? ''}/${claim.name ?? ''}` : '',
      volume.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? volume.spec?.storageClassName ?? '',
      volume.spec?.volumeAttributesClassName ?? '<unset>', volume.status?.reason ?? '', createdAge(volume, context), volume.spec?.volumeMode ?? '<unset>',
    ];
  },
};

const quotaPrinter: Printer<model.ResourceQuota> = {
  columns: [NAME, column('Request'), column('Limit'), AGE],
  row(quota, context) {
    const requests: string[] = [];
    const limits: string[] = [];
    for (const name of Object.keys(quota.status?.hard ?? {}).sort()) {
      const text = `${name}: ${quota.status?.used?.[name] ?? '0'}/${quota.status?.hard?.[name] ?? '0'}`;
      (name.startsWith('limits.') ? limits : requests).push(text);
    }
    return [nameOf(quota), requests.join(', '), limits.join(', '), createdAge(quota, context)];
  },
};

const controllerPrinter: Printer<model.ReplicationController> = {
  columns: [NAME, column('Desired', 'integer'), column('Current', 'integer'), column('Ready', 'integer'), AGE, ...templateColumns, wide('Selector')],
  row: (controller, context) => [
    nameOf(controller), controller.spec?.replicas ?? 0, controller.status?.replicas ?? 0, controller.status?.readyReplicas ?? 0, createdAge(controller, context),
    ...formatTemplate(controller.spec?.template?.spec), formatSelectorMap(controller.spec?.selector),
  ],
};

export const CORE_PRINTERS = {
  nodes: nodePrinter,
  services: servicePrinter,
  endpoints: {
    columns: [NAME, column('Endpoints'), AGE],
    row: (object, context) => [nameOf(object), formatEndpoints(object.subsets), createdAge(object, context)],
  } satisfies Printer<model.Endpoints>,
  events: eventPrinter,
  namespaces: {
    columns: [NAME, column('Status'), AGE],
    row: (object, context) => [nameOf(object), object.status?.phase ?? '', createdAge(object, context)],
  } satisfies Printer<model.Namespace>,
  configmaps: {
    columns: [NAME, column('Data'), AGE],
    row: (object, context) => [nameOf(object), Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length, createdAge(object, context)],
  } satisfies Printer<model.ConfigMap>,
  secrets: {
    columns: [NAME, column('Type'), column('Data'), AGE],
    row: (object, context) => [nameOf(object), object.type ?? '', Object.keys(object.data ?? {}).length, createdAge(object, context)],
  } satisfies Printer<model.Secret>,
  serviceaccounts: {
    columns: [NAME, column('Secrets'), AGE],
    row: (object, context) => [nameOf(object), object.secrets?.length ?? 0, createdAge(object, context)],
  } satisfies Printer<model.ServiceAccount>,
  persistentvolumeclaims: claimPrinter,
  persistentvolumes: volumePrinter,
  resourcequotas: quotaPrinter,
  replicationcontrollers: controllerPrinter,
  podtemplates: {
    columns: [NAME, column('Containers'), column('Images'), column('Pod Labels')],
    row: (object) => [nameOf(object), ...formatTemplate(object.template?.spec), formatLabels(object.template?.metadata?.labels)],
  } satisfies Printer<model.PodTemplate>,
  componentstatuses: {
    columns: [NAME, column('Status'), column('Message'), column('Error')],
    row(object) {
      const healthy = object.conditions?.find(({ type }) => type === 'Healthy');
      const status = !healthy ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy';
      return [nameOf(object), status, healthy?.message ?? '', healthy?.error ?? ''];
    },
  } satisfies Printer<model.ComponentStatus>,
} as const;

