/** Defaults of the core group's other kinds and of discovery. Follows kubernetes pkg/apis/core/v1/defaults.go and conversion.go. */
import type { ConfigMap, Endpoints, EndpointSlice, LimitRange, Namespace, Node, ResourceQuota, Secret, Service } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { omitEmpty } from './omit.ts';
import { defaultResourceList } from './quantities.ts';

/** Seconds that a client sticks to a pod under sessionAffinity ClientIP. */
const CLIENT_IP_SECONDS = 10800;

/** Whether clients outside the cluster reach the service (pkg/api/v1/service: ExternallyAccessible). */
export function externallyAccessible(spec: { readonly type?: string; readonly externalIPs?: readonly string[] }): boolean {
  return spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
}

export function defaultService(service: Draft<Service>): void {
  const spec = (service.spec ??= {});
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: CLIENT_IP_SECONDS } };
  spec.type ||= 'ClusterIP';
  omitEmpty(spec, 'ports', 'selector', 'externalIPs', 'loadBalancerSourceRanges', 'publishNotReadyAddresses', 'healthCheckNodePort', 'externalName', 'loadBalancerIP', 'clusterIP', 'clusterIPs', 'externalTrafficPolicy');
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
    omitEmpty(port, 'name', 'nodePort');
  }
  if (externallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.type === 'ClusterIP') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') {
    spec.allocateLoadBalancerNodePorts ??= true;
    for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
  }
}

export function defaultConfigMap(configMap: Draft<ConfigMap>): void {
  omitEmpty(configMap, 'data', 'binaryData');
}

/** Text given under stringData joins data, in base64 (Convert_v1_Secret_To_core_Secret). */
export function defaultSecret(secret: Draft<Secret>): void {
  const text = secret.stringData;
  if (text !== undefined) {
    const data = (secret.data ??= {});
    for (const key of Object.keys(text)) data[key] = Buffer.from(text[key] ?? '', 'utf8').toString('base64');
    delete secret.stringData;
  }
  omitEmpty(secret, 'data');
  secret.type ||= 'Opaque';
}

export function defaultNamespace(namespace: Draft<Namespace>): void {
  const name = namespace.metadata?.name;
  if (name && namespace.metadata) (namespace.metadata.labels ??= {})['kubernetes.io/metadata.name'] = name;
  namespace.spec ??= {};
  (namespace.status ??= {}).phase ||= 'Active';
}

export function defaultNode(node: Draft<Node>): void {
  node.spec ??= {};
  omitEmpty(node.spec, 'unschedulable', 'taints', 'podCIDRs');
  const status = node.status;
  if (!status) return;
  defaultResourceList(status.capacity);
  if (status.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
  else defaultResourceList(status.allocatable);
}

export function defaultEndpoints(endpoints: Draft<Endpoints>): void {
  for (const subset of endpoints.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
}

export function defaultEndpointSlice(slice: Draft<EndpointSlice>): void {
  for (const port of slice.ports ?? []) {
    port.name ??= '';
    port.protocol ??= 'TCP';
  }
}

export function defaultResourceQuota(quota: Draft<ResourceQuota>): void {
  defaultResourceList(quota.spec?.hard);
  defaultResourceList(quota.status?.hard);
  defaultResourceList(quota.status?.used);
}

export function defaultLimitRange(limitRange: Draft<LimitRange>): void {
  for (const item of limitRange.spec?.limits ?? []) {
    defaultResourceList(item.max);
    defaultResourceList(item.min);
    defaultResourceList(item.default);
    defaultResourceList(item.defaultRequest);
    defaultResourceList(item.maxLimitRequestRatio);
    if (item.type !== 'Container') continue;
    const limits = (item.default ??= {});
    const requests = (item.defaultRequest ??= {});
    for (const [name, max] of Object.entries(item.max ?? {})) limits[name] ??= max;
    for (const [name, limit] of Object.entries(limits)) requests[name] ??= limit;
    for (const [name, min] of Object.entries(item.min ?? {})) requests[name] ??= min;
    omitEmpty(item, 'default', 'defaultRequest');
  }
}
