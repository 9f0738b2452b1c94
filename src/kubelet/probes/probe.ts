/** One probe of a container: HTTP, TCP, gRPC or a command. Texts as kubernetes pkg/probe and pkg/kubelet/prober give them. */
import type { Container, HTTPGetAction, Probe } from '../../api/generated/types.ts';
import type { RuntimeService } from '../cri/runtime.ts';

export interface ProbeTarget {
  readonly runtime: RuntimeService;
  readonly sandboxId: string;
  readonly containerId: string;
  readonly podIp: string;
  readonly container: Container;
}

/** What a failed probe says; undefined: it succeeded. */
export function runProbe(probe: Probe, target: ProbeTarget): string | undefined {
  if (probe.exec) return probeExec(probe.exec.command ?? [], probe.timeoutSeconds ?? 1, target);
  if (probe.httpGet) return probeHttp(probe.httpGet, target);
  if (probe.tcpSocket) {
    const port = portNumber(probe.tcpSocket.port, target.container);
    const host = probe.tcpSocket.host ?? target.podIp;
    return reaches(host, target) && target.runtime.listens(target.sandboxId, port) ? undefined : `dial tcp ${host}:${port}: connect: connection refused`;
  }
  if (probe.grpc) {
    const address = `${target.podIp}:${probe.grpc.port}`;
    const health = target.runtime.grpcHealth(target.sandboxId, probe.grpc.port);
    if (health === 'serving') return undefined;
    if (health === 'unimplemented') return 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health';
    return `timeout: failed to connect service ${JSON.stringify(address)} within ${probe.timeoutSeconds ?? 1}s: context deadline exceeded`;
  }
  return undefined;
}

/** A port's number, or that of the container's port of that name. */
export function portNumber(port: number | string, container: Container): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? (Number(port) || 0);
}

function reaches(host: string, { podIp }: ProbeTarget): boolean {
  return host === podIp;
}

function probeHttp(get: HTTPGetAction, target: ProbeTarget): string | undefined {
  const port = portNumber(get.port, target.container);
  const host = get.host ?? target.podIp;
  const scheme = (get.scheme ?? 'HTTP').toLowerCase();
  const path = get.path ?? '/';
  const url = (): string => `${scheme}://${host}:${port}${path.startsWith('/') ? '' : '/'}${path}`;
  const answer = reaches(host, target) ? target.runtime.httpGet(target.sandboxId, port, path) : 'refused';
  if (answer === 'refused') return `Get "${url()}": dial tcp ${host}:${port}: connect: connection refused`;
  if (answer === 'malformed') return `Get "${url()}": EOF`;
  if (scheme === 'https') return `Get "${url()}": http: server gave HTTP response to HTTPS client`;
  return answer >= 200 && answer < 400 ? undefined : `HTTP probe failed with statuscode: ${answer}`;
}

function probeExec(command: readonly string[], timeoutSeconds: number, { runtime, containerId }: ProbeTarget): string | undefined {
  const result = runtime.execSync(containerId, command, timeoutSeconds * 1000);
  if (result.tookMs > timeoutSeconds * 1000) return `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutSeconds}s`;
  return result.code === 0 ? undefined : result.stdout + result.stderr;
}
