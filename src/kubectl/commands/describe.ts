/** kubectl describe (kubectl pkg/cmd/describe/describe.go). */
import { isNotFound } from '../../api/status.ts';
import { findResources } from '../builder/builder.ts';
import type { ResourceQuery } from '../builder/query.ts';
import type { Info } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { describerOf } from '../describe/index.ts';
import { ClusterReader } from '../describe/reader.ts';
import { CommandError, MultipleErrors, textOf } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { allNamespacesFlags, chunkSizeFlags, selectorFlags } from '../shared/write-flags.ts';

const describeFlags = {
  ...filenameFlags,
  ...selectorFlags,
  ...allNamespacesFlags,
  ...chunkSizeFlags,
  'show-events': { type: 'bool', default: true, description: 'Show the events about the object.' },
} as const;

export const command = defineCommand({
  name: 'describe',
  usage: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  short: 'Show details of a specific resource or group of resources',
  long: `Show details of an object, or of several.

 Prints what is to be known of them, and of what is related to them, such as events or controllers. One object may be named, or all of a type, those with a label, or those whose names begin alike:

  $ kubectl describe TYPE NAME_PREFIX

 looks for the object of exactly this name first. Where there is none, it describes every object whose name begins with NAME_PREFIX.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# A node
kubectl describe nodes node-1

# A pod
kubectl describe pods/nginx

# What a manifest names
kubectl describe -f pod.json

# All pods
kubectl describe pods

# Pods with a label
kubectl describe pods -l name=myLabel

# All pods whose names begin with "frontend", such as those of the replica set "frontend"
kubectl describe pods frontend`,
  flags: describeFlags,
  run,
});

async function run(ctx: CommandContext, args: readonly string[], flags: Flags<typeof describeFlags>): Promise<void> {
  const { values } = flags;
  await ctx.namespace();
  if (args.length === 0 && values.filename.length === 0 && values.kustomize === '') {
    throw new CommandError(`You must specify the type of resource to describe. Use "${ctx.program} api-resources" for a complete list of supported resources.\n`);
  }
  const allNamespaces = values['all-namespaces'];
  const chunkSize = values['chunk-size'];
  const namespace = await ctx.namespace();
  const query: ResourceQuery = { namespace, chunkSize, typeSelectsAll: true };
  const found = await findResources(ctx, { ...query, args, files: filenameOptions(flags), enforceNamespace: ctx.namespaceGiven && !allNamespaces, allNamespaces, labelSelector: values.selector.trim(), continueOnError: true });
  const { infos, error } = await found.collect();
  const reader = new ClusterReader(await ctx.client(), { showEvents: values['show-events'], chunkSize, now: () => ctx.now() });
  const describe = async ({ resource, namespace: of, name }: Info): Promise<string> => (await describerOf(resource))(reader, of, name, resource);

  if (isNotFound(error) && args.length === 2) {
    return describeMatching(ctx, { ...query, args: args.slice(0, 1), singleType: true }, args[1] as string, describe, error);
  }
  const faults: unknown[] = error === undefined ? [] : [error];
  const known = new Set<string>();
  let first = true;
  for (const info of infos) {
    try {
      const text = await describe(info);
      ctx.streams.stdout.write(first ? text : `\n\n${text}`);
      first = false;
    } catch (fault) {
      if (!known.has(textOf(fault))) faults.push(fault);
      known.add(textOf(fault));
    }
  }
  if (infos.length === 0 && faults.length === 0) ctx.streams.stderr.write(allNamespaces ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`);
  if (faults.length > 0) throw new MultipleErrors(faults);
}

/** Describes all objects of the type whose names begin so; where there is none, the object that was named is not there. */
async function describeMatching(ctx: CommandContext, query: ResourceQuery, prefix: string, describe: (info: Info) => Promise<string>, missing: unknown): Promise<void> {
  const infos = (await (await findResources(ctx, query)).infos()).filter(({ name }) => name.startsWith(prefix));
  if (infos.length === 0) throw missing;
  for (const info of infos) ctx.streams.stdout.write(`${await describe(info)}\n`);
}
