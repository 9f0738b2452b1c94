/** kubectl events (kubectl pkg/cmd/events). */
import { EVENTS } from '../../api/kinds.ts';
import type { Event } from '../../api/generated/types.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { WatchEvent } from '../../api/request.ts';
import { apiVersionOf } from '../../api/resource.ts';
import { humanDuration } from '../../api/duration.ts';
import { parseTime } from '../../api/time.ts';
import type { UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, listError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { goSort } from '../describe/go-sort.ts';
import { typedFormat } from '../generate/typed.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import { follow } from '../shared/follow.ts';
import { ignoringPrintFaults, PRINT_FORMATS, printFlags, printRequest, writeFormatted } from '../shared/print-flags.ts';
import { allNamespacesFlags, chunkSizeFlags } from '../shared/write-flags.ts';

const eventFlags = {
  ...printFlags,
  ...allNamespacesFlags,
  ...chunkSizeFlags,
  for: { type: 'string', default: '', description: 'Only events about this object, TYPE/NAME.' },
  'no-headers': { type: 'bool', default: false, description: 'Print the table without its header.' },
  types: { type: 'strings', default: [], description: 'Only events of these types.' },
  watch: { type: 'bool', default: false, short: 'w', description: 'Print the events, then new ones as they come.' },
} as const;

export const command = defineCommand({
  name: 'events',
  usage: `events [(-o|--output=)${PRINT_FORMATS.join('|')}] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]`,
  short: 'List events.',
  long: 'Display events.\n\n Prints a table of the most recent events, of a namespace, of all, or of one object.',
  examples: `# Events of the current namespace
kubectl events

# Events of all namespaces
kubectl events --all-namespaces

# Events of one pod, and new ones as they come
kubectl events --for pod/web --watch

# Only warnings
kubectl events --types=Warning`,
  flags: eventFlags,
  run,
});

type EventFlags = Flags<typeof eventFlags>;

async function run(ctx: CommandContext, _args: readonly string[], flags: EventFlags): Promise<void> {
  const { values } = flags;
  const namespace = values['all-namespaces'] ? undefined : await ctx.namespace();
  const fieldSelector = values.for === '' ? '' : await aboutObject(ctx, values.for);
  const wanted = (event: Event): boolean => values.types.length === 0 || values.types.some((type) => type.toLowerCase() === (event.type ?? '').toLowerCase());
  const print = await eventPrinter(flags);
  if (values.types.some((type) => !['normal', 'warning'].includes(type.toLowerCase()))) throw new CommandError('valid --types are Normal or Warning');
  const writer = new TabWriter();
  const write = (events: readonly Event[], whole: KubeObject, nowMs: number): void => {
    ignoringPrintFaults(() => writeFormatted(writer, () => print(events, whole, nowMs)));
    ctx.streams.stdout.write(writer.flush());
  };
  const client = await ctx.client();
  const options = fieldSelector === '' ? {} : { fieldSelector };
  if (values.watch) {
    const aheadMs = (await ctx.now()) - Date.now();
    return follow(ctx.signal, (onEvent) => client.of(EVENTS).watch(namespace, options, onEvent), ({ type, object }: WatchEvent<Stored<Event>>) => {
      if (type !== 'ADDED' && type !== 'MODIFIED') return;
      if (wanted(object)) write([object], object, Date.now() + aheadMs);
    });
  }
  const events: Event[] = [];
  let token = '';
  do {
    const page = await client
      .of(EVENTS)
      .list(namespace, { ...options, limit: 500, ...(token ? { continue: token } : {}) })
      .catch((error: unknown) => Promise.reject(listError(error, options, 'events')));
    events.push(...page.items.filter(wanted));
    token = page.continue;
  } while (token !== '');
  if (events.length === 0) {
    ctx.streams.stderr.write(namespace === undefined ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`);
    return;
  }
  const sorted = goSort(events, (a, b) => timeOf(a) < timeOf(b));
  const list = { apiVersion: 'v1', items: sorted, kind: 'EventList', metadata: {} } as unknown as KubeObject;
  write(sorted, list, await ctx.now());
}

/** Field selector for the events about TYPE/NAME. */
async function aboutObject(ctx: CommandContext, text: string): Promise<string> {
  if (!text.includes('/')) throw new CommandError('--for must be in resource/name form');
  const [type = '', name = '', ...more] = text.split('/');
  if (more.length > 0) throw new CommandError('arguments in resource/name form may not have more than one slash');
  if (type === '') throw new CommandError('a resource must be present, got: /, Resource=');
  const mapper = await ctx.mapper();
  const [plural = '', ...group] = type.split('.');
  // A version may stand in the name; what is said of a name that means nothing takes all behind the first dot for a group.
  const resource = (await mapper.resolve(type, 0).catch(() => undefined)) ?? (await mapper.requireGroupResource({ plural, group: group.join('.') }));
  // Without a name all events are shown.
  if (name === '') return '';
  return `involvedObject.kind=${resource.kind},involvedObject.apiVersion=${apiVersionOf(resource)},involvedObject.name=${name}`;
}

/** Prints events as rows, or the object that holds them in the format of -o. Tabs are for a TabWriter, in templates, too. */
async function eventPrinter(flags: EventFlags): Promise<(events: readonly Event[], whole: KubeObject, nowMs: number) => string> {
  const request = printRequest(flags);
  if (request.output !== '') {
    const [format, { typedObject }] = await Promise.all([typedFormat(request), import('../shared/typed.ts')]);
    const typed = (event: KubeObject): KubeObject => typedObject({ ...event, apiVersion: 'v1', kind: 'Event' } as UnstructuredObject) as KubeObject;
    return (events, whole) => format('items' in whole ? { ...whole, items: events.map((event) => typed(event)) } : typed(whole));
  }
  const allNamespaces = flags.values['all-namespaces'];
  let headers = !flags.values['no-headers'];
  return (events, _whole, now) => {
    const rows = headers ? [[...(allNamespaces ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']] : [];
    headers = false;
    for (const event of events) {
      const { kind = '', name = '' } = event.involvedObject;
      const cells = [lastSeen(event, now), event.type ?? '', event.reason ?? '', `${kind}/${name}`, (event.message ?? '').trim()].map(escapeTerminal);
      rows.push([...(allNamespaces ? [event.metadata.namespace ?? ''] : []), ...cells]);
    }
    return rows.map((cells) => `${cells.join('\t')}\n`).join('');
  };
}

const escapeTerminal = (text: string): string => text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');

function since(time: string | undefined, now: number): string {
  const ms = parseTime(time || undefined);
  return ms === undefined ? '<unknown>' : humanDuration(now - ms);
}

function lastSeen(event: Event, now: number): string {
  const first = event.eventTime ? since(event.eventTime, now) : since(event.firstTimestamp, now);
  if (event.series) return `${since(event.series.lastObservedTime, now)} (x${event.series.count ?? 0} over ${first})`;
  if ((event.count ?? 0) > 1) return `${since(event.lastTimestamp, now)} (x${event.count} over ${first})`;
  return first;
}

function timeOf(event: Event): number {
  return parseTime(event.series?.lastObservedTime || event.lastTimestamp || event.eventTime || undefined) ?? 0;
}
