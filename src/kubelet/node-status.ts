/** What a kubelet says of its node. Follows kubernetes pkg/kubelet/kubelet_node_status.go and pkg/kubelet/nodestatus/setters.go. */
import { findCondition } from '../api/conditions.ts';
import type { Node, NodeCondition, NodeStatus } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import { formatTime } from '../api/time.ts';
import type { Random } from '../simulation/random.ts';
import type { ImageStatus } from './cri/runtime.ts';

/** The size of every node's machine. */
export const NODE_CAPACITY: Readonly<Record<string, string>> = { cpu: '8', 'ephemeral-storage': '102626232Ki', 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', memory: '16384000Ki', pods: '110' };
/** A node names this many images at most (nodeStatusMaxImages). */
const MAX_IMAGES = 50;

export interface MachineFacts {
  readonly nodeName: string;
  readonly ip: string;
  readonly bootId: string;
  readonly random: Random;
  readonly images: readonly ImageStatus[];
  readonly nowMs: number;
}

/** "172.18.0.2" for the first node; the machines' own network is a /16. */
export function nodeAddress(index: number): string {
  const host = index + 2;
  return `172.18.${Math.floor(host / 256) % 256}.${host % 256}`;
}

export function nodeLabels(nodeName: string): Record<string, string> {
  return { 'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux' };
}

const CONDITIONS: readonly Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'>[] = [
  { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
  { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

function conditions(previous: readonly NodeCondition[] | undefined, nowMs: number): NodeCondition[] {
  const now = formatTime(nowMs);
  return CONDITIONS.map((condition) => {
    const before = findCondition(previous, condition.type);
    return { ...condition, lastHeartbeatTime: now, lastTransitionTime: before?.status === condition.status && before.lastTransitionTime ? before.lastTransitionTime : now };
  });
}

function imageList(images: readonly ImageStatus[]): { names: string[]; sizeBytes: number }[] {
  const byId = new Map<string, { names: Set<string>; sizeBytes: number }>();
  for (const { id, name, sizeBytes } of images) {
    const known = byId.get(id);
    if (known) known.names.add(name);
    else byId.set(id, { names: new Set([id, name]), sizeBytes });
  }
  return [...byId.values()].map(({ names, sizeBytes }) => ({ names: [...names], sizeBytes })).sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, MAX_IMAGES);
}

/** The whole status, beside what others wrote of it. */
export function nodeStatus({ nodeName, ip, bootId, random, images, nowMs }: MachineFacts, previous: NodeStatus | undefined): NodeStatus {
  const machine = random.stream(`machine of ${nodeName}`);
  const handler = { recursiveReadOnlyMounts: true, userNamespaces: true };
  const list = imageList(images);
  return {
    addresses: [{ address: ip, type: 'InternalIP' }, { address: nodeName, type: 'Hostname' }],
    allocatable: previous?.allocatable ?? NODE_CAPACITY, capacity: previous?.capacity ?? NODE_CAPACITY,
    conditions: conditions(previous?.conditions, nowMs),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    features: { supplementalGroupsPolicy: true },
    ...(list.length > 0 ? { images: list } : {}),
    nodeInfo: {
      architecture: 'amd64', bootID: bootId, containerRuntimeVersion: 'containerd://2.1.1', kernelVersion: '6.8.0-60-generic', kubeProxyVersion: '', kubeletVersion: 'v1.33.1',
      machineID: machine.uuid().replaceAll('-', ''), operatingSystem: 'linux', osImage: 'Debian GNU/Linux 12 (bookworm)', systemUUID: machine.uuid(),
    },
    runtimeHandlers: [{ features: handler, name: '' }, { features: handler, name: 'runc' }],
  };
}

export function newNode(facts: MachineFacts): Node {
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: { name: facts.nodeName, labels: nodeLabels(facts.nodeName), annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
    spec: {}, status: nodeStatus(facts, undefined),
  };
}

/** Whether the machine is to be without power (`fault node X --down`). */
export function isPoweredOff(node: Stored<Node> | undefined): boolean {
  return node?.metadata.annotations?.['mock-kubectl.io/fault'] === 'down';
}
