/**
 * What the API server puts into an empty cluster by itself. Follows kube-apiserver's own controllers: system namespaces,
 * default/kubernetes with its endpoints, the system priority classes.
 */
import type { Endpoints, EndpointSlice, Namespace, PriorityClass, Service, ServiceAccount } from '../api/generated/types.ts';
import { ENDPOINTS, ENDPOINTSLICES, NAMESPACES, PRIORITYCLASSES, SERVICEACCOUNTS, SERVICES, type Resource } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { apiVersionOf } from '../api/resource.ts';
import { isAlreadyExists } from '../api/status.ts';

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

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Creates what is missing. */
export async function bootstrap(access: BootstrapAccess, options: BootstrapOptions): Promise<void> {
  const ensure = async <T extends KubeObject>(resource: Resource<T>, object: T): Promise<void> => {
    const { namespace = '', name = '' } = object.metadata ?? {};
    if (await access.exists(resource as Resource<KubeObject>, namespace, name)) return;
    try {
      await access.create(resource as Resource<KubeObject>, { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
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
