/**
 * The proxy of pods, services and nodes: fetches a page from a web server in a pod, or from a kubelet. Follows kubernetes
 * pkg/registry/core/{pod,node}/strategy.go and core/service/storage/storage.go: ResourceLocation, apimachinery
 * pkg/util/proxy/upgradeaware.go.
 */
import type { Pod, Service } from '../../api/generated/types.ts';
import { ENDPOINTS, NODES, PODS, SERVICES } from '../../api/kinds.ts';
import type { Page } from '../../api/node-connection.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest, notFound, StatusError } from '../../api/status.ts';
import type { Answer } from '../answer.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { kubeletOf, type NodeDialer } from './log.ts';
import { rewriteLinks } from './rewrite-links.ts';
import { admitBody } from './subresource.ts';

/** The ports that have names, and mean those of URLs that have none. */
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

const OPTIONS_KINDS: Readonly<Record<string, string>> = { pods: 'PodProxyOptions', services: 'ServiceProxyOptions', nodes: 'NodeProxyOptions' };

/** How HTTP calls what the request was read as. */
const METHODS: Readonly<Record<string, string>> = { get: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE' };

/** What `[scheme:]name[:port]` names; the port as it was written, perhaps ''. */
interface Target {
  readonly https: boolean;
  readonly name: string;
  readonly port: string;
}

/** A server: where it listens, and the pod behind it, if it is one. */
interface Location {
  readonly ip: string;
  readonly port: number;
  readonly pod: (StoredObject & Pod) | undefined;
}

/** `pick` chooses among endpoints: an integer below the count. Throws StatusError. */
export async function proxyPage(scope: RequestScope, dial: NodeDialer, pick: (count: number) => number): Promise<Answer> {
  const { resource, request, options } = scope;
  const { path = '', ...query } = options.query ?? {};
  await admitBody(scope, 'connect', { apiVersion: 'v1', kind: OPTIONS_KINDS[resource.plural] as string, ...(path === '' ? {} : { path }) } as KubeObject);
  const target = targetOf(scope);
  if (resource.plural === 'nodes') return nodePage(scope, dial, target);
  const { ip, port, pod } = resource.plural === 'pods' ? await podLocation(scope, target) : await serviceLocation(scope, target, pick);
  if (path === '' && request.verb === 'get') return redirect(scope);
  const nodeName = pod?.spec?.nodeName;
  const node = nodeName ? dial(nodeName) : undefined;
  const page = pod && node ? await node.page({ namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, uid: pod.metadata.uid, port, path: `${path as string}${search(query)}` }) : 'refused';
  if (page === 'refused') throw unreachable(`dial tcp ${address(ip)}:${port}: connect: connection refused`);
  if (page === 'malformed') throw unreachable('EOF');
  if (target.https) throw unreachable('http: server gave HTTP response to HTTPS client');
  return throughProxy(scope, page, `${address(ip)}:${port}`);
}

/** The page as the proxy hands it on. */
function throughProxy(scope: RequestScope, page: Page, host: string): Answer {
  return page.contentType.split(';', 1)[0]?.trim() === 'text/html' ? { ...page, body: rewriteLinks(page.body, proxyPath(scope), host) } : page;
}

/** A page of the node's kubelet. Nothing else on a node listens to others. */
async function nodePage(scope: RequestScope, dial: NodeDialer, { name, port }: Target): Promise<Answer> {
  const { options, request, registry } = scope;
  const { path = '', ...query } = options.query ?? {};
  const node = await registry.storages.get(NODES, undefined, name);
  if (!node) throw notFound(NODES, name);
  const kubelet = kubeletOf(node);
  if (path === '' && request.verb === 'get') return redirect(scope);
  const at = (why: string, of: string | number = kubelet.port): StatusError => unreachable(`dial tcp ${address(kubelet.address)}:${of}: connect: ${why}`);
  if (port !== '' && port !== String(kubelet.port)) throw at('connection refused', port);
  const connection = dial(name);
  if (!connection) throw at('connection refused');
  const page = await connection.serve({ method: METHODS[request.verb] ?? 'GET', path: path === '' ? '/' : (path as string), query });
  if (page === 'unreachable') throw at('no route to host');
  return throughProxy(scope, page, `${address(kubelet.address)}:${kubelet.port}`);
}

function targetOf({ name: id, resource }: RequestScope): Target {
  const parts = id.split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 1 ? ['', id, ''] : parts.length === 2 ? ['', ...parts] : parts;
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme)) throw badRequest(`invalid ${resource.singular} request ${JSON.stringify(id)}`);
  return { https: scheme === 'https', name, port };
}

/** A pod's first port, unless another one is asked for. */
async function podLocation({ namespace, registry }: RequestScope, { https, name, port }: Target): Promise<Location> {
  const pod = (await registry.storages.get(PODS, namespace, name)) as (StoredObject & Pod) | undefined;
  if (!pod) throw notFound(PODS, name);
  const ip = pod.status?.podIP;
  if (!ip) throw badRequest('address not allowed');
  const first = pod.spec?.containers.find(({ ports }) => ports && ports.length > 0)?.ports?.[0]?.containerPort;
  const byName = PORTS[port === '' ? (https ? 'https' : 'http') : port];
  const found = port === '' ? (first ?? byName) : /^\d+$/.test(port) ? Number(port) : byName;
  if (found === undefined) throw unreachable(`dial tcp: lookup tcp/${port}: unknown port`);
  if (found > 65_535) throw unreachable(`dial tcp: address ${port}: invalid port`);
  return { ip, port: found, pod };
}

/** One of the ready endpoints of a service's port, which goes by its name or its number. */
async function serviceLocation(scope: RequestScope, { name, port }: Target, pick: (count: number) => number): Promise<Location> {
  const { namespace, registry } = scope;
  const portName = /^\d+$/.test(port) ? await portNameOf(scope, name, Number(port)) : port;
  const endpoints = await registry.storages.get(ENDPOINTS, namespace, name);
  if (!endpoints) throw notFound(ENDPOINTS, name);
  const { subsets = [] } = endpoints;
  if (subsets.length === 0) throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  const from = pick(subsets.length);
  for (const { addresses = [], ports = [] } of [...subsets.slice(from), ...subsets.slice(0, from)]) {
    const found = ports.find((each) => (each.name ?? '') === portName);
    const chosen = addresses[pick(Math.max(addresses.length, 1))];
    if (!found || !chosen) continue;
    const { targetRef, ip } = chosen;
    const pod = targetRef?.kind === 'Pod' ? await registry.storages.get(PODS, targetRef.namespace ?? namespace, targetRef.name ?? '') : undefined;
    return { ip, port: found.port, pod: pod as (StoredObject & Pod) | undefined };
  }
  throw unavailable(`no endpoints available for service ${JSON.stringify(scope.name)}`);
}

async function portNameOf({ namespace, registry }: RequestScope, name: string, port: number): Promise<string> {
  const service: Service | undefined = await registry.storages.get(SERVICES, namespace, name);
  if (!service) throw notFound(SERVICES, name);
  const found = service.spec?.ports?.find((each) => each.port === port);
  if (!found) throw unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`);
  return found.name ?? '';
}

const proxyPath = ({ namespace, name, resource }: RequestScope): string => `/api/v1/${resource.namespaced ? `namespaces/${namespace}/` : ''}${resource.plural}/${name}/proxy`;

/** Relative links of a page work only below the slash. */
function redirect(scope: RequestScope): Answer {
  const { path: _, ...query } = scope.options.query ?? {};
  return { code: 301, contentType: '', body: '', headers: { Location: `${proxyPath(scope)}/${search(query)}` } };
}

function search(query: Readonly<Record<string, string | readonly string[]>>): string {
  const text = new URLSearchParams(Object.entries(query).flatMap(([key, value]) => [value].flat().map((each): [string, string] => [key, each]))).toString();
  return text === '' ? '' : `?${text}`;
}

const address = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);
const unavailable = (message: string): StatusError => new StatusError(503, 'ServiceUnavailable', message);
const unreachable = (why: string): StatusError => unavailable(`error trying to reach service: ${why}`);
