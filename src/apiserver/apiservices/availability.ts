/** Whether a server behind an APIService can be reached. Follows kube-aggregator pkg/controllers/status/remote/remote_available_controller.go. */
import type { APIService } from '../../api/generated/types.ts';
import { ENDPOINTS, SERVICES } from '../../api/kinds.ts';
import { goQuote } from '../../api/quote.ts';
import type { Lookup } from '../storage/storages.ts';

export interface Availability {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const DEFAULT_PORT = 443;
const LOCAL: Availability = { status: 'True', reason: 'Local', message: 'Local APIServices are always available' };
const missing = (reason: string, message: string): Availability => ({ status: 'False', reason, message });

export async function availabilityOf({ spec }: APIService, cluster: Lookup): Promise<Availability> {
  if (!spec?.service) return LOCAL;
  const { namespace = '', name = '', port = DEFAULT_PORT } = spec.service;
  const where = `service/${name} in ${goQuote(namespace)}`;
  const service = await cluster.get(SERVICES, namespace, name);
  if (!service) return missing('ServiceNotFound', `${where} is not present`);
  if ((service.spec?.type ?? 'ClusterIP') === 'ClusterIP') {
    const found = service.spec?.ports?.find((each) => each.port === port);
    if (!found) return missing('ServicePortError', `${where} is not listening on port ${port}`);
    const endpoints = await cluster.get(ENDPOINTS, namespace, name);
    if (!endpoints) return missing('EndpointsNotFound', `cannot find endpoints for ${where}`);
    const portName = found.name ?? '';
    const active = endpoints.subsets?.some(({ addresses, ports }) => addresses?.length && ports?.some((each) => (each.name ?? '') === portName));
    if (!active) return missing('MissingEndpoints', `endpoints for ${where} have no addresses with port name ${goQuote(portName)}`);
  }
  // Containers are simulated: nobody listens behind the service.
  const path = spec.group ? `apis/${spec.group}/${spec.version}` : `api/${spec.version}`;
  const url = `https://${service.spec?.clusterIP ?? name}:${port}/${path}`;
  return missing('FailedDiscoveryCheck', `failing or missing response from ${url}: Get ${goQuote(url)}: dial tcp ${service.spec?.clusterIP ?? ''}:${port}: connect: connection refused`);
}
