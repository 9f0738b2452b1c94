/** The flags that every command takes (cli-runtime pkg/genericclioptions/config_flags.go and kubectl's own). */
import { parseGoDuration } from '../api/duration.ts';
import { CommandError } from './errors.ts';
import { enabledFlags, HELP_FLAG, type FlagTable } from './flags.ts';

export const GLOBAL_FLAGS = {
  as: { type: 'string', default: '', description: 'User to act as: a person, or a service account of a namespace.' },
  'as-group': { type: 'array', default: [], description: 'Group to act as; give it once for each group.' },
  'as-uid': { type: 'string', default: '', description: 'UID to act as.' },
  'cache-dir': { type: 'string', default: '', description: 'Folder for cached answers. Nothing is cached here.' },
  'certificate-authority': { type: 'string', default: '', description: 'File with the certificate of the authority that signed the server\'s.' },
  'client-certificate': { type: 'string', default: '', description: 'File with the client\'s TLS certificate.' },
  'client-key': { type: 'string', default: '', description: 'File with the key of the client\'s TLS certificate.' },
  cluster: { type: 'string', default: '', description: 'Cluster of the kubeconfig to use.' },
  context: { type: 'string', default: '', description: 'Context of the kubeconfig to use.' },
  'disable-compression': { type: 'bool', default: false, description: 'Do not ask the server for compressed answers.' },
  'insecure-skip-tls-verify': { type: 'bool', default: false, description: 'Do not check the server\'s certificate. Connections are then not safe from eavesdroppers.' },
  kubeconfig: { type: 'string', default: '', description: 'Kubeconfig file to use instead of the cluster\'s own.' },
  kuberc: { type: 'string', default: '', gate: 'KUBECTL_KUBERC', description: 'File with preferences to use instead of ~/.kube/kuberc.' },
  'log-flush-frequency': { type: 'duration', default: 5000, defaultText: '5s', check: checkDuration, description: 'How often the log is flushed.' },
  'match-server-version': { type: 'bool', default: false, description: 'Fail unless client and server have the same version.' },
  namespace: { type: 'string', default: '', short: 'n', description: 'Namespace that this command works in.' },
  password: { type: 'string', default: '', description: 'Password for basic authentication.' },
  profile: { type: 'string', default: 'none', description: 'Profile to record: none, cpu, heap, goroutine, threadcreate, block or mutex.' },
  'profile-output': { type: 'string', default: 'profile.pprof', description: 'File that the profile is written to.' },
  'request-timeout': { type: 'string', default: '0', description: 'How long to wait for one answer of the server, with a unit (1s, 2m, 3h). 0 waits for ever.' },
  server: { type: 'string', default: '', short: 's', description: 'Address and port of the API server.' },
  'tls-server-name': { type: 'string', default: '', description: 'Name that the server\'s certificate must have, instead of its host name.' },
  token: { type: 'string', default: '', description: 'Bearer token for the API server.' },
  user: { type: 'string', default: '', description: 'User of the kubeconfig to act as.' },
  username: { type: 'string', default: '', description: 'User name for basic authentication.' },
  v: { type: 'int32', default: 0, short: 'v', description: 'How much is logged: 0 (least) to 10.' },
  vmodule: { type: 'string', default: '', defaultText: '', check: checkModules, description: 'Levels for single files, pattern=N,…' },
  'warnings-as-errors': { type: 'bool', default: false, description: 'Fail when the server sends a warning.' },
} as const satisfies FlagTable;

/** Go's flag package: durationValue. */
function checkDuration(text: string): void {
  try {
    parseGoDuration(text);
  } catch {
    throw new Error('parse error');
  }
}

/** klog's moduleSpec. */
function checkModules(text: string): void {
  for (const module of text.split(',').filter((each) => each !== '')) {
    const level = /^[^=]+=([+-]?\d+)$/.exec(module)?.[1];
    if (level === undefined || Math.abs(Number(level)) > 0x7fffffff) throw new Error('syntax error: expect comma-separated list of filename=N');
    if (Number(level) < 0) throw new Error('negative value for vmodule level');
  }
}

const PROFILES = ['none', 'cpu', 'heap', 'goroutine', 'threadcreate', 'block', 'mutex'];

/** --profile: there is nothing to record here, but not every name is one (kubectl pkg/cmd/profiling.go). */
export function checkProfile(name: string): void {
  if (!PROFILES.includes(name)) throw new CommandError(`unknown profile '${name}'`);
}

export type GlobalFlags = typeof GLOBAL_FLAGS;

/** The flags that every command has in an environment. */
export const inheritedFlags = (env: Readonly<Record<string, string | undefined>>): FlagTable => ({ ...enabledFlags(GLOBAL_FLAGS, env), ...HELP_FLAG });
