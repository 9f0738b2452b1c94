/** pods/log: finds the container and lets its node's kubelet send the text. Follows kubernetes pkg/registry/core/pod/strategy.go: LogLocation. */
import type { Node, Pod } from '../../api/generated/types.ts';
import { NODES } from '../../api/kinds.ts';
import type { NodeConnection } from '../../api/node-connection.ts';
import { badRequest, notFound, StatusError } from '../../api/status.ts';
import { readObject } from '../registry/read.ts';
import type { RequestScope } from '../registry/scope.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { forbidden, invalid, invalidObject, Path, WHOLE, type FieldError } from '../validation/field.ts';

/** How the server reaches a node's kubelet; undefined where nothing listens there. */
export type NodeDialer = (nodeName: string) => NodeConnection | undefined;

const KUBELET_PORT = 10250;

/** PodLogOptions as they stand in the query. */
interface LogOptions {
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly limitBytes?: number;
}

export async function podLog(scope: RequestScope, dial: NodeDialer, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
  const options = logOptions(scope);
  const pod = (await readObject(scope)) as StoredObject & Pod;
  const container = containerOf(pod, options.container);
  const nodeName = pod.spec?.nodeName;
  // A pod without a node has said nothing yet.
  if (!nodeName) return;
  const node = await scope.registry.storages.get(NODES, undefined, nodeName);
  if (!node) throw notFound(NODES, nodeName);
  const connection = dial(nodeName);
  if (!connection) throw refused(node, `/containerLogs/${scope.namespace}/${scope.name}/${container}`);
  await connection.containerLogs({ ...options, container, namespace: scope.namespace, pod: scope.name, uid: pod.metadata.uid }, onText, signal);
}

/** What Go's HTTP client says when the kubelet doesn't answer. */
export function refused(node: Node, path: string): StatusError {
  const { address, port } = kubeletOf(node);
  return new StatusError(500, '', `Get "https://${address}:${port}${path}": dial tcp ${address}:${port}: connect: connection refused`);
}

/** Where the node's kubelet listens. */
export function kubeletOf(node: Node): { readonly address: string; readonly port: number } {
  return { address: node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? node.metadata?.name ?? '', port: node.status?.daemonEndpoints?.kubeletEndpoint?.Port || KUBELET_PORT };
}

/** The container that is asked for, or the only one. Throws StatusError 400. */
export function containerOf(pod: StoredObject & Pod, asked: string): string {
  const { name } = pod.metadata;
  const containers = pod.spec?.containers ?? [];
  const names = [...(pod.spec?.initContainers ?? []), ...containers, ...(pod.spec?.ephemeralContainers ?? [])].map((container) => container.name);
  if (asked) {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [only] = containers;
  if (!only) throw badRequest(`a container name must be specified for pod ${name}`);
  if (containers.length > 1) throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
  return only.name;
}

function logOptions(scope: RequestScope): LogOptions {
  const query = scope.options.query ?? {};
  const text = (name: string): string | undefined => {
    const value = query[name];
    return typeof value === 'string' ? value : value?.[0];
  };
  const errors: FieldError[] = [];
  const flag = (name: string) => text(name) === 'true' || text(name) === '1';
  const count = (name: string, least: number): number | undefined => {
    const value = text(name);
    if (value === undefined || value === '') return undefined;
    if (!/^-?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
    if (Number(value) < least) errors.push(invalid(Path.of(name), Number(value), least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0'));
    return Number(value);
  };
  const tailLines = count('tailLines', 0);
  const limitBytes = count('limitBytes', 1);
  const sinceTime = text('sinceTime');
  if (sinceTime && text('sinceSeconds')) errors.push(forbidden(WHOLE, 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  const sinceSeconds = sinceTime ? undefined : count('sinceSeconds', 1);
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, scope.name, errors);
  return {
    container: text('container') ?? '',
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime ? { sinceTime } : {}),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  };
}
