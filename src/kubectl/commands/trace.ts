/** `trace`: how an object came to be what it is, from recorded facts: each request and step, who made it, and why. */
import { selectorFromMap } from '../../api/labels.ts';
import { ENDPOINTS, ENDPOINTSLICES, PODS, SERVICES } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { builtinResources, type ResourceFacts } from '../../api/resource.ts';
import { isNotFound } from '../../api/status.ts';
import type { Client } from '../../client/client.ts';
import { findResources } from '../builder/builder.ts';
import { parseArguments } from '../builder/arguments.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, usageError } from '../errors.ts';
import { colours } from '../shared/colours.ts';
import { pause } from '../shared/until.ts';
import { readJournal, type JournalQuestion, type JournalRecord } from '../trace/journal.ts';
import { isTold, objectName, stepOf, tellStory, type Chapter } from '../trace/story.ts';
import { liveText, PLAIN, storyText, type Palette } from '../trace/text.ts';

/** Of more objects of one kind than this only the first are told in full. */
const FULL_PER_KIND = 3;

export const command = defineCommand({
  name: 'trace',
  usage: 'trace (TYPE NAME | TYPE/NAME)',
  short: 'Tell how an object came to be: each step, who made it, and why',
  long: `Tell how an object came to be what it is, and what came of it: every request and step with its time, the component that acted, what it did, the object and resourceVersion that came of it, and why. The story is told from what the components recorded as they worked, object by object.`,
  examples: `  # From "create deployment" to running pods behind a service
  mock-kubectl trace deployment/web

  # One pod, with the scheduler's filters and scores
  mock-kubectl trace pod web-7c5ddbdf54-x2x9k

  # As it happens
  mock-kubectl trace -f deployment/web`,
  flags: {
    all: { type: 'bool', default: false, description: `Tell all objects in full; otherwise the first ${FULL_PER_KIND} of each kind.` },
    follow: { type: 'bool', default: false, short: 'f', description: 'Go on telling, as it happens.' },
    output: { type: 'string', default: '', short: 'o', description: 'Output format. One of: (json, yaml).' },
  },
  async run(ctx, args, { values }) {
    if (args.length === 0) throw usageError(ctx, 'an object is required, like deployment/web');
    if (values.output !== '' && values.output !== 'json' && values.output !== 'yaml') throw new CommandError(`unable to match a printer suitable for the output format ${JSON.stringify(values.output)}, allowed formats are: json,yaml`);
    if (values.follow && values.output !== '') throw new CommandError('--follow and --output may not be specified together');
    const client = await ctx.client();
    const question = await questionFor(ctx, args);
    const palette = await paletteFor(ctx);
    if (values.follow) return follow(ctx, client, question, palette);

    const { records } = await readJournal(client, question);
    const chapters = tellStory([...records, ...(await servedBy(client, question, records))], KINDS);
    if (chapters.length === 0) throw new CommandError(`nothing is recorded of ${question.resource.plural}/${question.name}`);
    if (values.output === '') {
      const width = ctx.streams.stdout.isTTY ? ctx.streams.stdout.width : 0;
      ctx.streams.stdout.write(storyText(chapters, { width, palette, fullPerKind: values.all ? Infinity : FULL_PER_KIND }));
      return;
    }
    ctx.streams.stdout.write(await formatted(chapters, values.output));
  },
});

/** What the arguments name: an object that exists, or one that existed under that name. */
async function questionFor(ctx: CommandContext, args: readonly string[]): Promise<JournalQuestion> {
  const namespace = await ctx.namespace();
  try {
    const infos = await (await findResources(ctx, { args, namespace })).infos();
    const [info] = infos;
    if (!info || infos.length > 1) throw new CommandError('exactly one object can be traced at a time');
    const uid = info.object?.metadata?.uid;
    return { resource: info.resource, namespace: info.namespace, name: info.name, family: true, ...(uid ? { uid } : {}) };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const { tuples, types, names } = parseArguments(args, ctx.program);
    const type = tuples[0]?.type ?? types[0] ?? '';
    const name = tuples[0]?.name ?? names[0] ?? '';
    const resource = await (await ctx.mapper()).resolve(type);
    const gone: JournalQuestion = { resource, namespace: resource.namespaced ? namespace : '', name, family: true };
    const { records } = await readJournal(await ctx.client(), { ...gone, family: false });
    if (records.length === 0) throw error;
    // The story of the last object of that name, found by the uid that its creation recorded.
    const uid = records.findLast((record) => record.type === 'request' && record.uid !== undefined && record.verb === 'create');
    return { ...gone, ...(uid?.type === 'request' && uid.uid ? { uid: uid.uid } : {}) };
  }
}

/** Singular names by "group/plural", for titles. */
const KINDS: ReadonlyMap<string, string> = new Map(builtinResources().map((resource) => [`${resource.group}/${resource.plural}`, resource.singular]));

/** Services that lead to the story's pods: their endpoints are its end. */
async function servedBy(client: Client, question: JournalQuestion, records: readonly JournalRecord[]): Promise<JournalRecord[]> {
  const names = new Set(records.flatMap((record) => (record.type === 'request' && record.resource === 'pods' && record.name ? [record.name] : [])));
  if (names.size === 0) return [];
  const { namespace } = question;
  const [services, pods, slices] = await Promise.all([client.of(SERVICES).list(namespace), client.of(PODS).list(namespace), client.of(ENDPOINTSLICES).list(namespace)]);
  const own = pods.items.filter(({ metadata }) => names.has(metadata.name));
  const found: JournalRecord[] = [];
  for (const service of services.items) {
    const selector = service.spec?.selector;
    if (!selector || !own.some(({ metadata }) => selectorFromMap(selector).matches(metadata.labels))) continue;
    const ask = async (resource: ResourceFacts, name: string): Promise<void> => void found.push(...(await readJournal(client, { resource, namespace, name, family: false })).records);
    await ask(ENDPOINTS, service.metadata.name);
    for (const slice of slices.items) if (slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name) await ask(ENDPOINTSLICES, slice.metadata.name);
  }
  return found;
}

/** Between two looks where nobody tells what is new, ms. */
const LOOK_AGAIN_MS = 100;

async function follow(ctx: CommandContext, client: Client, question: JournalQuestion, palette: Palette): Promise<void> {
  let after: number | undefined;
  let startMs: number | undefined;
  while (!ctx.signal.aborted) {
    const page = await readJournal(client, { ...question, ...(after === undefined ? {} : { after, wait: true }) });
    after = page.next;
    // Without a daemon the answer comes at once, also when there is nothing new; where time stands still, nothing will be.
    if (page.records.length === 0 && (client.transport.virtualTime || !(await pause(ctx, Infinity, LOOK_AGAIN_MS)))) return;
    for (const record of page.records.filter(isTold)) {
      startMs ??= record.timeMs;
      ctx.streams.stdout.write(liveText(objectName(record, KINDS).object, stepOf(record, startMs), palette));
    }
  }
}

async function formatted(chapters: readonly Chapter[], output: string): Promise<string> {
  const story = { chapters } as unknown as KubeObject;
  if (output === 'json') return (await import('../printers/object-json.ts')).printJson(story);
  return (await import('../printers/yaml.ts')).toYaml(story);
}

async function paletteFor(ctx: CommandContext): Promise<Palette> {
  const chalk = await colours(ctx);
  return chalk ? { title: chalk.bold, component: chalk.cyan, result: chalk.green, failure: chalk.red, faint: chalk.dim } : PLAIN;
}
