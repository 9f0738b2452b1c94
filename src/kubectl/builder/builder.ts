/**
 * What a command is to work on: files, standard input and arguments become infos, one per object. Follows cli-runtime
 * pkg/resource (builder.go, visitor.go, mapper.go), whose texts and order of checks these are.
 *
 *     const found = await findResources(ctx, { files: filenameOptions(flags), args, namespace: …, flatten: true });
 *     await found.visit(async (info) => { … });          // or: const infos = await found.infos();
 */
import { goQuote } from '../../api/quote.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { draft } from '../../api/json.ts';
import type { CommandContext } from '../command.ts';
import { combined, CommandError, MultipleErrors, NoClusterError } from '../errors.ts';
import { parseArguments, parseTuple, type ResourceTuple } from './arguments.ts';
import { fileSources } from './documents.ts';
import type { Info, UnstructuredObject } from './info.ts';
import type { OnFault, OnMore, ResourceQuery, Source } from './query.ts';
import { isLatest, prepare, read, toInfo, withType, type ListObject } from './retrieve.ts';

export interface FoundResources {
  /** Calls for each object in order, as it is read. With continueOnError faults are thrown together at the end. */
  visit(each: (info: Info) => Promise<void> | void): Promise<void>;
  /** All of them. */
  infos(): Promise<Info[]>;
  /** All that could be had, and with continueOnError what was wrong beside them, as one error. `onRead` hears how many there are so far. */
  collect(onRead?: (count: number) => void): Promise<{ readonly infos: Info[]; readonly error: unknown }>;
  /** How many objects the files hold, as far as they have been read: at least one each, and at the end all. */
  known(): number;
  /** The user named exactly one object (get prints it bare, not in a List). */
  readonly singleItem: boolean;
}

/** What kubectl says where nothing was named (missingResourceError). */
export const MISSING_RESOURCE = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** What it says where one was named although no server is to be asked (LocalResourceError). */
export const LOCAL_RESOURCE = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** Finds what the user named. Throws at once what is wrong with the question; what is wrong with an object, when it is visited. */
export async function findResources(ctx: CommandContext, query: ResourceQuery): Promise<FoundResources> {
  const { sources, singleItem, fromFiles = false } = await plan(ctx, query);
  let known = sources.length;
  const onMore: OnMore = (count) => void (known += count);
  // What is wrong with objects comes first, and beside it, as one, what is wrong with where they come from: as visitors
  // upstream stand one in the other (cli-runtime resource/visitor.go: ContinueOnErrorVisitor, EagerVisitorList).
  const walk = async (each: (info: Info) => Promise<void> | void): Promise<unknown> => {
    const [ofObjects, ofSources]: [unknown[], unknown[]] = [[], []];
    const collector = (errors: unknown[]): OnFault => (error) => {
      if (!query.continueOnError || error instanceof NoClusterError) throw error;
      errors.push(error);
    };
    const [onObjectFault, onSourceFault] = [collector(ofObjects), collector(ofSources)];
    for (const source of sources) {
      try {
        for await (const info of source(onSourceFault, onMore)) {
          try {
            if (!isLatest(info, query)) await prepare(ctx, info, query);
            await each(info);
          } catch (error) {
            onObjectFault(error);
          }
        }
      } catch (error) {
        if (error instanceof NoClusterError) throw error;
        // Also where the first fault ends all, other files have their turn (ConcurrentVisitorList); other arguments have not.
        if (!query.continueOnError && !fromFiles) throw error;
        ofSources.push(error);
      }
    }
    if (!query.continueOnError && ofSources.length > 0) throw ofSources[0];
    return combined(ofSources.length > 0 ? [...ofObjects, new MultipleErrors(ofSources)] : ofObjects);
  };
  const collect: FoundResources['collect'] = async (onRead) => {
    const infos: Info[] = [];
    const error = await walk((info) => {
      infos.push(info);
      onRead?.(infos.length);
    });
    return { infos, error };
  };
  return {
    singleItem,
    known: () => known,
    collect,
    async visit(each) {
      const error = await walk(each);
      if (error !== undefined) throw error;
    },
    async infos() {
      const { infos, error } = await collect();
      if (error !== undefined) throw error;
      return infos;
    },
  };
}

async function plan(ctx: CommandContext, query: ResourceQuery): Promise<{ sources: readonly Source[]; singleItem: boolean; fromFiles?: boolean }> {
  const { files, args = [] } = query;
  const paths = files ? await fileSources(ctx, files, query) : { sources: [], singleItem: false };
  const { defaultType } = query;
  const parsed = defaultType === undefined ? parseArguments(args, ctx.program) : { tuples: args.map((arg) => (arg.includes('/') ? parseTuple(arg) : { type: defaultType, name: arg })), types: [], names: [] };
  const { tuples, names } = parsed;
  let { types }: { types: readonly string[] } = parsed;
  if (types.length > 0) types = await expandCategories(ctx, types, query);
  if (query.selectAll && query.allBeforeSelectors && query.labelSelector) throw new CommandError(`found non-empty label selector ${goQuote(query.labelSelector)} with previously set 'all' parameter. `);
  if (query.selectAll && (query.labelSelector || query.fieldSelector)) throw new CommandError("setting 'all' parameter but found a non empty selector. ");
  if (paths.sources.length > 0) {
    if (types.length > 0) throw new CommandError('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well');
    if (tuples.length > 0) throw new CommandError('resource/name arguments cannot be provided when a path is specified');
    return { ...paths, fromFiles: true };
  }
  const selecting = query.selectAll === true || Boolean(query.labelSelector) || Boolean(query.fieldSelector) || (query.typeSelectsAll === true && args.length === 1 && tuples.length === 0);
  if (selecting) return { sources: await selected(ctx, query, tuples, types, names), singleItem: false };
  if (tuples.length > 0) return { sources: [await named(ctx, query, tuples)], singleItem: tuples.length === 1 };
  if (names.length > 0) {
    if (types.length > 1) throw new CommandError('you must specify only one resource');
    const type = types[0] as string;
    return { sources: [await named(ctx, query, names.map((name) => ({ type, name })))], singleItem: names.length === 1 };
  }
  if (types.length > 0) {
    const mapper = await ctx.mapper();
    for (const type of types) await mapper.resolve(type);
    throw new CommandError('resource(s) were provided, but no name was specified');
  }
  throw new CommandError(MISSING_RESOURCE);
}

async function expandCategories(ctx: CommandContext, types: readonly string[], query: ResourceQuery): Promise<readonly string[]> {
  if (query.local) return types;
  const mapper = await ctx.mapper();
  const expanded: string[] = [];
  for (const type of types) {
    const members = await mapper.category(type);
    if (members) expanded.push(...members.map((resource) => (resource.group ? `${resource.plural}.${resource.group}` : resource.plural)));
    else expanded.push(type);
  }
  return [...new Set(expanded)];
}

/** The types as resources, each once. */
async function resolveTypes(ctx: CommandContext, types: readonly string[], query: ResourceQuery): Promise<readonly ResourceFacts[]> {
  if (types.length > 1 && query.singleType) throw new CommandError('you may only specify a single resource type');
  const mapper = await ctx.mapper();
  const resources = new Set<ResourceFacts>();
  for (const type of types) resources.add(await mapper.resolve(type));
  return [...resources];
}

async function selected(ctx: CommandContext, query: ResourceQuery, tuples: readonly ResourceTuple[], types: readonly string[], names: readonly string[]): Promise<readonly Source[]> {
  if (names.length > 0) throw new CommandError('name cannot be provided when a selector is specified');
  if (tuples.length > 0) throw new CommandError('selectors and the all flag cannot be used when passing resource/name arguments');
  if (types.length === 0) throw new CommandError('at least one resource must be specified to use a selector');
  if (query.subresource) throw new CommandError('subresource cannot be used when bulk resources are specified');
  const resources = await resolveTypes(ctx, types, query);
  await ctx.client();
  return resources.map((resource) => () => listed(ctx, query, resource));
}

async function* listed(ctx: CommandContext, query: ResourceQuery, resource: ResourceFacts): AsyncGenerator<Info, void, undefined> {
  const client = await ctx.client();
  const namespace = resource.namespaced && !query.allNamespaces ? query.namespace : '';
  let token = '';
  do {
    const page = (await read(client, 'list', resource, namespace, '', query, {
      ...(query.labelSelector ? { labelSelector: query.labelSelector } : {}),
      ...(query.fieldSelector ? { fieldSelector: query.fieldSelector } : {}),
      ...(query.chunkSize ? { limit: query.chunkSize } : {}),
      ...(token ? { continue: token } : {}),
    })) as ListObject;
    // A Table stands for its whole page; it is printed as it is.
    if (query.tables) yield { resource, namespace, name: '', source: '', object: page as unknown as UnstructuredObject, resourceVersion: page.metadata?.resourceVersion ?? '' };
    else for (const item of page.items ?? []) yield toInfo(resource, withType(resource, draft(item)), '');
    token = page.metadata?.continue ?? '';
  } while (token !== '');
}

async function named(ctx: CommandContext, query: ResourceQuery, tuples: readonly ResourceTuple[]): Promise<Source> {
  const mapper = await ctx.mapper();
  const resources = await Promise.all(tuples.map(({ type }) => mapper.resolve(type)));
  await ctx.client();
  if (query.singleType && new Set(resources).size > 1) throw new CommandError('you may only specify a single resource type');
  for (const resource of resources) {
    if (!resource.namespaced) continue;
    if (query.allNamespaces) throw new CommandError('a resource cannot be retrieved by name across all namespaces');
    if (query.namespace === '') throw new CommandError('namespace may not be empty when retrieving a resource by name');
  }
  return async function* () {
    for (const [index, { name }] of tuples.entries()) {
      const resource = resources[index] as ResourceFacts;
      yield { resource, namespace: resource.namespaced ? query.namespace : '', name, source: '', object: undefined, resourceVersion: '' };
    }
  };
}
