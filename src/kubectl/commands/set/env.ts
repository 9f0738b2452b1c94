/** kubectl set env (kubectl pkg/cmd/set/set_env.go, env/env_parse.go). */
import type { Draft } from '../../../api/json.ts';
import type { EnvVar } from '../../../api/generated/types.ts';
import { goQuote } from '../../../api/quote.ts';
import type { UnstructuredObject } from '../../builder/info.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { compareBytes } from '../../../api/go-json.ts';
import { referenceText, ValueStore } from './env-references.ts';
import { parseEnvironment, splitEnvironment, type ParsedEnvironment } from './env-parse.ts';
import { podSpecOf, selectContainers, type ContainerDraft } from './pod-spec.ts';
import { applyChange, findTyped, selectorFlags, SERVER_AND_LOCAL, setFlags, settingOf } from './shared.ts';

const flagTable = {
  ...setFlags,
  ...selectorFlags,
  containers: { type: 'string', default: '*', short: 'c', description: 'Names of the containers to change; may have wildcards.' },
  env: { type: 'array', default: [], short: 'e', description: 'KEY=VALUE to set in each container; - reads them from standard input.' },
  from: { type: 'string', default: '', description: 'Config map or secret whose keys become variables.' },
  keys: { type: 'strings', default: [], description: 'Only these keys of --from.' },
  list: { type: 'bool', default: false, description: 'Show the variables, with the changes, and change nothing.' },
  overwrite: { type: 'bool', default: true, description: 'Allow to change variables that are there with another value.' },
  prefix: { type: 'string', default: '', description: 'Text before the names of the variables.' },
  resolve: { type: 'bool', default: false, description: 'Show the values of references when listing.' },
} as const;

type EnvFlags = Flags<typeof flagTable>;
type Variable = Draft<EnvVar>;

export const command = defineCommand({
  name: 'env',
  usage: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables on a pod template',
  long: `Add, change, remove or list environment variables of the containers of pods and pod templates, of all containers or of those that --containers names. With "--env -" they are read from standard input.

 Possible resources: pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob (cj), replicaset (rs).`,
  examples: `# A variable of a deployment
kubectl set env deployment/registry STORAGE_DIR=/local

# What is set in a deployment, and in all pods
kubectl set env deployment/sample-build --list
kubectl set env pods --all --list

# All keys of a secret, or some of a config map with a prefix
kubectl set env --from=secret/mysecret deployment/myapp
kubectl set env --from=configmap/myconfigmap --keys=my-example-key --prefix=MYSQL_ deployment/myapp

# Remove a variable from one container
kubectl set env deployments --all --containers="c1" ENV-

# What the shell has
env | grep RAILS_ | kubectl set env -e - deployment/registry`,
  flags: flagTable,
  run: runEnv,
});

async function runEnv(ctx: CommandContext, args: readonly string[], flags: EnvFlags): Promise<void> {
  const { values } = flags;
  if (values.all && values.selector !== '') throw new CommandError('cannot set --all and --selector at the same time');
  const { resources, pairs } = splitEnvironment(args);
  const setting = await settingOf(ctx, flags, 'env updated');
  if (values.local && setting.dryRun === 'server') throw new CommandError(SERVER_AND_LOCAL);
  if (values.filename.length === 0 && resources.length < 1) throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (values.list && values.output !== '') throw new CommandError('--list and --output may not be specified together');
  if (values.keys.length > 0 && values.from === '') throw new CommandError('when specifying --keys, a configmap or secret must be provided with --from');

  const variables = [...values.env, ...pairs];
  const { set, remove } = parseEnvironment(variables, ctx.streams.stdin);
  const given: Variable[] = [...set, ...(values.from === '' ? [] : await imported(ctx, flags))].map((variable) => ({ ...variable, name: values.prefix + variable.name }));
  const infos = await findTyped(ctx, resources, flags, { stdinInUse: variables.includes('-') });
  const store = new ValueStore(ctx);
  const change = async (object: UnstructuredObject): Promise<void> => {
    const containers = selectContainers(podSpecOf(object), values.containers);
    if (containers.length === 0) return ctx.warn(`${object.kind ?? ''}/${object.metadata?.name ?? ''} does not have any containers matching ${goQuote(values.containers)}`);
    let unresolved = false;
    for (const container of containers) {
      if (!values.overwrite) refuseOverwrites(container.env, given);
      setVariables(container, { set: given, remove });
      if (values.list && !(await listVariables(ctx, store, object, container, values.resolve))) unresolved = true;
    }
    if (unresolved) throw new Error('failed to retrieve valueFrom references');
  };
  if (values.list) {
    for (const { object } of infos) if (object) await change(object).catch(() => {});
    return;
  }
  await applyChange(ctx, infos, setting, {
    failure: 'failed to patch env update to pod template:',
    mutate: change,
    check() {
      if (given.length === 0 && pairs.length === 0) throw new CommandError('at least one environment variable must be provided');
    },
  });
}

/** The variables that --from gives, in the order of their keys. */
async function imported(ctx: CommandContext, flags: EnvFlags): Promise<Variable[]> {
  const { from, keys } = flags.values;
  const variables: Variable[] = [];
  for (const { object } of await findTyped(ctx, [from], flags)) {
    const { kind, metadata, data } = object as unknown as { kind: string; metadata: { name: string }; data?: Record<string, string> };
    if (kind !== 'Secret' && kind !== 'ConfigMap') throw new CommandError('unsupported resource specified in --from');
    for (const key of Object.keys(data ?? {}).sort(compareBytes)) {
      if (keys.length > 0 && !keys.includes(key)) continue;
      const name = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
      if (name !== key) ctx.warn(`key ${key} transferred to ${name}`);
      const reference = { name: metadata.name, key };
      variables.push({ name, valueFrom: kind === 'Secret' ? { secretKeyRef: reference } : { configMapKeyRef: reference } });
    }
  }
  return variables;
}

function refuseOverwrites(present: readonly Variable[] = [], given: readonly Variable[]): void {
  for (const { name, value = '' } of given) {
    const current = present.find((each) => each.name === name);
    if (current && (current.value ?? '') !== value) throw new Error(`'${name}' already has a value (${current.value ?? ''}), and --overwrite is false`);
  }
}

/** Changed variables keep their place, new ones come last (helper.go: updateEnv). */
function setVariables(container: ContainerDraft, { set, remove }: Pick<ParsedEnvironment, 'remove'> & { readonly set: readonly Variable[] }): void {
  const covered = new Set(remove);
  const result: Variable[] = [];
  for (const present of container.env ?? []) {
    if (covered.has(present.name)) continue;
    const newer = set.find(({ name }) => name === present.name);
    if (newer) covered.add(present.name);
    result.push(newer ? withoutEmpty(newer) : present);
  }
  for (const variable of set) {
    if (covered.has(variable.name)) continue;
    covered.add(variable.name);
    result.push(withoutEmpty(variable));
  }
  if (result.length > 0) container.env = result;
  else delete container.env;
}

const withoutEmpty = ({ name, value, valueFrom }: Variable): Variable => ({ name, ...(value ? { value } : {}), ...(valueFrom ? { valueFrom } : {}) });

/** Prints a container's variables; false where a reference could not be followed. */
async function listVariables(ctx: CommandContext, store: ValueStore, object: UnstructuredObject, container: ContainerDraft, resolve: boolean): Promise<boolean> {
  const { stdout, stderr } = ctx.streams;
  stdout.write(`# ${object.kind ?? ''} ${object.metadata?.name ?? ''}, container ${container.name}\n`);
  const faults = new Map<string, string[]>();
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    if (!valueFrom) {
      stdout.write(`${name}=${value}\n`);
      continue;
    }
    try {
      if (resolve) {
        const resolved = await store.value(valueFrom, object, container);
        stdout.write(`${name}=${resolved}\n`);
        continue;
      }
    } catch (error) {
      const text = (error as Error).message;
      faults.set(text, [...(faults.get(text) ?? []), name]);
    }
    stdout.write(`# ${name} from ${referenceText(valueFrom)}\n`);
  }
  const lines = [...faults].map(([text, names]) => `error retrieving reference for ${names.sort(compareBytes).join(', ')}: ${text}\n`);
  stderr.write(lines.sort(compareBytes).join(''));
  return faults.size === 0;
}
