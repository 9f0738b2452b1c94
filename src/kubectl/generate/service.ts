/** Services of `create service` (create_service.go: createService, parsePorts). */
import { goQuote } from '../../api/quote.ts';
import { CommandError } from '../errors.ts';
import { newMeta, optional, type Generated } from './object.ts';

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

export interface ServiceRequest {
  readonly name: string;
  readonly namespace: string;
  readonly type: ServiceType;
  /** "port" or "port:targetPort" */
  readonly tcp: readonly string[];
  readonly clusterIP: string;
  readonly nodePort: number;
  readonly externalName: string;
}

export function newService({ name, namespace, type, tcp, clusterIP, nodePort, externalName }: ServiceRequest): Generated {
  const ports = tcp.map((text) => ({ name: text.replaceAll(':', '-'), protocol: 'TCP', ...parsePorts(text), ...optional('nodePort', nodePort) }));
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: newMeta(name, namespace, { labels: { app: name } }),
    spec: { ...optional('ports', ports), selector: { app: name }, ...optional('clusterIP', clusterIP), type, ...optional('externalName', externalName) },
    status: { loadBalancer: {} },
  };
}

function parsePorts(text: string): { readonly port: number; readonly targetPort: number | string } {
  const [first = '', second] = text.split(':');
  if (!/^\d+$/.test(first)) throw new CommandError(`strconv.ParseUint: parsing ${goQuote(first)}: invalid syntax`);
  const port = Number(first);
  if (port > 65535) throw new CommandError(`strconv.ParseUint: parsing ${goQuote(first)}: value out of range`);
  if (second === undefined) return { port, targetPort: port };
  if (/^[+-]?\d+$/.test(second)) {
    const target = Number(second);
    if (target < 1 || target > 65535) throw new CommandError('must be between 1 and 65535, inclusive');
    return { port, targetPort: target };
  }
  const errors = portNameErrors(second);
  if (errors.length > 0) throw new CommandError(errors.join(','));
  return { port, targetPort: second };
}

/** What is wrong with a port's name (validation.IsValidPortName). */
function portNameErrors(name: string): string[] {
  const errors: string[] = [];
  if (name.length > 15) errors.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)');
  if (name.includes('--')) errors.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}
