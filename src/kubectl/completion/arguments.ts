/** What each command's arguments and flags are completed with (ValidArgsFunction and RegisterFlagCompletionFunc in kubectl pkg/cmd). */
import { readdirSync } from 'node:fs';
import type { CommandContext } from '../command.ts';
import { GET_FORMATS } from '../commands/get.ts';
import { configNames, containersOf, namesOf, podNameOf, podPaths, podPorts, resourceTypes, servicePorts } from './cluster-words.ts';
import { beginning, FILTER_EXTENSIONS, NO_FILES, NO_SPACE, type Completer as AnyCompleter, type Completion } from './directive.ts';

type Completer = AnyCompleter<CommandContext>;

const only = (choices: readonly string[], directive = NO_FILES): Completion => ({ choices, directive });

interface TypesAndNames {
  /** All that the server serves where nothing is said. */
  readonly types?: readonly string[];
  readonly one?: boolean;
}

/** TYPE NAME…, or TYPE/NAME…; what stands there already is not offered again. */
const typesAndNames = ({ types, one = false }: TypesAndNames = {}): Completer => async (ctx, args, typed) => {
  const typesBeginning = async (): Promise<string[]> => (types ? beginning(types, typed) : resourceTypes(ctx, typed));
  const [first] = args;
  if (first !== undefined && !first.includes('/')) {
    if (one && args.length > 1) return only([]);
    return only((await namesOf(ctx, first, typed)).filter((name) => !args.slice(1).includes(name)));
  }
  const slash = typed.indexOf('/');
  if (slash < 0) {
    if (first === undefined) return only(await typesBeginning());
    return one ? only([]) : only((await typesBeginning()).map((type) => `${type}/`), NO_FILES | NO_SPACE);
  }
  if (one && first !== undefined) return only([]);
  const type = typed.slice(0, slash);
  const names = await namesOf(ctx, type, typed.slice(slash + 1));
  return only(names.map((name) => `${type}/${name}`).filter((name) => !args.includes(name)));
};

const nameOf = (type: string): Completer => async (ctx, args, typed) => only(args.length === 0 ? await namesOf(ctx, type, typed) : []);
const configNameOf = (section: Parameters<typeof configNames>[1]): Completer => async (ctx, args, typed) => only(args.length === 0 ? await configNames(ctx, section, typed) : []);

const WITH_PODS = ['daemonsets', 'deployments', 'pods', 'jobs', 'replicasets', 'replicationcontrollers', 'services', 'statefulsets'];

/** A pod, or TYPE/NAME of what has pods. */
async function podOrOwner(ctx: CommandContext, typed: string): Promise<Completion> {
  const slash = typed.indexOf('/');
  if (slash >= 0) {
    const type = typed.slice(0, slash);
    return only((await namesOf(ctx, type, typed.slice(slash + 1))).map((name) => `${type}/${name}`));
  }
  const pods = await namesOf(ctx, 'pod', typed);
  return only([...pods, ...beginning(WITH_PODS, typed).map((type) => `${type}/`)], pods.length === 0 ? NO_FILES | NO_SPACE : NO_FILES);
}

const pod: Completer = async (ctx, args, typed) => (args.length === 0 ? podOrOwner(ctx, typed) : only([]));

const podThen = (second: (ctx: CommandContext, first: string, typed: string) => Promise<string[]>): Completer => async (ctx, args, typed) => {
  if (args.length === 0) return podOrOwner(ctx, typed);
  return only(args.length === 1 ? await second(ctx, args[0] as string, typed) : []);
};

async function portsOf(ctx: CommandContext, target: string, typed: string): Promise<string[]> {
  const [type, name] = target.split('/');
  if (name !== undefined && ['service', 'services', 'svc'].includes(type as string)) return servicePorts(ctx, name, typed);
  return podPorts(ctx, await podNameOf(ctx, target), typed);
}

/** A file here, or [NAMESPACE/]POD: */
const copied: Completer = async (ctx, args, typed) => {
  if (args.length > 0 || /^[/.~]/.test(typed) || typed.includes(':')) return only([], NO_SPACE);
  const slash = typed.indexOf('/');
  if (slash > 0) return only(await podPaths(ctx, typed.slice(0, slash), typed), NO_SPACE);
  const remote = [...(await namesOf(ctx, 'namespace', typed)).map((name) => `${name}/`), ...(await namesOf(ctx, 'pod', typed)).map((name) => `${name}:`)];
  if (typed === '') return only([...remote, './', '/'], NO_SPACE);
  // Without any of the above, the shell looks for files itself.
  return only(remote.length === 0 ? [] : [...remote, ...localFiles(typed)], NO_SPACE);
};

function localFiles(typed: string): string[] {
  try {
    const entries = readdirSync('.', { withFileTypes: true }).filter(({ name }) => name.startsWith(typed));
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  } catch {
    return [];
  }
}

/** A manifest's file. */
const manifest: Completer = () => Promise.resolve(only(['json', 'yaml', 'yml'], FILTER_EXTENSIONS));

const SCALED = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'];
const ROLLED = ['deployment', 'daemonset', 'statefulset'];
const anything = typesAndNames();

/** By the command's path without the program. */
const ARGUMENTS: Readonly<Record<string, Completer>> = {
  annotate: anything,
  'apply edit-last-applied': anything,
  'apply view-last-applied': anything,
  attach: pod,
  autoscale: typesAndNames({ types: SCALED }),
  'config delete-cluster': configNameOf('clusters'),
  'config delete-context': configNameOf('contexts'),
  'config delete-user': configNameOf('users'),
  'config rename-context': configNameOf('contexts'),
  'config set-context': configNameOf('contexts'),
  'config use-context': configNameOf('contexts'),
  cordon: nameOf('node'),
  cp: copied,
  'create token': nameOf('serviceaccount'),
  debug: anything,
  delete: anything,
  describe: anything,
  drain: nameOf('node'),
  edit: anything,
  exec: pod,
  expose: typesAndNames({ types: ['pod', 'service', 'replicationcontroller', 'deployment', 'replicaset'] }),
  get: anything,
  label: anything,
  logs: podThen(async (ctx, first, typed) => containersOf(ctx, await podNameOf(ctx, first), typed)),
  patch: anything,
  'port-forward': podThen(portsOf),
  'rollout history': typesAndNames({ types: ROLLED }),
  'rollout pause': typesAndNames({ types: ['deployment'] }),
  'rollout restart': typesAndNames({ types: ROLLED }),
  'rollout resume': typesAndNames({ types: ['deployment'] }),
  'rollout status': typesAndNames({ types: ROLLED, one: true }),
  'rollout undo': typesAndNames({ types: ROLLED }),
  scale: typesAndNames({ types: SCALED }),
  'set image': typesAndNames({ types: ['daemonsets', 'deployments', 'pods', 'cronjobs', 'replicasets', 'replicationcontrollers', 'statefulsets'], one: true }),
  taint: typesAndNames({ types: ['node'] }),
  'top node': nameOf('node'),
  'top pod': nameOf('pod'),
  uncordon: nameOf('node'),
  trace: anything,
};

/** Words that may stand as the first argument and need no cluster (cobra's ValidArgs). */
export const FIXED_ARGUMENTS: Readonly<Record<string, readonly string[]>> = { completion: ['bash', 'fish', 'powershell', 'zsh'] };

const namesFor = (type: string): Completer => async (ctx, _args, typed) => only(await namesOf(ctx, type, typed));
const configFor = (section: Parameters<typeof configNames>[1]): Completer => async (ctx, _args, typed) => only(await configNames(ctx, section, typed));

// All of them, whatever was typed: so does kubectl.
const subresource: Completer = () => Promise.resolve(only(['status', 'scale', 'resize']));

/** Flags that all commands take. */
const GLOBALS: Readonly<Record<string, Completer>> = { namespace: namesFor('namespace'), context: configFor('contexts'), cluster: configFor('clusters'), user: configFor('users') };

/** Flags of one command. */
const FLAGS: Readonly<Record<string, Completer>> = {
  'apply --subresource': subresource,
  'config set-context --namespace': namesFor('namespace'),
  'create clusterrolebinding --clusterrole': namesFor('clusterrole'),
  'edit --subresource': subresource,
  'exec --container': async (ctx, [first], typed) => only(first === undefined ? [] : await containersOf(ctx, await podNameOf(ctx, first), typed)),
  'get --output': (_ctx, _args, typed) => Promise.resolve(only(beginning(GET_FORMATS, typed))),
  'get --subresource': subresource,
  'kustomize --load-restrictor': () => Promise.resolve(only(['LoadRestrictionsNone', 'LoadRestrictionsRootOnly'])),
  'patch --subresource': subresource,
  'replace --subresource': subresource,
};

/** How a flag's value is completed; undefined where only the shell can know. `inherited`: it is one that all commands take. */
export function flagCompleter(path: string, name: string, inherited: boolean): Completer | undefined {
  if (inherited) return GLOBALS[name];
  return name === 'filename' ? manifest : FLAGS[`${path} --${name}`];
}

/** How a command's arguments are completed. */
export const argumentCompleter = (path: string): Completer | undefined => ARGUMENTS[path];
