/** kubectl config view (kubectl pkg/cmd/config/view.go). */
import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { toJson } from '../../../api/go-json.ts';
import { formatPrinter, noPrinter, PRINT_FORMATS, printFlags, printRequest } from '../../shared/print-flags.ts';
import { readKubeconfig, type Kubeconfig } from './kubeconfig-file.ts';

/** What stands for secret bytes and for secret words. */
const OMITTED_DATA = ['certificate-authority-data', 'client-certificate-data', 'client-key-data'];
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
    if (args.length > 0) throw new CommandError(`unexpected arguments: [${args.join(' ')}]`);
    const { minify, raw, output } = flags.values;
    let config = readKubeconfig(ctx);
    if (minify) config = minified(config);
    if (!raw) config = redacted(config);
    if (output === 'json') return void ctx.streams.stdout.write(`${toJson(config, 'given')}\n`);
    const format = await formatPrinter(printRequest(flags));
    if (!format) throw noPrinter(output, PRINT_FORMATS);
    ctx.streams.stdout.write(format(config as unknown as KubeObject));
  },
});

function redacted(config: Kubeconfig): Kubeconfig {
  const hide = (entry: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(entry).map(([key, value]) => {
        if (OMITTED_DATA.includes(key)) return [key, 'DATA+OMITTED'];
        if (REDACTED.includes(key)) return [key, 'REDACTED'];
        return [key, typeof value === 'object' && value !== null && !Array.isArray(value) ? hide(value as JsonObject) : value];
      }),
    );
  return { ...config, clusters: config.clusters?.map(hide) ?? null, users: config.users?.map(hide) ?? null };
}

function minified(config: Kubeconfig): Kubeconfig {
  const current = config['current-context'];
  if (current === '') throw new CommandError('current-context must exist in order to minify');
  const context = config.contexts?.find((entry) => entry['name'] === current);
  if (!context) throw new CommandError(`cannot locate context ${current}`);
  const { cluster, user } = (context['context'] ?? {}) as JsonObject;
  const only = (entries: readonly JsonObject[] | null, name: unknown): readonly JsonObject[] | null => entries?.filter((entry) => entry['name'] === name) ?? null;
  return { ...config, contexts: [context], clusters: only(config.clusters, cluster), users: only(config.users, user) };
}
