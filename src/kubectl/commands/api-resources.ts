/** kubectl api-resources (kubectl pkg/cmd/apiresources/apiresources.go). */
import { apiVersionOf, groupResourceName, type ResourceFacts } from '../../api/resource.ts';
import { defineCommand } from '../command.ts';
import { preferredResources } from '../discovery.ts';
import { CommandError, throwCollected, usageError } from '../errors.ts';
import { discoveryFailure } from '../resource-mapper.ts';
import { compareBytes } from '../../api/go-json.ts';
import { TabWriter } from '../printers/tab-writer.ts';

const SORT_KEYS: Readonly<Record<string, (resource: ResourceFacts) => string>> = {
  '': (resource) => resource.group,
  name: (resource) => resource.plural,
  kind: (resource) => resource.kind,
};

export const command = defineCommand({
  name: 'api-resources',
  usage: 'api-resources [flags]',
  short: 'Print the supported API resources on the server.',
  examples: `# Every resource that the server serves
kubectl api-resources

# With verbs and categories
kubectl api-resources -o wide

# Sorted by a column
kubectl api-resources --sort-by=name

# Those that live in namespaces
kubectl api-resources --namespaced=true

# Those of one API group
kubectl api-resources --api-group=rbac.authorization.k8s.io`,
  flags: {
    'api-group': { type: 'string', default: '', description: 'Only resources of this API group.' },
    cached: { type: 'bool', default: false, description: 'Use the list that was read before, if there is one.' },
    categories: { type: 'strings', default: [], description: 'Only resources of these categories.' },
    namespaced: { type: 'bool', default: true, description: 'Only resources that live in namespaces, or with =false only those that do not.' },
    'no-headers': { type: 'bool', default: false, description: 'Print the table without its header.' },
    output: { type: 'string', default: '', short: 'o', description: 'Output format. One of: (wide, name).' },
    'sort-by': { type: 'string', default: '', description: "Sort by 'name' or 'kind'." },
    verbs: { type: 'strings', default: [], description: 'Only resources that support these verbs.' },
  },
  async run(ctx, args, flags) {
    const { values } = flags;
    const { output } = values;
    if (args.length > 0) throw usageError(ctx, `unexpected arguments: [${args.join(' ')}]`);
    if (output !== '' && output !== 'wide' && output !== 'name') throw new CommandError(`--output ${output} is not available`);
    const sortKey = SORT_KEYS[values['sort-by']];
    if (!sortKey) throw new CommandError('--sort-by accepts only name or kind');
    const errors: unknown[] = [];
    const preferred = await preferredResources((await ctx.client()).transport).catch((error: unknown) => {
      ctx.streams.stderr.write(discoveryFailure(error));
      errors.push(error);
      return [];
    });
    const resources = preferred.filter(
      (resource) =>
        resource.verbs.length > 0 &&
        (!flags.changed('api-group') || resource.group === values['api-group']) &&
        (!flags.changed('namespaced') || resource.namespaced === values.namespaced) &&
        values.verbs.every((verb) => resource.verbs.includes(verb)) &&
        values.categories.every((category) => resource.categories.includes(category)),
    );
    resources.sort((a, b) => compareBytes(sortKey(a), sortKey(b)) || compareBytes(a.plural, b.plural));
    const writer = new TabWriter();
    const wide = output === 'wide';
    if (!values['no-headers'] && output !== 'name') writer.row(['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])]);
    for (const resource of resources) {
      if (output === 'name') writer.row([groupResourceName(resource)]);
      else {
        const { plural, shortNames, namespaced, kind, verbs, categories } = resource;
        writer.row([plural, shortNames.join(','), apiVersionOf(resource), String(namespaced), kind, ...(wide ? [verbs.join(','), categories.join(',')] : [])]);
      }
    }
    ctx.streams.stdout.write(writer.flush());
    throwCollected(errors);
  },
});
