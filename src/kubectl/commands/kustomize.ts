/** kubectl kustomize (kustomize v5.6.0, kustomize/commands/build). */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineCommand } from '../command.ts';
import { CommandError } from '../errors.ts';

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
  },
  async run(ctx, args, flags) {
    if (args.length > 1) throw new CommandError('specify one path to kustomization.yaml');
    const restrictor = flags.values['load-restrictor'];
    if (restrictor !== 'LoadRestrictionsNone' && restrictor !== 'LoadRestrictionsRootOnly') throw new CommandError(`illegal flag value --load-restrictor ${restrictor}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]`);
    const { build } = await import('../kustomize/build.ts');
    const { toYaml } = await import('../printers/yaml.ts');
    const { values } = flags;
    const resources = build(args[0] || '.', {
      anywhere: restrictor === 'LoadRestrictionsNone', external: values['enable-alpha-plugins'], env: ctx.env,
      helm: { enabled: values['enable-helm'], command: values['helm-command'], apiVersions: values['helm-api-versions'], kubeVersion: values['helm-kube-version'], debug: values['helm-debug'] },
      functions: { network: values.network, mounts: values.mount, env: values.env, asCurrentUser: values['as-current-user'] },
      warn: (line) => ctx.streams.stderr.write(`${line}\n`),
    });
    const { output } = values;
    if (output !== '' && statSync(output, { throwIfNoEntry: false })?.isDirectory()) {
      const byNamespace = new Set(resources.map(({ namespace }) => namespace)).size > 1;
      for (const { fields, kind, name, namespace, gvk } of resources) {
        const file = join(output, ...(byNamespace && namespace !== '' ? [namespace] : []), `${[...(gvk.group ? [gvk.group] : []), ...(gvk.version ? [gvk.version] : []), kind].join('_')}_${name}.yaml`.toLowerCase());
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, toYaml(fields));
      }
      return;
    }
    const text = resources.map(({ fields }) => toYaml(fields)).join('---\n');
    if (output === '') ctx.streams.stdout.write(text);
    else writeFileSync(output, text);
  },
});
