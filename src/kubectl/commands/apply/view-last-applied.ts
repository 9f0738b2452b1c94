/** kubectl apply view-last-applied. */
import { findResources } from '../../builder/builder.ts';
import { objectOf } from '../../builder/info.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, usageError } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { filenameFlags, filenameOptions } from '../../shared/filename-flags.ts';
import { originalConfiguration } from '../../shared/last-applied.ts';
import { selectorFlags } from '../../shared/write-flags.ts';

export const command = defineCommand({
  name: 'view-last-applied',
  usage: 'view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: 'View the latest last-applied-configuration annotations by type/name or file.',
  examples: `# As YAML
kubectl apply view-last-applied deployment/nginx

# As JSON
kubectl apply view-last-applied -f deploy.yaml -o json`,
  flags: {
    ...filenameFlags,
    ...selectorFlags,
    all: { type: 'bool', default: false, description: 'All objects of the types, in the namespace.' },
    output: { type: 'string', default: 'yaml', short: 'o', description: 'Output format: yaml or json.' },
  },
  async run(ctx, args, flags) {
    const { all, output, selector } = flags.values;
    const found = await findResources(ctx, {
      files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>), args, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven, selectAll: all, allBeforeSelectors: true, labelSelector: selector, typeSelectsAll: ctx.namespaceGiven, latest: true,
    });
    const texts: string[] = [];
    await found.visit((info) => {
      const text = originalConfiguration(objectOf(info));
      if (text !== undefined) texts.push(text);
      else if (info.source !== '') throw new CommandError(`error when no last-applied-configuration annotation found on resource: ${info.name}\n ${JSON.stringify(info.source)}: <nil>`);
    });
    for (const text of texts) {
      if (output === 'json') ctx.streams.stdout.write(indentJson(text));
      else if (output === 'yaml') ctx.streams.stdout.write((await import('../../printers/yaml.ts')).toYaml(JSON.parse(text)));
      else throw usageError(ctx, `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
    }
  },
});

/** json.Indent with two spaces: the text's own order of keys; what stands after the value stays. */
function indentJson(text: string): string {
  return JSON.stringify(JSON.parse(text) as unknown, null, 2).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) + (/\s*$/.exec(text)?.[0] ?? '');
}
