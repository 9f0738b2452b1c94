/** kubectl config set-credentials (kubectl pkg/cmd/config/set_credentials.go). */
import { resolve } from 'node:path';
import type { JsonObject, JsonValue } from '../../../api/json.ts';
import { goQuote } from '../../../api/quote.ts';
import { type Command, defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import type { Flags, FlagTable } from '../../flags.ts';
import { checkFile, embedsNothing, fileData } from './embedded-files.ts';
import { printHelp, unexpectedArguments } from './help-error.ts';
import { modifyKubeconfig } from './kubeconfig-file.ts';

const flagTable = {
  'auth-provider': { type: 'string', default: '', description: 'Authentication provider of the user.' },
  'auth-provider-arg': { type: 'strings', default: [], description: "Arguments of the authentication provider: 'key=value', or 'key-' to remove one." },
  'client-certificate': { type: 'string', default: '', description: "File with the user's client certificate." },
  'client-key': { type: 'string', default: '', description: "File with the key of the user's client certificate." },
  'embed-certs': { type: 'bool', default: false, description: 'Put the content of certificate and key into the kubeconfig.' },
  'exec-api-version': { type: 'string', default: '', description: 'API version of the program that gets the credentials.' },
  'exec-arg': { type: 'strings', default: [], description: 'Arguments of the program that gets the credentials.' },
  'exec-command': { type: 'string', default: '', description: 'Program that gets the credentials.' },
  'exec-env': { type: 'array', default: [], description: "Environment of the program that gets the credentials: 'key=value', or 'key-' to remove one." },
  'exec-interactive-mode': { type: 'string', default: '', description: 'Whether the program may ask the user: Never, IfAvailable or Always.' },
  'exec-provide-cluster-info': { type: 'bool', default: false, description: 'Tell the program about the cluster.' },
  password: { type: 'string', default: '', description: 'Password of the user.' },
  token: { type: 'string', default: '', description: 'Bearer token of the user.' },
  username: { type: 'string', default: '', description: 'Name of the user for basic authentication.' },
} as const satisfies FlagTable;

type CredentialFlags = Flags<typeof flagTable>;

export const command: Command = defineCommand({
  name: 'set-credentials',
  usage:
    'set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]',
  short: 'Set a user entry in kubeconfig',
  long: 'Adds a user to the kubeconfig, or changes what is given of one that is there. A bearer token and a password exclude each other.',
  examples: `# With a client certificate, put inside
kubectl config set-credentials jane --client-certificate=jane.crt --client-key=jane.key --embed-certs

# With a token
kubectl config set-credentials robot --token=abcdef`,
  flags: flagTable,
  async run(ctx, args, flags) {
    const [name] = args;
    if (name === undefined || args.length !== 1) return unexpectedArguments(ctx, command, args, 'unexpected args');
    let pairs: ReadonlyMap<PairFlag, Pairs>;
    try {
      pairs = new Map(PAIR_FLAGS.map((flag) => [flag, parsePairs(flags.values[flag], flag)]));
    } catch (error) {
      await printHelp(ctx, command);
      throw error;
    }
    validate(name, flags);
    modifyKubeconfig(ctx, (config) => {
      const before = config.users[name] ?? {};
      config.users[name] = changed(before, flags, pairs);
      return embedsNothing(before, config.users[name]) ? 'rewrite' : undefined;
    });
    ctx.streams.stdout.write(`User ${goQuote(name)} set.\n`);
  },
});

const PAIR_FLAGS = ['auth-provider-arg', 'exec-env'] as const;
type PairFlag = (typeof PAIR_FLAGS)[number];
interface Pairs {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** kubectl pkg/cmd/util/helpers.go: ParsePairs. */
function parsePairs(values: readonly string[], flag: PairFlag): Pairs {
  const set = new Map<string, string>();
  const remove: string[] = [];
  const invalid: string[] = [];
  for (const value of values) {
    const at = value.indexOf('=');
    if (at > 0) set.set(value.slice(0, at), value.slice(at + 1));
    else if (at < 0 && value.endsWith('-') && value !== '-') remove.push(value.slice(0, -1));
    else invalid.push(value);
  }
  if (invalid.length > 0) throw new CommandError(`invalid ${flag} format: ${invalid.join(', ')}`);
  return { set, remove };
}

/** client-go tools/clientcmd/api: ExecInteractiveMode */
const INTERACTIVE_MODES = ['IfAvailable', 'Always', 'Never'];

function validate(name: string, flags: CredentialFlags): void {
  const { values } = flags;
  if (name === '') throw new CommandError('you must specify a non-empty user name');
  const methods = [...(values.token === '' ? [] : ['--token']), ...(values.username === '' && values.password === '' ? [] : ['--username/--password'])];
  if (methods.length > 1) throw new CommandError(`you cannot specify more than one authentication method at the same time: ${methods.join(', ')}`);
  if (values['embed-certs']) {
    if (values['client-certificate'] === '' && values['client-key'] === '') throw new CommandError('you must specify a --client-certificate or --client-key to embed');
    for (const flag of ['client-certificate', 'client-key'] as const) if (values[flag] !== '') checkFile(flag, values[flag]);
  }
  if (flags.changed('exec-interactive-mode') && !INTERACTIVE_MODES.includes(values['exec-interactive-mode'])) throw new CommandError('invalid interactive mode type, can be only IfAvailable, Never, Always');
}

function changed(before: JsonObject, flags: CredentialFlags, pairs: ReadonlyMap<PairFlag, Pairs>): JsonObject {
  const { values } = flags;
  const user: Record<string, JsonValue | undefined> = { ...before };
  for (const flag of ['client-certificate', 'client-key'] as const) {
    if (!flags.changed(flag)) continue;
    if (values['embed-certs']) {
      user[`${flag}-data`] = fileData(values[flag]);
      delete user[flag];
    } else {
      user[flag] = resolve(values[flag]);
      delete user[`${flag}-data`];
    }
  }
  for (const flag of ['token', 'username', 'password'] as const) if (flags.changed(flag)) user[flag] = values[flag];
  const provider = changedProvider(user['auth-provider'] as JsonObject | undefined, flags, pairs.get('auth-provider-arg'));
  if (provider) user['auth-provider'] = provider;
  const exec = changedExec(user['exec'] as JsonObject | undefined, flags, pairs.get('exec-env'));
  if (exec) user['exec'] = exec;
  // One way to authenticate takes the other's place.
  if (values.token !== '') {
    delete user['username'];
    delete user['password'];
  } else if (values.username !== '' || values.password !== '') delete user['token'];
  return user;
}

function changedProvider(before: JsonObject | undefined, flags: CredentialFlags, pairs: Pairs | undefined): JsonObject | undefined {
  const name = flags.values['auth-provider'];
  const provider = flags.changed('auth-provider') && before?.['name'] !== name ? { name } : before;
  if (!provider) return undefined;
  const config = { ...(provider as { config?: JsonObject }).config };
  for (const key of pairs?.remove ?? []) delete config[key];
  return { ...provider, config: { ...config, ...Object.fromEntries(pairs?.set ?? []) } };
}

function changedExec(before: JsonObject | undefined, flags: CredentialFlags, pairs: Pairs | undefined): JsonObject | undefined {
  const { values } = flags;
  const exec: Record<string, JsonValue | undefined> | undefined = flags.changed('exec-command') ? { ...before, command: values['exec-command'] } : before && { ...before };
  if (!exec) return undefined;
  if (flags.changed('exec-command')) delete exec['args'];
  if (flags.changed('exec-api-version')) exec['apiVersion'] = values['exec-api-version'];
  if (values['exec-arg'].length > 0) exec['args'] = [...values['exec-arg']];
  if (flags.changed('exec-interactive-mode')) exec['interactiveMode'] = values['exec-interactive-mode'];
  if (flags.changed('exec-provide-cluster-info')) exec['provideClusterInfo'] = values['exec-provide-cluster-info'];
  if (values['exec-env'].length > 0 && pairs) exec['env'] = changedEnv((exec['env'] as readonly JsonObject[] | undefined) ?? [], pairs);
  return exec;
}

function changedEnv(before: readonly JsonObject[], { set, remove }: Pairs): JsonObject[] {
  const kept = before.filter((variable) => !remove.includes(String(variable['name'])));
  const known = new Set(kept.map((variable) => variable['name']));
  return [
    ...kept.map((variable) => ({ ...variable, value: set.get(String(variable['name'])) ?? variable['value'] ?? '' })),
    ...[...set].filter(([name]) => !known.has(name)).map(([name, value]) => ({ name, value })),
  ];
}
