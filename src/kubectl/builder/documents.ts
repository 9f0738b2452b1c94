/** The objects of files, of standard input and of kustomizations (cli-runtime pkg/resource/visitor.go, mapper.go). */
import { parseApiVersion, resourceForKind, type ResourceFacts } from '../../api/resource.ts';
import { goQuote } from '../../api/quote.ts';
import { ConnectionError } from '../../client/client.ts';
import type { CommandContext } from '../command.ts';
import { CommandError, MultipleErrors, textOf, throwCollected } from '../errors.ts';
import type { FilenameOptions } from '../shared/filename-flags.ts';
import type { ReadDocument } from './decode.ts';
import type { Info, UnstructuredObject } from './info.ts';
import type { OnFault, OnMore, ResourceQuery, Source } from './query.ts';
import { isLatest, prepare, toInfo } from './retrieve.ts';

/** -f of something that is no file (cli-runtime pkg/resource/builder.go: FilenameParam). */
const isWebAddress = (path: string): boolean => /^https?:\/\//.test(path);

const stopAtFault: OnFault = (error) => {
  throw error;
};

async function checkSelector(selector: string): Promise<void> {
  const { parseSelector } = await import('../../api/labels.ts');
  try {
    parseSelector(selector);
  } catch (error) {
    throw new CommandError(`the provided selector ${goQuote(selector)} is not valid: ${textOf(error)}`);
  }
}

export async function fileSources(ctx: CommandContext, options: FilenameOptions, query: ResourceQuery): Promise<{ sources: readonly Source[]; singleItem: boolean }> {
  if (options.kustomize !== '') {
    const faults: CommandError[] = [];
    if (options.filenames.length > 0) faults.push(new CommandError('only one of -f or -k can be specified'));
    if (options.recursive) faults.push(new CommandError("the -k flag can't be used with -f or -R"));
    throwCollected(faults);
    if (query.labelSelector) await checkSelector(query.labelSelector);
    const { kustomize } = options;
    const { build, textOf } = await import('../kustomize/build.ts');
    return { sources: [(onFault, onMore) => documents(ctx, kustomize, () => textOf(build(kustomize, { warn: (line) => ctx.streams.stderr.write(`${line}\n`) })), query, onFault, onMore)], singleItem: false };
  }
  if (options.filenames.length === 0) return { sources: [], singleItem: false };
  const { expandPath, FILE_EXTENSIONS } = await import('./files.ts');
  const sources: Source[] = [];
  const errors: unknown[] = [];
  let stdin = false;
  let many = false;
  for (const path of options.filenames) {
    if (path === '-') {
      if (stdin) errors.push(stdinInUse());
      stdin = true;
      sources.push((onFault, onMore) => documents(ctx, 'STDIN', () => ctx.streams.stdin.read(), query, onFault, onMore));
      continue;
    }
    if (isWebAddress(path)) {
      const { addressFault, readWeb } = await import('./web.ts');
      const fault = addressFault(path);
      if (fault !== undefined) errors.push(new CommandError(fault));
      else sources.push((onFault, onMore) => documents(ctx, path, () => readWeb(path), query, onFault, onMore));
      continue;
    }
    const expanded = expandPath(path, options.recursive);
    errors.push(...expanded.errors);
    if (expanded.files.length > 1) many = true;
    for (const file of expanded.files) sources.push((onFault, onMore) => documents(ctx, file.path, () => file.read(), query, onFault, onMore));
    if (sources.length === 0 && errors.length === 0) errors.push(new CommandError(`error reading [${expanded.matches.join(' ')}]: recognized file extensions are [${FILE_EXTENSIONS.join(' ')}]`));
  }
  if (stdin && query.stdinInUse) errors.push(stdinInUse());
  throwCollected(errors);
  if (query.labelSelector) await checkSelector(query.labelSelector);
  return { sources, singleItem: !many && !stdin && sources.length === 1 };
}

const stdinInUse = (): CommandError => new CommandError('standard input cannot be used for multiple arguments');

/** The objects of a text, as from a file of that name. Their namespaces are as they are written. */
export async function readInfos(ctx: CommandContext, text: string, source: string): Promise<Info[]> {
  const infos: Info[] = [];
  for await (const info of documents(ctx, source, () => text, { namespace: '' })) infos.push(info);
  return infos;
}

/** The objects of one file; Lists are taken apart. */
async function* documents(ctx: CommandContext, source: string, read: () => string | Promise<string>, query: ResourceQuery, onFault: OnFault = stopAtFault, onMore: OnMore = () => undefined): AsyncGenerator<Info, void, undefined> {
  const [{ readManifest }, { readDocument, DecodeError }, typed] = await Promise.all([import('./manifest-reader.ts'), import('./decode.ts'), query.typed ? import('./typed-documents.ts') : undefined]);
  const decode = typed?.readTyped ?? readDocument;
  const { validate = 'Ignore' } = query;
  const validation = validate === 'Ignore' ? undefined : new (await import('./client-validation.ts')).ClientValidation(ctx, validate);
  const selector = query.labelSelector ? (await import('../../api/labels.ts')).parseSelector(query.labelSelector) : undefined;
  let invalid: CommandError | undefined;
  for await (const { value, raw } of readManifest(await read(), source, onMore)) {
    const fault = await validation?.fault(value, raw);
    if (fault !== undefined) invalid ??= new CommandError(invalidDocument(source, fault));
    // Nothing behind it is looked at: the whole file is in doubt.
    if (invalid && !query.keepInvalid) return onFault(invalid);
    let infos: readonly Info[];
    try {
      infos = await flatten(ctx, decode(value, raw), source, query, onFault);
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

async function flatten(ctx: CommandContext, document: ReadDocument, source: string, query: ResourceQuery, onFault: OnFault): Promise<Info[]> {
  const ready = async (info: Info): Promise<Info> => {
    if (isLatest(info, query)) await prepare(ctx, info, query);
    return info;
  };
  if (!('items' in document)) return [await ready(toInfo(await resourceOf(ctx, document.object, source, query), document.object, source))];
  const { items } = document;
  if (items.some((item) => !(item instanceof CommandError) && Array.isArray(item['items']))) throw new CommandError('*unstructured.Unstructured is not a list: no Items field in this object');
  const infos: Info[] = [];
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      if (item instanceof CommandError) throw item;
      if (!item.kind) throw new CommandError(`unable to get type info from the object "*unstructured.Unstructured": Object 'Kind' is missing in 'object has no kind field '`);
      if (!item.apiVersion) throw new CommandError(`unable to get type info from the object "*unstructured.Unstructured": Object 'apiVersion' is missing in 'object has no apiVersion field'`);
      const resource = await resourceFor(ctx, item, query);
      if (!resource) throw new CommandError(`unable to recognize ${noMatches(item)}`);
      infos.push(await ready(toInfo(resource, item, source)));
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

/** meta.NoKindMatchError */
const noMatches = ({ apiVersion = '', kind = '' }: UnstructuredObject): string => `no matches for kind ${goQuote(kind)} in version ${goQuote(apiVersion)}`;

/** undefined where no one serves the object's kind. */
async function resourceFor(ctx: CommandContext, { apiVersion = '', kind = '' }: UnstructuredObject, query: ResourceQuery): Promise<ResourceFacts | undefined> {
  const resource = query.local ? resourceForKind(apiVersion, kind) : await (await ctx.mapper()).forKind(apiVersion, kind);
  if (!resource && query.local) {
    const { group, version } = parseApiVersion(apiVersion);
    return { group, version, plural: kind.toLowerCase(), singular: kind.toLowerCase(), kind, model: '', servedByDefault: false, namespaced: true, verbs: [], shortNames: [], categories: [], subresources: {} };
  }
  return resource;
}
