/** Services of `expose` and `run --expose` (kubectl pkg/cmd/expose/expose.go: createService). */
import { CommandError } from '../errors.ts';
import { intOrString, newMeta, optional, type Generated, type StringMap } from './object.ts';
import { parsePort } from './pod.ts';

export interface ExposeRequest {
  readonly name: string;
  readonly selector: StringMap;
  readonly labels: StringMap;
  /** Port numbers as text. */
  readonly ports: readonly string[];
  /** '' for that of the object's ports. */
  readonly protocol: string;
  readonly protocols: ReadonlyMap<string, readonly string[]>;
  readonly targetPort: string;
  readonly externalIP: string;
  readonly type: string;
  readonly loadBalancerIP: string;
  readonly sessionAffinity: string;
  readonly clusterIP: string;
}

export function newExposedService(request: ExposeRequest): Generated {
  const { name, selector, labels, type, sessionAffinity } = request;
  const ports = servicePorts(request);
  if (sessionAffinity !== '' && sessionAffinity !== 'None' && sessionAffinity !== 'ClientIP') throw new CommandError(`unknown session affinity: ${sessionAffinity}`);
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: newMeta(name, '', { labels }),
    spec: {
      ...optional('ports', ports),
      selector,
      ...optional('clusterIP', request.clusterIP),
      ...optional('type', type),
      ...(request.externalIP === '' ? {} : { externalIPs: [request.externalIP] }),
      ...optional('sessionAffinity', sessionAffinity),
      ...optional('loadBalancerIP', type === 'LoadBalancer' ? request.loadBalancerIP : ''),
    },
    status: { loadBalancer: {} },
  };
}

function servicePorts({ ports, protocol, protocols, targetPort }: ExposeRequest): object[] {
  const result: object[] = [];
  for (const [index, text] of ports.entries()) {
    const port = parsePort(text);
    const target = targetPort === '' ? port : intOrString(targetPort);
    const own = protocol === '' ? (protocols.get(text) ?? ['TCP']) : [protocol];
    const base = ports.length > 1 ? `port-${index + 1}` : '';
    for (const each of own) {
      const name = own.length > 1 ? `port-${index + 1}-${each.toLowerCase()}` : base;
      result.push({ ...optional('name', name), protocol: each, port, targetPort: target });
    }
  }
  return result;
}
