/** The flags that say what kind of cluster a daemon runs. */
import type { Home } from '../../client/home.ts';
import { CommandError } from '../errors.ts';

export const daemonFlags = {
  nodes: { type: 'int', default: 3, description: 'How many nodes the cluster has: node-1, node-2, …' },
  speed: { type: 'string', default: '1', description: "Seconds of the cluster's time per second of yours." },
  timing: { type: 'string', default: 'fast', description: 'fast: nothing waits that need not; realistic: image pulls and container starts take their seconds.' },
  'secure-port': { type: 'string', default: '', description: 'Port of 127.0.0.1 to serve HTTPS on; 0 for none. When it is not given and 6443 is taken, a free one.' },
  seed: { type: 'string', default: '', description: 'Same names, UIDs, IPs and placement on every run with the same number.' },
} as const;

export interface DaemonFlagValues {
  readonly nodes: number;
  readonly speed: string;
  readonly timing: string;
  readonly seed: string;
  readonly 'secure-port': string;
}

/** What the flags ask for, as src/daemon takes it. */
export interface DaemonFlagOptions {
  readonly home: Home;
  readonly nodes: number;
  readonly speed: number;
  readonly timing: 'fast' | 'realistic';
  readonly seed?: number;
  readonly securePort?: number;
}

const MAX_PORT = 65_535;

/** Checks the flags. Throws CommandError for values that make no sense. */
export function daemonOptions(home: Home, values: DaemonFlagValues): DaemonFlagOptions {
  const { nodes, timing } = values;
  const speed = Number(values.speed);
  if (nodes < 0) throw new CommandError(`--nodes must be 0 or more, not ${nodes}`);
  if (!Number.isFinite(speed) || speed < 0 || values.speed.trim() === '') throw new CommandError(`--speed must be a number of 0 or more, not ${JSON.stringify(values.speed)}`);
  if (timing !== 'fast' && timing !== 'realistic') throw new CommandError(`--timing must be fast or realistic, not ${JSON.stringify(timing)}`);
  const seed = wholeNumber('seed', values.seed);
  const securePort = wholeNumber('secure-port', values['secure-port']);
  if (securePort !== undefined && (securePort < 0 || securePort > MAX_PORT)) throw new CommandError(`--secure-port must be between 0 and ${MAX_PORT}, not ${securePort}`);
  return { home, nodes, speed, timing, ...(seed === undefined ? {} : { seed }), ...(securePort === undefined ? {} : { securePort }) };
}

function wholeNumber(flag: string, text: string): number | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new CommandError(`--${flag} must be a whole number, not ${JSON.stringify(text)}`);
  return value;
}

/** "1 node", "3 nodes" */
export const nodeCount = (nodes: number): string => (nodes === 1 ? '1 node' : `${nodes} nodes`);
