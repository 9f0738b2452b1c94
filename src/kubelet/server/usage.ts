/**
 * What the node's containers use. Simulated processes are idle servers: each takes a little of a core all the time, and
 * keeps a working set that follows from its image's size, below its limit. The same container always uses the same.
 */
import { fnv1a } from '../../simulation/random.ts';
import type { ContainerRecord } from '../cri/runtime.ts';
import type { Kubelet } from '../kubelet.ts';
import type { PodWorker } from '../pod-worker.ts';

const MIB = 1024 * 1024;
/** Kubelet, runtime and system services. */
const NODE_NANO_CORES = 85_000_000;
const NODE_WORKING_SET = 480 * MIB;
const MIN_WORKING_SET = 1.5 * MIB;
/** How much of its image a process has in memory, and how much of its limit at most. */
const SHARE_OF_IMAGE = 0.06;
const SHARE_OF_LIMIT = 0.8;

export interface Usage {
  /** Billionths of a core, now. */
  readonly nanoCores: number;
  /** Billionths of a core's second, since the start. */
  readonly coreNanoSeconds: number;
  readonly workingSetBytes: number;
}

export interface ContainerUsage extends Usage {
  readonly name: string;
  readonly startedAtMs: number;
}

export interface PodUsage extends Usage {
  readonly worker: PodWorker;
  readonly containers: readonly ContainerUsage[];
}

export interface NodeUsageReport extends Usage {
  readonly startedAtMs: number;
  readonly pods: readonly PodUsage[];
}

function usageOf({ id, config, image, startedAtMs }: ContainerRecord, nowMs: number): ContainerUsage {
  const spread = fnv1a(id) % 1000;
  const nanoCores = 200_000 + spread * 1500;
  const limit = (config.memoryLimit ?? Infinity) * SHARE_OF_LIMIT;
  const workingSetBytes = Math.floor(Math.min(limit, MIN_WORKING_SET + image.sizeBytes * SHARE_OF_IMAGE * (0.9 + spread / 5000)) / 4096) * 4096;
  return { name: config.name, startedAtMs, nanoCores, coreNanoSeconds: Math.round(nanoCores * Math.max(0, nowMs - startedAtMs) / 1000), workingSetBytes };
}

const sum = (parts: readonly Usage[]): Usage => ({
  nanoCores: parts.reduce((total, part) => total + part.nanoCores, 0),
  coreNanoSeconds: parts.reduce((total, part) => total + part.coreNanoSeconds, 0),
  workingSetBytes: parts.reduce((total, part) => total + part.workingSetBytes, 0),
});

/** The pods with a container that runs, and the node with all of it. */
export function measure(kubelet: Kubelet): NodeUsageReport {
  const nowMs = kubelet.clock.now();
  const startedAtMs = kubelet.startedAtMs;
  const pods: PodUsage[] = [];
  for (const worker of kubelet.workers()) {
    const containers = worker.entries.flatMap(({ container, running }) => (container && running ? [usageOf(container, nowMs)] : []));
    if (containers.length > 0) pods.push({ worker, containers, ...sum(containers) });
  }
  const own = { nanoCores: NODE_NANO_CORES, coreNanoSeconds: Math.round(NODE_NANO_CORES * Math.max(0, nowMs - startedAtMs) / 1000), workingSetBytes: NODE_WORKING_SET };
  return { startedAtMs, pods, ...sum([own, ...pods]) };
}
