/** Objects from the server, as infos hold them (cli-runtime pkg/resource/helper.go, visitor.go: RetrieveLazy, RetrieveLatest). */
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';
import { goQuote } from '../../api/quote.ts';
import { draft } from '../../api/json.ts';
import { NAMESPACES } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { RequestOptions } from '../../api/request.ts';
import { isNotFound } from '../../api/status.ts';
import type { Client } from '../../client/client.ts';
import type { CommandContext } from '../command.ts';
import { CommandError, listError } from '../errors.ts';
import type { Info, UnstructuredObject } from './info.ts';
import type { ResourceQuery } from './query.ts';

export function toInfo(resource: ResourceFacts, object: UnstructuredObject, source: string): Info {
  const { name = '', namespace = '', resourceVersion = '' } = object.metadata ?? {};
  return { resource, namespace, name, source, object, resourceVersion };
}

/** Items of a list may come without the type that their list states. */
export function withType(resource: ResourceFacts, object: object): UnstructuredObject {
  return Object.assign({ apiVersion: apiVersionOf(resource), kind: resource.kind }, object) as UnstructuredObject;
}

/** A list's own part. */
export type ListObject = KubeObject & { readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }; readonly items?: readonly KubeObject[] };

export async function read(client: Client, verb: 'get' | 'list', resource: ResourceFacts, namespace: string, name: string, query: ResourceQuery, options: RequestOptions): Promise<KubeObject> {
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

/** Whether what is stored stands for what the file says: it is read with its source, and what is wrong with it is the source's fault. */
export const isLatest = (info: Info, query: ResourceQuery): boolean => query.latest === true && info.source !== '';

/** Settles the namespace, and reads the object where that was asked for. */
export async function prepare(ctx: CommandContext, info: Info, query: ResourceQuery): Promise<void> {
  if (query.tables && info.object && info.source === '') return;
  // Without a server nobody knows: what names a namespace is in one.
  const namespaced = query.local ? info.namespace !== '' : info.resource.namespaced;
  if (!namespaced) {
    info.namespace = '';
    if (info.object?.metadata?.namespace !== undefined) delete info.object.metadata.namespace;
  } else if (info.namespace === '') {
    if (!query.allNamespaces) setNamespace(info, query.namespace);
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
