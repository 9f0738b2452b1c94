/** What a process in a pod finds on the cluster's network: pods by address, services by name or cluster IP. */
import { PODS, SERVICES } from '../api/kinds.ts';
import type { Pod, Service } from '../api/generated/types.ts';
import { selectorFromMap } from '../api/labels.ts';
import { objectKey, type Stored } from '../api/object.ts';
import { isPodReady } from '../api/pods.ts';
import type { ComponentContext } from '../client/component.ts';
import type { HttpAnswer, ProcessNetwork } from './cri/process/machine.ts';
import type { Kubelet } from './kubelet.ts';
import { portNumber } from './probes/probe.ts';

interface Endpoint {
  readonly pod: Stored<Pod>;
  readonly port: number;
}

export class ClusterView {
  constructor(
    private readonly context: ComponentContext,
    private readonly kubelet: (nodeName: string) => Kubelet | undefined,
  ) {
    context.informers.of(PODS).addIndex('podIP', (pod) => pod.status?.podIP);
  }

  /** The network as pods of a namespace name things. */
  in(namespace: string): ProcessNetwork {
    return { http: (host, port, path) => this.#http(namespace, host, port, path), connect: (host, port) => this.#connect(namespace, host, port) };
  }

  #http(namespace: string, host: string, port: number, path: string): HttpAnswer | 'unknown' | 'refused' {
    const endpoint = this.#find(namespace, host, port);
    if (endpoint === 'unknown' || endpoint === 'refused') return endpoint;
    const target = this.#sandbox(endpoint.pod);
    if (!target) return 'refused';
    const code = target.kubelet.runtime.httpGet(target.sandboxId, endpoint.port, path);
    return typeof code === 'number' ? { code, body: target.kubelet.runtime.page(target.sandboxId, endpoint.port, path) } : 'refused';
  }

  #connect(namespace: string, host: string, port: number): 'open' | 'unknown' | 'refused' {
    // Port 0 asks for the name only.
    if (port === 0 && this.#service(namespace, host)) return 'open';
    const endpoint = this.#find(namespace, host, port);
    if (endpoint === 'unknown' || endpoint === 'refused') return endpoint;
    if (port === 0) return 'open';
    const target = this.#sandbox(endpoint.pod);
    return target && target.kubelet.runtime.listens(target.sandboxId, endpoint.port) ? 'open' : 'refused';
  }

  #sandbox(pod: Stored<Pod>): { readonly kubelet: Kubelet; readonly sandboxId: string } | undefined {
    const found = this.kubelet(pod.spec?.nodeName ?? '');
    const sandboxId = found?.worker(pod.metadata.uid)?.sandboxId;
    return found && sandboxId !== undefined ? { kubelet: found, sandboxId } : undefined;
  }

  #find(from: string, host: string, port: number): Endpoint | 'unknown' | 'refused' {
    const pods = this.context.informers.of(PODS);
    const byAddress = pods.byIndex('podIP', host).find((pod) => pod.status?.phase === 'Running');
    if (byAddress) return { pod: byAddress, port };
    const service = this.#service(from, host);
    if (!service) return /^\d+(\.\d+){3}$/.test(host) ? 'refused' : 'unknown';
    const { selector, ports = [] } = service.spec ?? {};
    const servicePort = port === 0 ? ports[0] : ports.find((each) => each.port === port);
    if (!selector || !servicePort) return 'refused';
    const matching = selectorFromMap(selector);
    const pod = pods.list(service.metadata.namespace ?? '').find((each) => matching.matches(each.metadata.labels ?? {}) && isPodReady(each));
    if (!pod) return 'refused';
    const target = servicePort.targetPort ?? servicePort.port;
    const number = typeof target === 'number' ? target : (pod.spec?.containers ?? []).reduce((found, container) => found || portNumber(target, container), 0);
    return { pod, port: number };
  }

  /** "web", "web.default", "web.default.svc.cluster.local" or the cluster IP; a bare name is one of the asker's own namespace. */
  #service(from: string, host: string): Stored<Service> | undefined {
    const services = this.context.informers.of(SERVICES);
    if (/^\d+(\.\d+){3}$/.test(host)) return services.list().find((service) => service.spec?.clusterIP === host);
    const [name = '', namespace = from] = host.split('.');
    return services.get(objectKey(namespace, name));
  }
}
