/** kubectl config view (kubectl pkg/cmd/config/view.go). */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import { toJson } from '../../../api/go-json.ts';
import { objectPrinter, printFlags } from '../../shared/print-flags.ts';
import { kubeconfigFile, loadFile, loadFromFile, readKubeconfig, SECTIONS, toObject, type Kubeconfig, type Section } from './kubeconfig-file.ts';

/** What stands for secret bytes and for secret words. */
const OMITTED_DATA = ['certificate-authority-data', 'client-certificate-data', 'client-key-data'];
const OMITTED = 'DATA+OMITTED';
const REDACTED = ['token', 'password'];

export const command = defineCommand({
  name: 'view',
  usage: 'view [flags]',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file.',
  examples: `# The kubeconfig without its secrets
kubectl config view

# With them
kubectl config view --raw

# Only what the current context uses
kubectl config view --minify`,
  flags: {
    ...printFlags,
    output: { ...printFlags.output, default: 'yaml' },
    flatten: { type: 'bool', default: false, description: 'Put the content of files that are named into the configuration itself.' },
    merge: { type: 'bool', default: true, noValue: 'true', description: 'Merge the whole hierarchy of files. There is only one file here.' },
    minify: { type: 'bool', default: false, description: 'Only what the current context uses.' },
    raw: { type: 'bool', default: false, description: 'Print certificates, keys and tokens as they are.' },
  },
  async run(ctx, args, flags) {
    if (args.length > 0) throw usageError(ctx, `unexpected arguments: [${args.join(' ')}]`);
    const { flatten, minify, raw, merge, output } = flags.values;
    const { kubeconfig, context } = ctx.globals.values;
    const printer = await objectPrinter(ctx, flags, '', { rawData: (shown) => toJson(shown, 'given', '') });
    if (!merge && kubeconfig === '') throw new CommandError('if merge==false a precise file must be specified');
    // One file alone is shown as it stands; what is merged has its paths resolved.
    const config = kubeconfig === '' || (flags.changed('merge') && merge) ? readKubeconfig(ctx) : merge ? loadFile(kubeconfig) : loadFromFile(kubeconfig);
    if (minify) minifyConfig(config, context);
    if (flatten) flattenConfig(config, dirname(kubeconfigFile(ctx)));
    if (!flatten && !raw) hideEmptyKeys(config);
    const object = flatten || raw ? toObject(config) : redacted(toObject(config));
    if (output === 'json') return void ctx.streams.stdout.write(`${toJson(object, 'given')}\n`);
    printer.print(object as unknown as KubeObject);
  },
});

/** An empty key is left out by the others, but not by what hides keys (client-go tools/clientcmd/api/helpers.go: ShortenConfig). */
function hideEmptyKeys({ users }: Kubeconfig): void {
  for (const [name, user] of Object.entries(users)) if (user['client-key-data'] === '') users[name] = { ...user, 'client-key-data': OMITTED };
}

function redacted(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      if (OMITTED_DATA.includes(key)) return [key, OMITTED];
      if (REDACTED.includes(key) && value !== '') return [key, 'REDACTED'];
      const hide = (inner: JsonValue): JsonValue => (Array.isArray(inner) ? inner.map(hide) : isObject(inner) ? redacted(inner as JsonObject) : inner);
      return [key, value === undefined ? value : hide(value)];
    }),
  );
}

/** Leaves what the current context uses (client-go tools/clientcmd/api/helpers.go: MinifyConfig). */
function minifyConfig(config: Kubeconfig, wanted: string): void {
  const current = wanted || config['current-context'];
  if (current === '') throw new CommandError('current-context must exist in order to minify');
  config['current-context'] = current;
  const context = pick(config, 'contexts', current);
  const { cluster, user } = context;
  const only = (section: Section, name: unknown) => (typeof name === 'string' && name !== '' ? { [name]: pick(config, section, name) } : {});
  Object.assign(config, { clusters: only('clusters', cluster), users: only('users', user), contexts: { [current]: context } });
}

function pick(config: Kubeconfig, section: Section, name: string): JsonObject {
  const entry = Object.hasOwn(config[section], name) ? config[section][name] : undefined;
  if (!entry) throw new CommandError(`cannot locate ${SECTIONS[section].item} ${name}`);
  return entry;
}

/** Puts the content of files in the place of their names (FlattenConfig). */
function flattenConfig(config: Kubeconfig, folder: string): void {
  for (const [section, fields] of [['users', ['client-certificate', 'client-key']], ['clusters', ['certificate-authority']]] as const) {
    for (const name of Object.keys(config[section])) {
      for (const field of fields) {
        const entry = config[section][name] ?? {};
        const { [field]: file, ...rest } = entry;
        if (typeof file !== 'string' || file === '') continue;
        const data = entry[`${field}-data`];
        if (typeof data === 'string' && data !== '') throw new CommandError('cannot have values for both path and contents');
        config[section][name] = { ...rest, [`${field}-data`]: content(isAbsolute(file) ? file : join(folder, file)) };
      }
    }
  }
}

function content(file: string): string {
  try {
    return readFileSync(file).toString('base64');
  } catch {
    throw new CommandError(`open ${file}: no such file or directory`);
  }
}
