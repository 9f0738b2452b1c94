/**
 * What the API server puts into an empty cluster by itself. Follows kube-apiserver's own controllers: system namespaces,
 * default/kubernetes with its endpoints, the system priority classes, flow control, the range of service addresses.
 */
import type { Endpoints, EndpointSlice, FlowSchema, Namespace, PriorityClass, PriorityLevelConfiguration, Service, ServiceAccount, ServiceCIDR } from '../api/generated/types.ts';
import { ENDPOINTS, ENDPOINTSLICES, NAMESPACES, PRIORITYCLASSES, SERVICEACCOUNTS, SERVICES, type Resource } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { apiVersionOf, resourceAt } from '../api/resource.ts';
import { DEFAULT_SERVICE_CIDR, SERVICECIDRS, SERVICE_CIDR_FINALIZER } from '../api/service-ips.ts';
import { isAlreadyExists } from '../api/status.ts';
import { createAll, type BootstrapStorage, type Wanted } from './bootstrap-objects.ts';
import { FLOW_SCHEMAS, PRIORITY_LEVELS } from './flowcontrol/bootstrap.ts';

export interface BootstrapOptions {
  /** The first address of the Service range. */
  readonly serviceAddress: string;
  /** Where the API server is said to be reached by pods. */
  readonly advertiseAddress: string;
  readonly port: number;
}

/** How bootstrap asks and writes: the server's own requests. */
export interface BootstrapAccess {
  exists(resource: Resource<KubeObject>, namespace: string, name: string): Promise<boolean>;
  create(resource: Resource<KubeObject>, object: KubeObject): Promise<void>;
}

export const FLOWSCHEMAS = resourceAt('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas') as Resource<FlowSchema>;
export const PRIORITYLEVELS = resourceAt('flowcontrol.apiserver.k8s.io', 'v1', 'prioritylevelconfigurations') as Resource<PriorityLevelConfiguration>;

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Creates what is missing. */
export async function bootstrap(access: BootstrapAccess, options: BootstrapOptions): Promise<void> {
  const ensure = async <T extends KubeObject>(resource: Resource<T>, object: T): Promise<void> => {
    const { namespace = '', name = '' } = object.metadata ?? {};
    if (await access.exists(resource as Resource<KubeObject>, namespace, name)) return;
    try {
      await access.create(resource as Resource<KubeObject>, { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind });
    } catch (error) {
      // Another server of this cluster may have been quicker: then the name, or the Service's address, is taken.
      if (!isAlreadyExists(error) && !(await access.exists(resource as Resource<KubeObject>, namespace, name))) throw error;
    }
  };
  for (const name of SYSTEM_NAMESPACES) await ensure<Namespace>(NAMESPACES, { metadata: { name } });
  // Without a running controller manager pods in these namespaces would have no account to run under.
  for (const namespace of SYSTEM_NAMESPACES) await ensure<ServiceAccount>(SERVICEACCOUNTS, { metadata: { name: 'default', namespace } });
  for (const priorityClass of PRIORITY_CLASSES) await ensure<PriorityClass>(PRIORITYCLASSES, priorityClass);
  await ensure<Service>(SERVICES, kubernetesService(options));
  await ensure<Endpoints>(ENDPOINTS, kubernetesEndpoints(options));
  await ensure<EndpointSlice>(ENDPOINTSLICES, kubernetesSlice(options));
}

/**
 * Flow control's objects and the range of service addresses, with the status that their controllers give them. Follows
 * kubernetes pkg/registry/flowcontrol/rest/storage_flowcontrol.go and pkg/controlplane/controller/defaultservicecidr.
 */
export async function ensureConfiguration(storage: BootstrapStorage, serviceCidr: string): Promise<void> {
  const { storages, nowMs } = storage;
  const [last] = PRIORITY_LEVELS;
  // Written last: where it is, all has been.
  if (await storages.get(PRIORITYLEVELS, undefined, last?.metadata?.name ?? '')) return;
  const lastTransitionTime = storage.identities.time(nowMs);
  const of = (resource: Resource<KubeObject>, object: KubeObject): Wanted => ({ resource, object: { ...object, metadata: { ...object.metadata, generation: 1 } } });
  const wanted = [
    ...FLOW_SCHEMAS.map((schema) => of(FLOWSCHEMAS, { ...schema, status: { conditions: [leadsSomewhere(schema, lastTransitionTime)] } } as KubeObject)),
    { resource: SERVICECIDRS, object: defaultServiceCidr(serviceCidr, lastTransitionTime) },
    ...[...PRIORITY_LEVELS].reverse().map((level) => of(PRIORITYLEVELS, { ...level, status: {} } as KubeObject)),
  ];
  if (!(await createAll(storage, wanted))) for (const each of wanted) await createAll(storage, [each]);
}

/** The condition of a schema whose priority level is there. */
function leadsSomewhere({ spec }: FlowSchema, lastTransitionTime: string) {
  return { type: 'Dangling', status: 'False', lastTransitionTime, reason: 'Found', message: `This FlowSchema references the PriorityLevelConfiguration object named "${spec?.priorityLevelConfiguration.name ?? ''}" and it exists` };
}

function defaultServiceCidr(cidr: string, lastTransitionTime: string): ServiceCIDR {
  return {
    metadata: { name: DEFAULT_SERVICE_CIDR, finalizers: [SERVICE_CIDR_FINALIZER] },
    spec: { cidrs: [cidr] },
    status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime, reason: '', message: 'Kubernetes Service CIDR is ready' }] },
  };
}

/** kubernetes pkg/apis/scheduling/v1/helpers.go: SystemPriorityClasses. */
const PRIORITY_CLASSES: readonly PriorityClass[] = [
  { metadata: { name: 'system-node-critical' }, value: 2_000_001_000, preemptionPolicy: 'PreemptLowerPriority', description: 'Used for system critical pods that must not be moved from their current node.' },
  { metadata: { name: 'system-cluster-critical' }, value: 2_000_000_000, preemptionPolicy: 'PreemptLowerPriority', description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.' },
];

const meta = (labels: Readonly<Record<string, string>>) => ({ name: 'kubernetes', namespace: 'default', labels });

/** kubernetes pkg/controlplane/controller/kubernetesservice/controller.go. */
function kubernetesService({ serviceAddress, port }: BootstrapOptions): Service {
  return {
    metadata: meta({ component: 'apiserver', provider: 'kubernetes' }),
    spec: { clusterIP: serviceAddress, clusterIPs: [serviceAddress], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }], sessionAffinity: 'None', type: 'ClusterIP' },
  };
}

/** kubernetes pkg/controlplane/reconcilers. */
function kubernetesEndpoints({ advertiseAddress, port }: BootstrapOptions): Endpoints {
  return { metadata: meta({ 'endpointslice.kubernetes.io/skip-mirror': 'true' }), subsets: [{ addresses: [{ ip: advertiseAddress }], ports: [{ name: 'https', port, protocol: 'TCP' }] }] };
}

function kubernetesSlice({ advertiseAddress, port }: BootstrapOptions): EndpointSlice {
  return {
    metadata: meta({ 'kubernetes.io/service-name': 'kubernetes' }),
    addressType: 'IPv4',
    endpoints: [{ addresses: [advertiseAddress], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  };
}
