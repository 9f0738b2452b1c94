/** The flags that say what kind of cluster a daemon runs. */
import type { Home } from '../../client/home.ts';
import { CommandError } from '../errors.ts';

export const daemonFlags = {
  nodes: { type: 'int', default: 3, description: 'How many nodes the cluster has: node-1, node-2, …' },
  speed: { type: 'string', default: '1', description: "Seconds of the cluster's time per second of yours." },
  timing: { type: 'string', default: 'fast', description: 'fast: nothing waits that need not; realistic: image pulls and container starts take their seconds.' },
  'secure-port': { type: 'string', default: '', description: 'Port of 127.0.0.1 to serve HTTPS on; 0 for none. When it is not given and 6443 is taken, a free one.' },
  'token-auth-file': { type: 'string', default: '', description: 'File of static bearer tokens: lines of token,user,uid and optionally "group1,group2".' },
  'authorization-mode': { type: 'string', default: '', description: 'Who decides what users may: a list of AlwaysAllow, AlwaysDeny, Node and RBAC. Kept in the home for later; at first Node,RBAC.' },
  'max-requests-inflight': { type: 'int', default: 400, description: 'This and --max-mutating-requests-inflight together are how many requests from outside the daemon are in work at a time, shared out by the PriorityLevelConfigurations.' },
  'max-mutating-requests-inflight': { type: 'int', default: 200, description: 'See --max-requests-inflight.' },
  seed: { type: 'string', default: '', description: 'Same names, UIDs, IPs and placement on every run with the same number.' },
  'etcd-servers': { type: 'strings', default: [], description: "A real etcd that keeps the cluster in place of the home's folder: http://host:port of each member, separated by commas. Several daemons may serve one cluster." },
  'etcd-compaction-interval': { type: 'duration', default: 0, description: 'Forget history that is older than this. 0: 5m in a real etcd; in a folder the last 10,000 revisions stay, however old.' },
} as const;

export interface DaemonFlagValues {
  readonly nodes: number;
  readonly speed: string;
  readonly timing: string;
  readonly seed: string;
  readonly 'secure-port': string;
  readonly 'etcd-servers': readonly string[];
  readonly 'etcd-compaction-interval': number;
  readonly 'token-auth-file': string;
  readonly 'authorization-mode': string;
  readonly 'max-requests-inflight': number;
  readonly 'max-mutating-requests-inflight': number;
}

/** What the flags ask for, as src/daemon takes it. */
export interface DaemonFlagOptions {
  readonly home: Home;
  readonly nodes: number;
  readonly speed: number;
  readonly timing: 'fast' | 'realistic';
  readonly seed?: number;
  readonly securePort?: number;
  readonly etcdServers?: readonly string[];
  readonly compactionIntervalMs?: number;
  readonly tokenAuthFile?: string;
  readonly authorizationMode?: string;
  readonly maxRequestsInflight: number;
  readonly maxMutatingRequestsInflight: number;
}

const MAX_PORT = 65_535;

/** Checks the flags. Throws CommandError for values that make no sense. */
export function daemonOptions(home: Home, values: DaemonFlagValues): DaemonFlagOptions {
  const { nodes, timing, 'etcd-servers': etcdServers, 'etcd-compaction-interval': compactionIntervalMs } = values;
  const speed = Number(values.speed);
  if (nodes < 0) throw new CommandError(`--nodes must be 0 or more, not ${nodes}`);
  if (!Number.isFinite(speed) || speed < 0 || values.speed.trim() === '') throw new CommandError(`--speed must be a number of 0 or more, not ${JSON.stringify(values.speed)}`);
  if (timing !== 'fast' && timing !== 'realistic') throw new CommandError(`--timing must be fast or realistic, not ${JSON.stringify(timing)}`);
  for (const server of etcdServers) if (!/^https?:\/\/[^/]+:\d+$/.test(server)) throw new CommandError(`--etcd-servers must be http://host:port, not ${JSON.stringify(server)}`);
  const { 'max-requests-inflight': maxRequestsInflight, 'max-mutating-requests-inflight': maxMutatingRequestsInflight } = values;
  if (maxRequestsInflight < 0) throw new CommandError('--max-requests-inflight can not be negative value');
  if (maxMutatingRequestsInflight < 0) throw new CommandError('--max-mutating-requests-inflight can not be negative value');
  if (maxRequestsInflight + maxMutatingRequestsInflight === 0) throw new CommandError('invalid configuration: MaxRequestsInFlight=0 and MaxMutatingRequestsInFlight=0; they must add up to something positive');
  const seed = wholeNumber('seed', values.seed);
  const securePort = wholeNumber('secure-port', values['secure-port']);
  if (securePort !== undefined && (securePort < 0 || securePort > MAX_PORT)) throw new CommandError(`--secure-port must be between 0 and ${MAX_PORT}, not ${securePort}`);
  return {
    home, nodes, speed, timing, maxRequestsInflight, maxMutatingRequestsInflight,
    ...(values['authorization-mode'] === '' ? {} : { authorizationMode: values['authorization-mode'] }),
    ...(seed === undefined ? {} : { seed }),
    ...(securePort === undefined ? {} : { securePort }),
    ...(values['token-auth-file'] === '' ? {} : { tokenAuthFile: values['token-auth-file'] }),
    ...(etcdServers.length > 0 ? { etcdServers } : {}),
    ...(compactionIntervalMs > 0 ? { compactionIntervalMs } : {}),
  };
}

/** The same flags as arguments for another process. */
export function daemonArguments(values: DaemonFlagValues): string[] {
  return Object.entries(values)
    .filter(([name, value]) => String(value) !== String(daemonFlags[name as keyof DaemonFlagValues].default))
    .map(([name, value]) => `--${name}=${String(value)}${name === 'etcd-compaction-interval' ? 'ms' : ''}`);
}

function wholeNumber(flag: string, text: string): number | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new CommandError(`--${flag} must be a whole number, not ${JSON.stringify(text)}`);
  return value;
}

/** "1 node", "3 nodes" */
export const nodeCount = (nodes: number): string => (nodes === 1 ? '1 node' : `${nodes} nodes`);
