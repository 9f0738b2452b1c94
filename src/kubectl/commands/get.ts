/** kubectl get (kubectl pkg/cmd/get/get.go). */
import type { ResourceFacts } from '../../api/resource.ts';
import { isNotFound } from '../../api/status.ts';
import { findResources } from '../builder/builder.ts';
import type { ResourceQuery } from '../builder/query.ts';
import type { Info, UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, filterOut, MultipleErrors, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import { isTable, TablePrinter, type Table, type TableOptions } from '../printers/table.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { printFlags } from '../shared/print-flags.ts';
import { allNamespacesFlags, chunkSizeFlags, fieldSelectorFlags, selectorFlags } from '../shared/write-flags.ts';

export const GET_FORMATS = [
  'json', 'yaml', 'name', 'go-template', 'go-template-file', 'template', 'templatefile', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file', 'custom-columns', 'custom-columns-file', 'wide',
] as const;

export const getFlags = {
  ...printFlags,
  output: {
    type: 'string', default: '', short: 'o',
    description: `Output format. One of: (${GET_FORMATS.join(', ')}). See custom columns [https://kubernetes.io/docs/reference/kubectl/#custom-columns], golang template [http://golang.org/pkg/text/template/#pkg-overview] and jsonpath template [https://kubernetes.io/docs/reference/kubectl/jsonpath/].`,
  },
  ...filenameFlags,
  ...selectorFlags,
  ...fieldSelectorFlags,
  ...allNamespacesFlags,
  ...chunkSizeFlags,
  'ignore-not-found': { type: 'bool', default: false, description: 'Succeed where the object does not exist.' },
  'label-columns': { type: 'strings', default: [], short: 'L', description: 'Labels that get a column of their own, separated by commas; names are case-sensitive. May be given several times.' },
  'no-headers': { type: 'bool', default: false, description: 'Print tables and custom columns without their header.' },
  'output-watch-events': { type: 'bool', default: false, description: 'Print watch events with --watch or --watch-only; objects that exist already come as ADDED.' },
  raw: { type: 'string', default: '', description: 'Path to request from the server as it is.' },
  'server-print': { type: 'bool', default: true, description: 'Let the server choose the columns.' },
  'show-kind': { type: 'bool', default: false, description: 'Print the resource type before each name.' },
  'show-labels': { type: 'bool', default: false, description: 'Print all labels as the last column.' },
  'sort-by': { type: 'string', default: '', description: "Sort lists by this field, a JSONPath expression ('{.metadata.name}') that gives a number or a string." },
  subresource: { type: 'string', default: '', description: 'Get this subresource of the object.' },
  watch: { type: 'bool', default: false, short: 'w', description: 'Print the objects, then their changes as they happen.' },
  'watch-only': { type: 'bool', default: false, description: 'Print only changes as they happen.' },
} as const;

export type GetFlags = Flags<typeof getFlags>;

export const command = defineCommand({
  name: 'get',
  usage: `get [(-o|--output=)${GET_FORMATS.join('|')}] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]`,
  short: 'Display one or many resources',
  long: `Display one or many resources.

 Prints a table with what matters most of each object. Select by label with --selector. Objects of namespaces are those of the current one unless --namespace or --all-namespaces says otherwise.

 With -o the objects are printed whole, or what a template picks of them.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# All pods as a table
kubectl get pods

# All pods with more columns, such as the node
kubectl get pods -o wide

# One deployment as YAML
kubectl get deployment web -o yaml

# Deployments in version "v1" of the API group "apps"
kubectl get deployments.v1.apps -o json

# What a manifest names
kubectl get -f pod.yaml

# Only the phase of one pod
kubectl get -o template pod/web --template={{.status.phase}}

# Chosen fields of one pod as columns
kubectl get pod web -o custom-columns=CONTAINER:.spec.containers[0].name,IMAGE:.spec.containers[0].image

# Deployments and services together
kubectl get deployments,services`,
  flags: getFlags,
  run: get,
});

async function get(ctx: CommandContext, args: readonly string[], flags: GetFlags): Promise<void> {
  const { values } = flags;
  if (values.raw === '') await ctx.namespace();
  checkFlags(ctx, args, flags);
  if (values.raw !== '') return (await import('./get/raw.ts')).getRaw(ctx, values.raw);
  if (values.watch || values['watch-only']) return (await import('./get/watch.ts')).watch(ctx, args, flags);
  if (!isHumanReadable(flags)) return (await import('./get/generic.ts')).printGeneric(ctx, args, flags);
  await printTables(ctx, args, flags);
}

function checkFlags(ctx: CommandContext, args: readonly string[], { values }: GetFlags): void {
  const watching = values.watch || values['watch-only'];
  if (values.raw !== '') {
    if (args.length > 0) throw new CommandError('arguments may not be passed when --raw is specified');
    if (watching || values.selector !== '') throw new CommandError('--raw may not be specified with other flags that filter the server request or alter the output');
    if (values.output !== '') throw new CommandError('--raw and --output are mutually exclusive');
    if (!values.raw.startsWith('/') && !/^[a-z]+:\/\//.test(values.raw)) throw new CommandError(`--raw must be a valid URL path: parse ${JSON.stringify(values.raw)}: invalid URI for request`);
  } else if (values.watch) {
    if (values['sort-by'] !== '') ctx.streams.stderr.write('warning: --watch requested, --sort-by will be ignored for watch events received\n');
  } else if (values['watch-only']) {
    if (values['sort-by'] !== '') ctx.streams.stderr.write('warning: --watch-only requested, --sort-by will be ignored\n');
  } else if (args.length === 0 && values.filename.length === 0 && values.kustomize === '') {
    ctx.streams.stderr.write(`You must specify the type of resource to get. Use "${ctx.program} api-resources" for a complete list of supported resources.\n\n`);
    throw usageError(ctx, `Required resource not specified.\nUse "${ctx.program} explain <resource>" for a detailed description of that resource (e.g. ${ctx.program} explain pods).`);
  }
  if (values['show-labels'] && values.output !== '' && values.output !== 'wide') throw new CommandError(`--show-labels option cannot be used with ${values.output} printer`);
  if (values['output-watch-events'] && !watching) throw new CommandError('--output-watch-events option can only be used with --watch or --watch-only');
}

/** Whether a table is printed rather than objects. */
export function isHumanReadable({ values }: GetFlags): boolean {
  return (values.output === '' && values.template === '') || values.output === 'wide';
}

/** What the arguments and flags ask the server for. */
export async function resourceQuery(ctx: CommandContext, args: readonly string[], flags: GetFlags): Promise<ResourceQuery> {
  const { values } = flags;
  const tables = isHumanReadable(flags) && values['server-print'];
  return {
    files: filenameOptions(flags),
    args,
    namespace: await ctx.namespace(),
    enforceNamespace: ctx.namespaceGiven && !values['all-namespaces'],
    allNamespaces: values['all-namespaces'],
    labelSelector: values.selector.trim(),
    fieldSelector: values['field-selector'].trim(),
    subresource: values.subresource,
    chunkSize: values['sort-by'] === '' ? values['chunk-size'] : 0,
    typeSelectsAll: true,
    latest: true,
    ...(tables ? { tables: values['sort-by'] === '' ? ('Metadata' as const) : ('Object' as const) } : {}),
  };
}

/** How the tables of one resource are to look. */
export function tableOptions(flags: GetFlags, resource: ResourceFacts, withKind: boolean, withNamespace = flags.values['all-namespaces'] && resource.namespaced): TableOptions {
  const { values } = flags;
  const kind = resource.kind.toLowerCase();
  return {
    noHeaders: values['no-headers'],
    wide: values.output === 'wide',
    withNamespace,
    ...(withKind || values['show-kind'] ? { kindPrefix: resource.group ? `${kind}.${resource.group}` : kind } : {}),
    columnLabels: values['label-columns'],
    showLabels: values['show-labels'],
  };
}

async function printTables(ctx: CommandContext, args: readonly string[], flags: GetFlags): Promise<void> {
  const { values } = flags;
  const found = await findResources(ctx, { ...(await resourceQuery(ctx, args, flags)), continueOnError: true });
  const { infos: answers, error: all } = await found.collect();
  const infos = answers.flatMap(withoutTable);
  const error = values['ignore-not-found'] ? filterOut(all, isNotFound) : all;
  if (values['sort-by'] !== '') {
    const { sortInfos, sortTables } = await import('./get/sort.ts');
    if (values['server-print']) sortTables(infos, values['sort-by']);
    else if (infos.length > 1) sortInfos(infos, values['sort-by']);
  }

  const several = new Set(infos.map((info) => info.resource)).size > 1;
  const namespaced = !values['all-namespaces'] && infos.every((info) => info.resource.namespaced);
  let written = false;
  let withNamespace = false;
  for (const group of byResource(infos)) {
    const resource = (group[0] as Info).resource;
    // Once a table had the column, those after it have it, too, even where it stays empty.
    withNamespace ||= values['all-namespaces'] && resource.namespaced;
    const options = tableOptions(flags, resource, several, withNamespace);
    // A server that makes no tables sends its objects.
    const text = values['server-print'] && group.every(({ object }) => isTable(object)) ? serverTables(group, options) : await (await import('./get/plain-table.ts')).plainTable(ctx, group, options);
    if (text === '') continue;
    ctx.streams.stdout.write(written && !values['no-headers'] ? `\n${text}` : text);
    written = true;
  }
  if (!written && !values['ignore-not-found'] && error === undefined) {
    ctx.streams.stderr.write(namespaced ? `No resources found in ${await ctx.namespace()} namespace.\n` : 'No resources found\n');
  }
  if (error !== undefined) throw new MultipleErrors([error]);
}

/** A server that makes no tables sends a list: its objects. */
function withoutTable(answer: Info): readonly Info[] {
  const { items } = (answer.object ?? {}) as { readonly items?: readonly UnstructuredObject[] };
  return isTable(answer.object) || !Array.isArray(items) ? [answer] : items.map((object) => ({ ...answer, object, name: object.metadata?.name ?? '', namespace: object.metadata?.namespace ?? '' }));
}

function serverTables(infos: readonly Info[], options: TableOptions): string {
  const writer = new TabWriter();
  const printer = new TablePrinter(options, writer);
  for (const { object } of infos) printer.print(object as unknown as Table);
  return writer.flush();
}

/** Neighbours of the same resource share one table. */
function byResource(infos: readonly Info[]): Info[][] {
  const groups: Info[][] = [];
  for (const info of infos) {
    const last = groups[groups.length - 1];
    if (last && last[0]?.resource === info.resource) last.push(info);
    else groups.push([info]);
  }
  return groups;
}
