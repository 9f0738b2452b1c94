/** Host ports in use on a node. Follows kubernetes pkg/scheduler/framework/types.go: HostPortInfo. */
import type { Pod } from '../../api/generated/types.ts';

const ANY_IP = '0.0.0.0';

export interface HostPort {
  readonly ip: string;
  /** "TCP/8080" */
  readonly protocolPort: string;
}

const NONE: readonly HostPort[] = [];

/** The host ports that a pod asks for, those of its sidecars included (util.GetHostPorts). */
export function hostPortsOf(pod: Pod): readonly HostPort[] {
  let ports: HostPort[] | undefined;
  const sidecars = pod.spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? [];
  for (const container of [...sidecars, ...(pod.spec?.containers ?? [])]) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort) (ports ??= []).push({ ip: hostIP || ANY_IP, protocolPort: `${protocol || 'TCP'}/${hostPort}` });
    }
  }
  return ports ?? NONE;
}

export class HostPorts {
  readonly #byIP = new Map<string, Set<string>>();

  add({ ip, protocolPort }: HostPort): void {
    const ports = this.#byIP.get(ip);
    if (ports) ports.add(protocolPort);
    else this.#byIP.set(ip, new Set([protocolPort]));
  }

  remove({ ip, protocolPort }: HostPort): void {
    const ports = this.#byIP.get(ip);
    ports?.delete(protocolPort);
    if (ports?.size === 0) this.#byIP.delete(ip);
  }

  /** Whether the port is taken; one on all addresses collides with one on any. */
  conflicts({ ip, protocolPort }: HostPort): boolean {
    if (this.#byIP.size === 0) return false;
    if (ip === ANY_IP) {
      for (const ports of this.#byIP.values()) if (ports.has(protocolPort)) return true;
      return false;
    }
    return (this.#byIP.get(ip)?.has(protocolPort) ?? false) || (this.#byIP.get(ANY_IP)?.has(protocolPort) ?? false);
  }

  clone(): HostPorts {
    const copy = new HostPorts();
    for (const [ip, ports] of this.#byIP) copy.#byIP.set(ip, new Set(ports));
    return copy;
  }
}
