/**
 * [LOCAL:]REMOTE: names become numbers, a service's ports those of its pod (kubectl pkg/cmd/portforward/portforward.go,
 * pkg/util/{service,pod}_port.go; client-go tools/portforward: parsePorts).
 */
import type { Pod, Service } from '../../../api/generated/types.ts';
import { goQuote } from '../../../api/quote.ts';
import { CommandError } from '../../errors.ts';

/** The two sides of a port; a third part makes it no better than the first. */
function split(port: string): readonly [local: string, remote: string] {
  const parts = port.split(':');
  return parts.length === 2 ? [parts[0] as string, parts[1] as string] : [parts[0] as string, parts[0] as string];
}

/** Go's Atoi: undefined for what is no number. */
const number = (text: string): number | undefined => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined);

export function portsOfPod(ports: readonly string[], pod: Pod): string[] {
  const containerPorts = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  refuseUdp(ports, containerPorts.map(({ containerPort, protocol }) => ({ port: containerPort, protocol })), (name) => namedPodPort(pod, name));
  return ports.map((port) => {
    const [local, remote] = split(port);
    if (remote === '') throw new CommandError('remote port cannot be empty');
    const target = number(remote) === undefined ? String(namedPodPort(pod, remote)) : remote;
    return local === remote ? target : `${local}:${target}`;
  });
}

export function portsOfService(ports: readonly string[], service: Service, pod: Pod): string[] {
  refuseUdp(ports, (service.spec?.ports ?? []).map(({ port, protocol }) => ({ port, protocol })), (name) => namedServicePort(service, name));
  return ports.map((each) => {
    const [given, remote] = split(each);
    const port = number(remote) ?? namedServicePort(service, remote);
    const local = number(remote) === undefined && given === remote ? String(port) : given;
    const target = String(targetPort(service, pod, port));
    return local === target ? target : `${local}:${target}`;
  });
}

function targetPort({ metadata, spec }: Service, pod: Pod, port: number): number {
  const found = spec?.ports?.find((each) => each.port === port);
  if (!found) throw new CommandError(`Service ${metadata?.name ?? ''} does not have a service port ${port}`);
  if (spec?.clusterIP === 'None') return port;
  const { targetPort: target } = found;
  return typeof target === 'string' ? namedPodPort(pod, target) : target || found.port;
}

function namedServicePort({ metadata, spec }: Service, name: string): number {
  const found = spec?.ports?.find((each) => (each.name ?? '') === name);
  if (!found) throw new CommandError(`Service '${metadata?.name ?? ''}' does not have a named port '${name}'`);
  return found.port;
}

function namedPodPort({ metadata, spec }: Pod, name: string): number {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const found = containers.flatMap(({ ports }) => ports ?? []).find((each) => (each.name ?? '') === name);
  if (!found) throw new CommandError(`Pod '${metadata?.name ?? ''}' does not have a named port '${name}'`);
  return found.containerPort;
}

/** What is served over UDP only cannot be forwarded. */
function refuseUdp(ports: readonly string[], served: readonly { readonly port: number; readonly protocol?: string | undefined }[], lookUp: (name: string) => number): void {
  const over = (protocol: string): Set<number> => new Set(served.filter((each) => each.protocol === protocol).map(({ port }) => port));
  const [udp, tcp] = [over('UDP'), over('TCP')];
  for (const each of ports) {
    const [, remote] = split(each);
    const port = number(remote) ?? lookUp(remote);
    if (udp.has(port) && !tcp.has(port)) throw new CommandError(`UDP protocol is not supported for ${remote}`);
  }
}

export interface PortPair {
  /** 0 for any; the chosen one once somebody listens. */
  local: number;
  readonly remote: number;
}

export function parsePorts(ports: readonly string[]): PortPair[] {
  return ports.map((text) => {
    const parts = text.split(':');
    if (parts.length > 2) throw new CommandError(`invalid port format '${text}'`);
    const [first = '', remoteText = first] = parts;
    const localText = parts.length === 2 && first === '' ? '0' : first;
    const local = parsePort('local', localText);
    const remote = parsePort('remote', remoteText);
    if (remote === 0) throw new CommandError('remote port must be > 0');
    return { local, remote };
  });
}

function parsePort(side: 'local' | 'remote', text: string): number {
  const problem = !/^\d+$/.test(text) ? 'invalid syntax' : Number(text) > 65_535 ? 'value out of range' : undefined;
  if (problem) throw new CommandError(`error parsing ${side} port '${text}': strconv.ParseUint: parsing ${goQuote(text)}: ${problem}`);
  return Number(text);
}
