/** kubectl cluster-info dump (kubectl pkg/cmd/clusterinfo/clusterinfo_dump.go). */
import { appendFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Pod } from '../../../api/generated/types.ts';
import { DAEMONSETS, DEPLOYMENTS, EVENTS, NAMESPACES, NODES, PODS, REPLICASETS, REPLICATIONCONTROLLERS, SERVICES, type Resource } from '../../../api/kinds.ts';
import type { KubeObject, Stored } from '../../../api/object.ts';
import { apiVersionOf } from '../../../api/resource.ts';
import { systemText } from '../../builder/files.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import { typedFormat } from '../../generate/typed.ts';
import { makeFolders } from '../../shared/make-folders.ts';
import { printFlags, printRequest, writeFormatted } from '../../shared/print-flags.ts';

export const command = defineCommand({
  name: 'dump',
  usage: 'dump [flags]',
  short: 'Dump relevant information for debugging and diagnosis',
  long: `Write out what helps to find a fault of the cluster: nodes, and of the namespaces their events, workloads, services, pods, and the pods' logs.

 Without --output-directory all goes to standard output. The namespaces are kube-system and the current one, unless --namespaces or --all-namespaces says otherwise.`,
  examples: `# To standard output
kubectl cluster-info dump

# Into files
kubectl cluster-info dump --output-directory=/path/to/cluster-state

# Of all namespaces
kubectl cluster-info dump --all-namespaces

# Of some namespaces, into files
kubectl cluster-info dump --namespaces default,kube-system --output-directory=/path/to/cluster-state`,
  flags: {
    ...printFlags,
    output: { ...printFlags.output, default: 'json' },
    'all-namespaces': { type: 'bool', default: false, short: 'A', description: 'All namespaces; --namespaces is then not looked at.' },
    namespaces: { type: 'strings', default: [], description: 'Namespaces to dump, separated by commas.' },
    'output-directory': { type: 'string', default: '', description: "Folder for the files; standard output where it is '-' or not given." },
    'pod-running-timeout': { type: 'duration', default: 20_000, description: 'How long to wait until at least one pod is there (5s, 2m, 3h).' },
  },
  async run(ctx, _args, flags) {
    const { values } = flags;
    const { output, 'output-directory': folder } = values;
    // An empty format is the one of names.
    const print = await typedFormat({ ...printRequest(flags), output: output || 'name' });
    if (values['pod-running-timeout'] <= 0) throw new CommandError('--pod-running-timeout must be higher than zero');
    const extension = output === 'json' || output === 'yaml' ? `.${output}` : '.txt';
    const client = await ctx.client();

    const dump = async <T extends KubeObject>(resource: Resource<T>, namespace: string | undefined, name: string): Promise<readonly Stored<T>[]> => {
      const { items, resourceVersion } = await client.of(resource).list(namespace);
      const list = { apiVersion: apiVersionOf(resource), kind: `${resource.kind}List`, metadata: { resourceVersion }, items: items.map(({ apiVersion: _version, kind: _kind, ...item }) => item) } as KubeObject;
      writeFormatted(openOutput(ctx, folder, `${name}${extension}`), () => print(list));
      return items;
    };
    await dump(NODES, undefined, 'nodes');
    let namespaces = values.namespaces.length > 0 ? values.namespaces : ['kube-system', await ctx.namespace()];
    if (values['all-namespaces']) namespaces = (await client.of(NAMESPACES).list()).items.map(({ metadata }) => metadata.name);
    for (const namespace of namespaces) {
      await dump(EVENTS, namespace, `${namespace}/events`);
      await dump(REPLICATIONCONTROLLERS, namespace, `${namespace}/replication-controllers`);
      await dump(SERVICES, namespace, `${namespace}/services`);
      await dump(DAEMONSETS, namespace, `${namespace}/daemonsets`);
      await dump(DEPLOYMENTS, namespace, `${namespace}/deployments`);
      await dump(REPLICASETS, namespace, `${namespace}/replicasets`);
      for (const pod of await dump(PODS, namespace, `${namespace}/pods`)) openOutput(ctx, folder, `${namespace}/${pod.metadata.name}/logs.txt`).write(await logsOf(ctx, pod));
    }
    if (folder !== '' && folder !== '-') ctx.streams.stdout.write(`Cluster info dumped to ${folder}\n`);
  },
});

/** Where a part goes. Its file is there before anything is written to it. */
function openOutput(ctx: CommandContext, folder: string, name: string): { write(text: string): void } {
  if (folder === '' || folder === '-') return ctx.streams.stdout;
  const file = join(folder, ...name.split('/'));
  makeFolders(dirname(file));
  try {
    writeFileSync(file, '');
  } catch (error) {
    throw new CommandError(systemText(error, file));
  }
  return { write: (text) => appendFileSync(file, text) };
}

async function logsOf(ctx: CommandContext, { metadata, spec }: Stored<Pod>): Promise<string> {
  const { transport, identity } = await ctx.client();
  const { name, namespace = '' } = metadata;
  let text = '';
  for (const container of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    const title = `logs for container ${container.name} of pod ${namespace}/${name} ====\n`;
    text += `==== START ${title}`;
    try {
      await transport.stream({ ...identity, verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: 'log', namespace, name, options: { query: { container: container.name } } }, (part) => void (text += part), ctx.signal);
    } catch (error) {
      text += `Request log error: ${textOf(error)}\n`;
    }
    text += `==== END ${title}`;
  }
  return text;
}
