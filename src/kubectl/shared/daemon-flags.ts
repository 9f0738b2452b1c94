/** The flags that say what kind of cluster a daemon runs. */
import type { Home } from '../../client/home.ts';
import { CommandError } from '../errors.ts';

export const daemonFlags = {
  nodes: { type: 'int', default: 3, description: 'How many nodes the cluster has: node-1, node-2, …' },
  speed: { type: 'string', default: '1', description: "Seconds of the cluster's time per second of yours." },
  timing: { type: 'string', default: 'fast', description: 'fast: nothing waits that need not; realistic: image pulls and container starts take their seconds.' },
  seed: { type: 'string', default: '', description: 'Same names, UIDs, IPs and placement on every run with the same number.' },
} as const;

export interface DaemonFlagValues {
  readonly nodes: number;
  readonly speed: string;
  readonly timing: string;
  readonly seed: string;
}

/** Checks the flags. Throws CommandError for values that make no sense. */
export function daemonOptions(home: Home, values: DaemonFlagValues): { home: Home; nodes: number; speed: number; timing: 'fast' | 'realistic'; seed?: number } {
  const { nodes, timing } = values;
  const speed = Number(values.speed);
  if (nodes < 0) throw new CommandError(`--nodes must be 0 or more, not ${nodes}`);
  if (!Number.isFinite(speed) || speed < 0 || values.speed.trim() === '') throw new CommandError(`--speed must be a number of 0 or more, not ${JSON.stringify(values.speed)}`);
  if (timing !== 'fast' && timing !== 'realistic') throw new CommandError(`--timing must be fast or realistic, not ${JSON.stringify(timing)}`);
  if (values.seed === '') return { home, nodes, speed, timing };
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new CommandError(`--seed must be a whole number, not ${JSON.stringify(values.seed)}`);
  return { home, nodes, speed, timing, seed };
}

/** "1 node", "3 nodes" */
export const nodeCount = (nodes: number): string => (nodes === 1 ? '1 node' : `${nodes} nodes`);
