/** Nodes and pods for the scheduler's tests, with what the API server would have defaulted. */
import type { Container, Node, Pod, PodSpec } from '../../src/api/generated/types.ts';
import { freeze } from '../../src/api/json.ts';
import type { Stored } from '../../src/api/object.ts';
import { NodeInfo } from '../../src/scheduler/cache/node-info.ts';
import { PodInfo } from '../../src/scheduler/cache/pod-info.ts';

export interface NodeOptions {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly unschedulable?: boolean;
  readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[];
  readonly more?: Readonly<Record<string, string>>;
}

export function aNode(name: string, options: NodeOptions = {}): Stored<Node> {
  const { cpu = '4', memory = '8Gi', pods = '110', labels = {}, taints, unschedulable, images, more = {} } = options;
  return freeze({
    apiVersion: 'v1', kind: 'Node',
    metadata: { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2025-01-01T00:00:00Z', labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: { ...(taints ? { taints } : {}), ...(unschedulable ? { unschedulable } : {}) },
    status: { allocatable: { cpu, memory, pods, ...more }, ...(images ? { images } : {}) },
  });
}

export interface PodOptions {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly cpu?: string;
  readonly memory?: string;
  readonly spec?: Partial<PodSpec>;
  readonly node?: string;
  readonly metadata?: Partial<Stored<Pod>['metadata']>;
  readonly status?: Pod['status'];
}

export function aContainer(options: Pick<PodOptions, 'cpu' | 'memory'> = {}, more: Partial<Container> = {}): Container {
  const requests = { ...(options.cpu ? { cpu: options.cpu } : {}), ...(options.memory ? { memory: options.memory } : {}) };
  return { name: 'main', image: 'nginx', ...(Object.keys(requests).length > 0 ? { resources: { requests } } : {}), ...more };
}

export function aPod(name: string, options: PodOptions = {}): Stored<Pod> {
  const { namespace = 'default', labels, spec = {}, node, metadata = {}, status = { phase: 'Pending' } } = options;
  return freeze({
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name, namespace, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2025-01-01T00:00:00Z', ...(labels ? { labels } : {}), ...metadata },
    spec: { schedulerName: 'default-scheduler', priority: 0, containers: [aContainer(options)], ...spec, ...(node ? { nodeName: node } : {}) },
    status,
  });
}

export const podInfo = (name: string, options: PodOptions = {}): PodInfo => new PodInfo(aPod(name, options));

/** A node with pods on it. */
export function nodeInfo(name: string, options: NodeOptions = {}, pods: readonly PodInfo[] = []): NodeInfo {
  const info = new NodeInfo(name);
  info.setNode(aNode(name, options));
  for (const pod of pods) info.addPod(pod);
  return info;
}
