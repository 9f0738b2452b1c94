/** kubectl kustomize (kustomize v5.6.0, kustomize/commands/build). */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemText } from '../builder/files.ts';
import { defineCommand } from '../command.ts';
import { CommandError } from '../errors.ts';
import { effectiveNamespace, isClusterScoped } from '../kustomize/resid.ts';
import type { Resource } from '../kustomize/resource.ts';
import { toYaml } from '../printers/yaml.ts';

export const command = defineCommand({
  name: 'kustomize',
  usage: 'kustomize DIR [flags]',
  short: 'Build a kustomization target from a directory or URL',
  long: `Builds the resources that a folder's kustomization.yaml stands for. Without DIR it is the current folder. Repositories elsewhere are not read.`,
  examples: `# The current folder
kubectl kustomize

# Another one
kubectl kustomize /home/config/production`,
  flags: {
    'as-current-user': { type: 'bool', default: false, description: 'Run functions as the current user.' },
    'enable-alpha-plugins': { type: 'bool', default: false, description: 'Plugins that are not built in: programs and containers.' },
    'enable-helm': { type: 'bool', default: false, description: 'Helm charts, which the Helm program inflates.' },
    env: { type: 'array', default: [], short: 'e', description: 'Environment of functions.' },
    'helm-api-versions': { type: 'array', default: [], description: 'API versions for Helm.' },
    'helm-command': { type: 'string', default: 'helm', description: 'The Helm program.' },
    'helm-debug': { type: 'bool', default: false, description: "Helm's debugging output." },
    'helm-kube-version': { type: 'string', default: '', description: 'Version of Kubernetes for Helm.' },
    'load-restrictor': { type: 'string', default: 'LoadRestrictionsRootOnly', description: "Whether a kustomization may read files outside of its folder: 'LoadRestrictionsNone' or 'LoadRestrictionsRootOnly'." },
    mount: { type: 'array', default: [], description: 'Folders for functions.' },
    network: { type: 'bool', default: false, description: 'The network for functions.' },
    'network-name': { type: 'string', default: 'bridge', description: "The network's name for functions." },
    output: { type: 'string', default: '', short: 'o', description: 'Write to this file, or into this folder, one file for each resource.' },
    reorder: { type: 'string', default: 'legacy', deprecated: "use the new 'sortOptions' field in kustomization.yaml instead.", hidden: true, description: 'Whether resources are sorted: legacy or none.' },
    'enable-managedby-label': { type: 'bool', default: false, deprecated: 'The flag `enable-managedby-label` has been deprecated. Use the `managedByLabel` option in the `buildMetadata` field instead.', hidden: true, description: 'Add the label app.kubernetes.io/managed-by.' },
  },
  async run(ctx, args, flags) {
    if (args.length > 1) throw new CommandError('specify one path to kustomization.yaml');
    const { values } = flags;
    const { reorder, output, 'load-restrictor': restrictor } = values;
    if (restrictor !== '') checkValue('load-restrictor', restrictor, ['LoadRestrictionsRootOnly', 'LoadRestrictionsNone']);
    checkValue('reorder', reorder, ['legacy', 'none']);
    const { build, textOf } = await import('../kustomize/build.ts');
    const resources = build(args[0] ?? '.', {
      anywhere: restrictor === 'LoadRestrictionsNone', external: values['enable-alpha-plugins'], env: ctx.env,
      ...(flags.changed('reorder') ? { order: reorder } : {}), managedByLabel: values['enable-managedby-label'] || ctx.env['KUSTOMIZE_ENABLE_MANAGEDBY_LABEL'] === 'on',
      helm: { enabled: values['enable-helm'], command: values['helm-command'], apiVersions: values['helm-api-versions'], kubeVersion: values['helm-kube-version'], debug: values['helm-debug'] },
      functions: { network: values.network, mounts: values.mount, env: values.env, asCurrentUser: values['as-current-user'] },
      warn: (line) => ctx.streams.stderr.write(`${line}\n`),
    });
    if (output === '') ctx.streams.stdout.write(textOf(resources));
    else if (statSync(output, { throwIfNoEntry: false })?.isDirectory()) writeEach(output, resources);
    else write(output, textOf(resources));
  },
});

function checkValue(flag: string, value: string, legal: readonly string[]): void {
  if (!legal.includes(value)) throw new CommandError(`illegal flag value --${flag} ${value}; legal values: [${legal.join(' ')}]`);
}

/** A file for each resource; those of several namespaces begin with theirs (writer.go: WriteIndividualFiles). */
function writeEach(folder: string, resources: readonly Resource[]): void {
  const several = new Set(resources.filter(({ gvk }) => !isClusterScoped(gvk)).map(({ id }) => effectiveNamespace(id))).size > 1;
  for (const { fields, id, name, gvk } of resources) {
    const kind = [gvk.group, gvk.version, gvk.kind].filter((part) => part).join('_');
    const namespace = several && !isClusterScoped(gvk) ? `${effectiveNamespace(id)}_` : '';
    write(join(folder, `${namespace}${kind}_${name}.yaml`.toLowerCase()), toYaml(fields));
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(systemText(error, file));
  }
}
