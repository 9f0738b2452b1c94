/** kubectl get --watch (get.go: watch). */
import type { KubeObject } from '../../../api/object.ts';
import type { ApiRequest } from '../../../api/request.ts';
import { findResources } from '../../builder/builder.ts';
import type { Info } from '../../builder/info.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { TabWriter } from '../../printers/tab-writer.ts';
import { isTable, TablePrinter, type Table } from '../../printers/table.ts';
import { writeFormatted } from '../../shared/print-flags.ts';
import { follow } from '../../shared/follow.ts';
import { isHumanReadable, resourceQuery, tableOptions, type GetFlags } from '../get.ts';
import { getFormatPrinter } from './generic.ts';

/** Prints one object or Table; with --output-watch-events as the event. */
type EventPrinter = (object: KubeObject, eventType: string) => string;

export async function watch(ctx: CommandContext, args: readonly string[], flags: GetFlags): Promise<void> {
  const { values } = flags;
  const query = { ...(await resourceQuery(ctx, args, flags)), singleType: true };
  const found = await findResources(ctx, query);
  const infos = await found.infos();
  if (new Set(infos.map((info) => info.resource)).size > 1 || (found.singleItem === false && infos.some((info) => info.name !== '') && (infos[0]?.source !== '' || args.length > 2))) {
    throw new CommandError('watch is only supported on individual resources and resource collections - more than 1 resource was found');
  }
  const resource = infos[0]?.resource ?? (await (await ctx.mapper()).resolve((args[0] as string).split('/')[0] as string));
  const print = await eventPrinter(flags, resource);
  const write = (object: KubeObject, type: string): void => writeFormatted(ctx.streams.stdout, () => print(object, type));
  if (!values['watch-only']) for (const info of infos) if (info.object) write(info.object, 'ADDED');

  const single = found.singleItem ? infos[0] : undefined;
  const { transport, identity } = await ctx.client();
  const namespace = resource.namespaced && !values['all-namespaces'] ? (single?.namespace || query.namespace) : '';
  const fieldSelector = single ? `metadata.name=${single.name}` : query.fieldSelector;
  // A list knows since when it is true; one object is watched from "about now", which begins with the object itself.
  const since = single ? '0' : await listVersion(infos, () => collectionVersion(ctx, resource, namespace));
  let first = single !== undefined;
  const request: ApiRequest = {
    ...identity, verb: 'watch', group: resource.group, version: resource.version, resource: resource.plural,
    ...(namespace ? { namespace } : {}),
    ...(query.tables ? { representation: 'table' } : {}),
    options: { resourceVersion: since, ...(query.labelSelector ? { labelSelector: query.labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) },
  };
  await follow(ctx.signal, (onEvent) => transport.watch(request, onEvent), (event) => {
    if (event.type === 'BOOKMARK' || event.type === 'ERROR') return;
    const repeated = first && event.type === 'ADDED' && versionOf(event.object) === (single && versionOf(single.object));
    first = false;
    if (!repeated) write(event.object, event.type);
  });
}

async function eventPrinter(flags: GetFlags, resource: Info['resource']): Promise<EventPrinter> {
  const events = flags.values['output-watch-events'];
  if (!isHumanReadable(flags)) {
    const format = await getFormatPrinter(flags);
    // A name is the object's also where it stands for an event.
    const wrapped = events && flags.values.output !== 'name';
    return (object, type) => format(wrapped ? ({ object, type } as unknown as KubeObject) : object);
  }
  const writer = new TabWriter();
  const printer = new TablePrinter(tableOptions(flags, resource, false), writer);
  return (object, type) => {
    if (isTable(object)) printer.print(object as Table, events ? type : undefined);
    return writer.flush();
  };
}

/** The resourceVersion of an object, or of the one object in a Table. */
function versionOf(object: KubeObject | undefined): string | undefined {
  return isTable(object) ? (object.rows?.[0]?.object?.metadata?.resourceVersion ?? object.metadata?.resourceVersion) : object?.metadata?.resourceVersion;
}

async function listVersion(infos: readonly Info[], ask: () => Promise<string>): Promise<string> {
  const table = infos.find((info) => info.name === '' && isTable(info.object));
  return table ? table.resourceVersion : ask();
}

/** The version of a collection now, from a list of at most one object. */
async function collectionVersion(ctx: CommandContext, resource: Info['resource'], namespace: string): Promise<string> {
  const client = await ctx.client();
  return (await client.of(resource).list(namespace || undefined, { limit: 1 })).resourceVersion;
}
