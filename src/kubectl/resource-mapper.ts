/**
 * From what people type ("po", "deployments.apps", "all") to resources, as kubectl's RESTMapper with shortcuts and
 * categories does (cli-runtime pkg/resource/builder.go, client-go restmapper/shortcut.go). Built-in resources come from
 * the table; the server is asked only for names that the table lacks.
 */
import { apiVersionOf, builtinResources, resourceForKind, type GroupResource, type ResourceFacts } from '../api/resource.ts';
import { goQuote } from '../api/quote.ts';
import { ConnectionError, type Transport } from '../client/client.ts';
import { PlainError, textOf } from './errors.ts';
import { klogLine } from './klog.ts';

/** A name as kubectl's arguments write it: RESOURCE, RESOURCE.GROUP or RESOURCE.VERSION.GROUP. */
export class ResourceMapper {
  readonly #builtin = builtinResources();
  #names: Map<string, ResourceFacts[]> | undefined;
  #discovered: Promise<readonly ResourceFacts[]> | undefined;

  /** @param log where kubectl's log goes, which tells of each question that the server did not answer */
  constructor(private readonly transport: Transport, private readonly log: (line: string) => void) {}

  /** The resource that a name means. Throws kubectl's "the server doesn't have a resource type". */
  async resolve(name: string, questions = questionsFor(name)): Promise<ResourceFacts> {
    const found = this.#lookup(name, this.#index()) ?? this.#lookup(name, indexByName(await this.discover(questions)));
    if (!found) throw noResourceType(name);
    return found;
  }

  /** As resolve, for commands that ask the mapper themselves: there kubectl asks but once, and says the same without "error: " before it. */
  async resolveBare(name: string): Promise<ResourceFacts> {
    try {
      return await this.resolve(name, 1);
    } catch (error) {
      throw error instanceof PlainError ? new PlainError(error.message.replace(/^error: /, ''), error.code) : error;
    }
  }

  /** The resources of a category ("all"); undefined where the name is none. */
  async category(name: string): Promise<readonly ResourceFacts[] | undefined> {
    if (this.#lookup(name, this.#index())) return undefined;
    const builtin = this.#builtin.filter((resource) => resource.categories.includes(name));
    const custom = (await this.discoverQuietly()).filter((resource) => resource.categories.includes(name) && !resourceForKind(apiVersionOf(resource), resource.kind));
    const found = [...builtin, ...custom];
    return found.length > 0 ? found : undefined;
  }

  /** The resource that serves a kind; undefined where no one does. */
  async forKind(apiVersion: string, kind: string): Promise<ResourceFacts | undefined> {
    // What states no version means the preferred one; asked for without it, the server has no such path.
    if (apiVersion === '') {
      const preferred = await this.forGroupKind('', kind);
      return preferred?.kind === kind ? { ...preferred, version: '' } : undefined;
    }
    return resourceForKind(apiVersion, kind) ?? (await this.discover()).find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion);
  }

  /**
   * The resource that a plural, singular or short name means in a group, which its beginning may stand for, or in any
   * (''), in the version that the group prefers (RESTMapper.KindFor). undefined where none does.
   */
  async forGroupResource({ group, plural }: GroupResource): Promise<ResourceFacts | undefined> {
    const find = (index: Map<string, ResourceFacts[]>): ResourceFacts | undefined => {
      const candidates = index.get(plural.toLowerCase()) ?? [];
      if (group === '') return candidates[0];
      return candidates.find((resource) => resource.group === group) ?? candidates.find((resource) => resource.group.startsWith(group));
    };
    return find(this.#index()) ?? find(indexByName(await this.discover()));
  }

  /** As forGroupResource. Throws where there is none (meta.NoResourceMatchError, in the words of kubectl pkg/cmd/util/helpers.go). */
  async requireGroupResource(wanted: GroupResource): Promise<ResourceFacts> {
    const found = await this.forGroupResource(wanted);
    if (found) return found;
    const { group, plural } = wanted;
    throw new PlainError(`the server doesn't have a resource type ${goQuote(plural)}${group === '' ? '' : ` in group ${goQuote(group)}`}`);
  }

  /**
   * The resource of a kind in the version that its group prefers (RESTMapper.RESTMapping). As there, a kind may be
   * written in small letters, and its list counts as a kind of its own whose resource no server has.
   */
  async forGroupKind(group: string, kind: string): Promise<ResourceFacts | undefined> {
    const find = (resources: readonly ResourceFacts[]): ResourceFacts | undefined => {
      const members = resources.filter((resource) => resource.group === group);
      const found = members.find((resource) => resource.kind === kind || resource.kind.toLowerCase() === kind);
      if (found) return found.kind === kind ? found : { ...found, kind };
      const listed = members.find((resource) => `${resource.kind}List` === kind);
      return listed && { ...listed, kind, plural: `${kind.toLowerCase()}s` };
    };
    return find(this.#builtin) ?? find(await this.discover());
  }

  /**
   * Every resource that the server names, built-in and custom, in discovery order. Asked once.
   * @param questions how often kubectl asks in a row before it gives up on a server that does not answer
   */
  async discover(questions = 1): Promise<readonly ResourceFacts[]> {
    this.#discovered ??= import('./discovery.ts').then(({ discoverResources }) => discoverResources(this.transport));
    try {
      return await this.#discovered;
    } catch (error) {
      for (let each = 0; each < questions; each++) this.log(discoveryFailure(error));
      throw error;
    }
  }

  /** As discover, where nothing is said of a server that does not answer: what is known will do, or somebody will ask again. */
  async discoverQuietly(): Promise<readonly ResourceFacts[]> {
    try {
      return await this.discover(0);
    } catch (error) {
      if (error instanceof ConnectionError) return [];
      throw error;
    }
  }

  #index(): Map<string, ResourceFacts[]> {
    this.#names ??= indexByName(this.#builtin);
    return this.#names;
  }

  #lookup(argument: string, index: Map<string, ResourceFacts[]>): ResourceFacts | undefined {
    const name = argument.toLowerCase();
    const dot = name.indexOf('.');
    if (dot < 0) return index.get(name)?.[0];
    const candidates = index.get(name.slice(0, dot)) ?? [];
    const rest = name.slice(dot + 1);
    const secondDot = rest.indexOf('.');
    const version = secondDot < 0 ? rest : rest.slice(0, secondDot);
    const group = secondDot < 0 ? '' : rest.slice(secondDot + 1);
    // A short name stands for the preferred version, whichever was written.
    const short = candidates.every(({ shortNames }) => shortNames.includes(name.slice(0, dot)));
    if (short && group !== '') return candidates.find((resource) => resource.group === group);
    return (
      candidates.find((resource) => resource.version === version && resource.group === group) ??
      candidates.find((resource) => resource.group === rest) ??
      (rest.length > 0 ? candidates.find((resource) => resource.group.startsWith(rest)) : undefined)
    );
  }
}

/** RESTMapper: a kind for the name, with its short names, first as RESOURCE.VERSION.GROUP where it can be that; then a mapping. */
const questionsFor = (name: string): number => (/\..*\./.test(name) ? 5 : 3);

/** What kubectl's log says where the server does not tell its groups (client-go discovery/cached/memory/memcache.go). */
export function discoveryFailure(error: unknown): string {
  return klogLine('E', 'memcache.go:265', `"Unhandled Error" err=${goQuote(`couldn't get current server API group list: ${textOf(error)}`)}`);
}

/** Every name of a resource: plural, singular, short names and kind. The first in discovery order wins. */
function indexByName(resources: readonly ResourceFacts[]): Map<string, ResourceFacts[]> {
  const index = new Map<string, ResourceFacts[]>();
  const add = (name: string, resource: ResourceFacts): void => {
    const known = index.get(name);
    if (!known) index.set(name, [resource]);
    else if (!known.includes(resource)) known.push(resource);
  };
  for (const resource of resources) {
    add(resource.plural, resource);
    if (resource.singular) add(resource.singular, resource);
  }
  for (const resource of resources) for (const short of resource.shortNames) add(short, resource);
  return index;
}

/** meta.NoResourceMatchError as kubectl words it. */
function noResourceType(argument: string): PlainError {
  return new PlainError(`error: the server doesn't have a resource type ${goQuote(argument.split('.')[0] ?? '')}`);
}
