/**
 * What a command is to work on: files, standard input and arguments become infos, one per object. Follows cli-runtime
 * pkg/resource (builder.go, visitor.go, mapper.go), whose texts and order of checks these are.
 *
 *     const found = await findResources(ctx, { files: filenameOptions(flags), args, namespace: …, flatten: true });
 *     await found.visit(async (info) => { … });          // or: const infos = await found.infos();
 */
import { apiVersionOf, parseApiVersion, type ResourceFacts } from '../../api/resource.ts';
import { goQuote } from '../../api/quote.ts';
import { NAMESPACES } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { isNotFound } from '../../api/status.ts';
import type { RequestOptions } from '../../api/request.ts';
import { draft } from '../../api/json.ts';
import { ConnectionError, type Client } from '../../client/client.ts';
import type { CommandContext } from '../command.ts';
import { combined, CommandError, listError, MultipleErrors, NoClusterError, textOf, throwCollected } from '../errors.ts';
import type { FilenameOptions } from '../shared/filename-flags.ts';
import { parseArguments, type ResourceTuple } from './arguments.ts';
import type { Info, UnstructuredObject } from './info.ts';

export interface ResourceQuery {
  readonly files?: FilenameOptions;
  readonly args?: readonly string[];
  /** The namespace for objects and arguments that name none. */
  readonly namespace: string;
  /** Objects from files must be of `namespace` (-n was given). */
  readonly enforceNamespace?: boolean;
  readonly allNamespaces?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** --all: every object of the types. */
  readonly selectAll?: boolean;
  /** TYPE alone selects all of it. */
  readonly typeSelectsAll?: boolean;
  /** More than one type is an error. */
  readonly singleType?: boolean;
  /** Goes on after a fault and reports all of them at the end. */
  readonly continueOnError?: boolean;
  /** Read objects named by arguments from the server (default true). */
  readonly requireObject?: boolean;
  /** Read objects from files from the server, too: what is stored, not what the file says. */
  readonly latest?: boolean;
  /** Objects are held as kubectl's structs of their kinds; what it has none of cannot be read then (WithScheme). */
  readonly typed?: boolean;
  /** How documents are checked before anything else is asked of them (--validate). */
  readonly validate?: 'Strict' | 'Warn' | 'Ignore';
  /** What is wrong with a document is only noted at its objects. */
  readonly keepInvalid?: boolean;
  /** No server is asked: kinds that no table knows are let through. */
  readonly local?: boolean;
  readonly subresource?: string;
  readonly chunkSize?: number;
  /** Answers as Tables, one info per answer; with `Object` each row carries its whole object. */
  readonly tables?: 'Metadata' | 'Object';
  /** Type of arguments that are plain names ("rollout status web" has none; "set" neither). */
  readonly defaultType?: string;
}

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

/** Told of what is wrong with one object; goes on with the next when it returns. */
type OnFault = (error: unknown) => void;
/** Told of objects in a source beside the one that each is taken to hold. */
type OnMore = (count: number) => void;
type Source = (onFault: OnFault, onMore: OnMore) => AsyncGenerator<Info, void, undefined>;

const stopAtFault: OnFault = (error) => {
  throw error;
};

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
  let { tuples, types, names } = parseArguments(args, ctx.program);
  if (query.defaultType !== undefined && tuples.length === 0 && args.length > 0) {
    tuples = args.map((name) => ({ type: query.defaultType as string, name }));
    types = names = [];
  }
  if (types.length > 0) types = await expandCategories(ctx, types, query);
  if (query.selectAll && (query.labelSelector || query.fieldSelector)) throw new CommandError("setting 'all' parameter but found a non empty selector. ");
  if (paths.sources.length > 0) {
    if (types.length > 0 && names.length === 0) throw new CommandError('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well');
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

/** A list's own part. */
type ListObject = KubeObject & { readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }; readonly items?: readonly KubeObject[] };

async function read(client: Client, verb: 'get' | 'list', resource: ResourceFacts, namespace: string, name: string, query: ResourceQuery, options: RequestOptions): Promise<KubeObject> {
  const { group, version, plural } = resource;
  if (verb === 'get' && name === '') throw new CommandError('resource name may not be empty');
  try {
    const { object } = await client.transport.request({
      ...client.identity, verb, group, version, resource: plural,
      ...(namespace ? { namespace } : {}), ...(name ? { name } : {}), ...(query.subresource ? { subresource: query.subresource } : {}),
      ...(query.tables ? { representation: 'table' } : {}),
      options: query.tables === 'Object' ? { ...options, query: { includeObject: 'Object' } } : options,
    });
    return object;
  } catch (error) {
    throw verb === 'list' ? listError(error, options, `${group}/${version}, Resource=${plural}`) : error;
  }
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

async function checkSelector(selector: string): Promise<void> {
  const { parseSelector } = await import('../../api/labels.ts');
  try {
    parseSelector(selector);
  } catch (error) {
    throw new CommandError(`the provided selector ${goQuote(selector)} is not valid: ${textOf(error)}`);
  }
}

async function fileSources(ctx: CommandContext, options: FilenameOptions, query: ResourceQuery): Promise<{ sources: readonly Source[]; singleItem: boolean }> {
  if (options.kustomize !== '') {
    const faults: CommandError[] = [];
    if (options.filenames.length > 0) faults.push(new CommandError('only one of -f or -k can be specified'));
    if (options.recursive) faults.push(new CommandError("the -k flag can't be used with -f or -R"));
    throwCollected(faults);
    if (query.labelSelector) await checkSelector(query.labelSelector);
    const { kustomize } = options;
    const { buildText } = await import('../kustomize/build.ts');
    return { sources: [(onFault, onMore) => documents(ctx, kustomize, () => buildText(kustomize, { warn: (line) => ctx.streams.stderr.write(`${line}\n`) }), query, onFault, onMore)], singleItem: false };
  }
  if (options.filenames.length === 0) return { sources: [], singleItem: false };
  const { expandPath } = await import('./files.ts');
  const sources: Source[] = [];
  const errors: unknown[] = [];
  let stdin = false;
  let many = false;
  for (const path of options.filenames) {
    if (path === '-') {
      if (stdin) errors.push(new CommandError('standard input cannot be used for multiple arguments'));
      stdin = true;
      sources.push((onFault, onMore) => documents(ctx, 'STDIN', () => ctx.streams.stdin.read(), query, onFault, onMore));
      continue;
    }
    if (/^https?:\/\//.test(path)) {
      errors.push(new CommandError(`${path}: manifests are read from files and standard input only, not from the network`));
      continue;
    }
    const expanded = expandPath(path, options.recursive);
    errors.push(...expanded.errors);
    if (expanded.files.length > 1) many = true;
    for (const file of expanded.files) sources.push((onFault, onMore) => documents(ctx, file.path, () => file.read(), query, onFault, onMore));
  }
  throwCollected(errors);
  if (query.labelSelector) await checkSelector(query.labelSelector);
  return { sources, singleItem: !many && !stdin && sources.length === 1 };
}

/** The objects of a text, as from a file of that name. Their namespaces are as they are written. */
export async function readInfos(ctx: CommandContext, text: string, source: string): Promise<Info[]> {
  const infos: Info[] = [];
  for await (const info of documents(ctx, source, () => text, { namespace: '' })) infos.push(info);
  return infos;
}

/** The objects of one file; Lists are taken apart. */
async function* documents(ctx: CommandContext, source: string, read: () => string, query: ResourceQuery, onFault: OnFault = stopAtFault, onMore: OnMore = () => undefined): AsyncGenerator<Info, void, undefined> {
  const [{ readManifest }, { decodeObject, DecodeError }] = await Promise.all([import('./manifest-reader.ts'), import('./decode.ts')]);
  const { validate = 'Ignore' } = query;
  const validation = validate === 'Ignore' ? undefined : new (await import('./client-validation.ts')).ClientValidation(ctx, validate);
  const selector = query.labelSelector ? (await import('../../api/labels.ts')).parseSelector(query.labelSelector) : undefined;
  let invalid: CommandError | undefined;
  for await (const { value, raw } of readManifest(read(), source, onMore)) {
    const fault = await validation?.fault(value, raw);
    if (fault !== undefined) invalid ??= new CommandError(invalidDocument(source, fault));
    // Nothing behind it is looked at: the whole file is in doubt.
    if (invalid && !query.keepInvalid) return onFault(invalid);
    let infos: readonly Info[];
    try {
      infos = await flatten(ctx, decodeObject(value, raw), source, query, onFault);
      if (invalid) for (const info of infos) info.invalid = invalid;
      onMore(infos.length - 1);
    } catch (error) {
      onFault(error instanceof DecodeError ? new CommandError(`unable to decode ${goQuote(source)}: ${error.message}`) : error);
      continue;
    }
    for (const info of infos) {
      if (!selector || selector.matches(info.object?.metadata?.labels ?? {})) yield info;
    }
  }
}

/** cli-runtime visitor.go: ValidateSchema. */
function invalidDocument(source: string, fault: string): string {
  return `error validating ${goQuote(source)}: error validating data: ${fault}; if you choose to ignore these errors, turn validation off with --validate=false`;
}

async function flatten(ctx: CommandContext, object: UnstructuredObject, source: string, query: ResourceQuery, onFault: OnFault): Promise<Info[]> {
  const items = object['items'];
  const ready = async (info: Info): Promise<Info> => {
    if (isLatest(info, query)) await prepare(ctx, info, query);
    return info;
  };
  const typed = query.typed ? (await import('../shared/typed.ts')).typedObject : undefined;
  if (!Array.isArray(items)) {
    const whole = typed?.(object, source) ?? object;
    return [await ready(toInfo(await resourceOf(ctx, whole, source, query), whole, source))];
  }
  if (items.some((item) => Array.isArray((item as UnstructuredObject)['items']))) throw new CommandError('*unstructured.Unstructured is not a list: no Items field in this object');
  const infos: Info[] = [];
  const errors: unknown[] = [];
  for (const item of items as UnstructuredObject[]) {
    try {
      if (!item.kind) throw new CommandError(`unable to get type info from the object "*unstructured.Unstructured": Object 'Kind' is missing in 'object has no kind field '`);
      if (!item.apiVersion) throw new CommandError(`unable to get type info from the object "*unstructured.Unstructured": Object 'apiVersion' is missing in 'object has no apiVersion field'`);
      const resource = await resourceFor(ctx, item, query);
      if (typed && !resource?.model) throw new CommandError(UNTYPED_ITEM);
      if (!resource) throw new CommandError(`unable to recognize ${noMatches(item)}`);
      infos.push(await ready(toInfo(resource, typed?.(item, source) ?? item, source)));
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) onFault(new MultipleErrors(errors));
  return infos;
}

async function resourceOf(ctx: CommandContext, object: UnstructuredObject, source: string, query: ResourceQuery): Promise<ResourceFacts> {
  const resource = await resourceFor(ctx, object, query).catch((error: unknown) => {
    throw error instanceof ConnectionError ? new CommandError(`unable to recognize ${goQuote(source)}: ${textOf(error)}`) : error;
  });
  if (resource) return resource;
  const { name = '', namespace = '' } = object.metadata ?? {};
  throw new CommandError(`resource mapping not found for name: ${goQuote(name)} namespace: ${goQuote(namespace)} from ${goQuote(source)}: ${noMatches(object)}\nensure CRDs are installed first`);
}

/** Of an item of a list that kubectl has no struct for. */
const UNTYPED_ITEM = 'unable to get type info from the object "*runtime.Unknown": no kind is registered for the type runtime.Unknown in scheme "pkg/scheme/scheme.go:28"';

/** Whether what is stored stands for what the file says: it is read with its source, and what is wrong with it is the source's fault. */
const isLatest = (info: Info, query: ResourceQuery): boolean => query.latest === true && info.source !== '';

/** meta.NoKindMatchError */
const noMatches = ({ apiVersion = '', kind = '' }: UnstructuredObject): string => `no matches for kind ${goQuote(kind)} in version ${goQuote(apiVersion)}`;

/** undefined where no one serves the object's kind. */
async function resourceFor(ctx: CommandContext, { apiVersion = '', kind = '' }: UnstructuredObject, query: ResourceQuery): Promise<ResourceFacts | undefined> {
  const mapper = await ctx.mapper();
  const resource = query.local ? mapper.builtinForKind(apiVersion, kind) : await mapper.forKind(apiVersion, kind);
  if (!resource && query.local) {
    const { group, version } = parseApiVersion(apiVersion);
    return { group, version, plural: kind.toLowerCase(), singular: kind.toLowerCase(), kind, model: '', servedByDefault: false, namespaced: true, verbs: [], shortNames: [], categories: [], subresources: {} };
  }
  return resource;
}

function toInfo(resource: ResourceFacts, object: UnstructuredObject, source: string): Info {
  const { name = '', namespace = '', resourceVersion = '' } = object.metadata ?? {};
  return { resource, namespace, name, source, object, resourceVersion };
}

/** Settles the namespace, and reads the object where that was asked for. */
async function prepare(ctx: CommandContext, info: Info, query: ResourceQuery): Promise<void> {
  if (query.tables && info.object && info.source === '') return;
  if (!info.resource.namespaced) {
    info.namespace = '';
    if (info.object?.metadata?.namespace !== undefined) delete info.object.metadata.namespace;
  } else if (info.namespace === '') {
    if (!query.allNamespaces && !query.local) setNamespace(info, query.namespace);
  } else if (query.enforceNamespace && info.source !== '' && info.namespace !== query.namespace) {
    throw new CommandError(
      `the namespace from the provided object ${goQuote(info.namespace)} does not match the namespace ${goQuote(query.namespace)}. You must pass '--namespace=${info.namespace}' to perform this operation.`,
    );
  }
  const wanted = info.object === undefined ? query.requireObject !== false : isLatest(info, query) && info.name !== '';
  if (!wanted) return;
  if (info.source !== '' && info.resource.namespaced && info.namespace === '') throw new CommandError(`no namespace set on resource ${info.resource.group}/${info.resource.version}, Resource=${info.resource.plural} ${goQuote(info.name)}`);
  const client = await ctx.client();
  take(info, await orMissingNamespace(client, info, read(client, 'get', info.resource, info.namespace, info.name, query, {})));
  if (query.typed) info.object = (await import('../shared/typed.ts')).typedObject(info.object as UnstructuredObject);
}

/** Where an object is not found because its namespace is not there, the error is the namespace's (resource.Info.Get). */
async function orMissingNamespace(client: Client, { namespace }: Info, reading: Promise<KubeObject>): Promise<KubeObject> {
  try {
    return await reading;
  } catch (error) {
    if (isNotFound(error) && namespace !== '' && namespace !== 'default') {
      try {
        await client.of(NAMESPACES).get(undefined, namespace);
      } catch (missing) {
        if (isNotFound(missing)) throw missing;
      }
    }
    throw error;
  }
}

function setNamespace(info: Info, namespace: string): void {
  info.namespace = namespace;
  if (!info.object) return;
  info.object.metadata ??= {};
  info.object.metadata.namespace = namespace;
}

/** Reads an info's object from the server. */
export async function refresh(client: Client, info: Info, subresource?: string): Promise<void> {
  if (info.name === '') throw new CommandError('resource name may not be empty');
  take(info, await orMissingNamespace(client, info, client.of<KubeObject>(info.resource).get(info.namespace || undefined, info.name, subresource ? { subresource } : {})));
}

/** Puts what the server answered in the place of what the info held (resource.Info.Refresh). */
export function take(info: Info, object: KubeObject): void {
  info.object = withType(info.resource, draft(object));
  info.resourceVersion = info.object.metadata?.resourceVersion ?? '';
}

/** Items of a list may come without the type that their list states. */
function withType(resource: ResourceFacts, object: object): UnstructuredObject {
  return Object.assign({ apiVersion: apiVersionOf(resource), kind: resource.kind }, object) as UnstructuredObject;
}
