/**
 * What an ApplySet's parent says of its members: of which kinds they are, and in which namespaces (kubectl
 * pkg/cmd/apply/applyset.go: parseKindAnnotation, parseNamespacesAnnotation, buildParentPatch).
 */
import { compareBytes } from '../../../../api/go-json.ts';
import { goQuote } from '../../../../api/quote.ts';
import type { ResourceFacts } from '../../../../api/resource.ts';
import { CommandError, textOf } from '../../../errors.ts';
import type { ResourceMapper } from '../../../resource-mapper.ts';
import { kindFor, parseGroupResource } from './parent.ts';

/** "ConfigMap,Deployment.apps" */
export const KINDS_ANNOTATION = 'applyset.kubernetes.io/contains-group-kinds';
/** "configmaps,deployments.apps": what kubectl v1.27 wrote instead. */
const RESOURCES_ANNOTATION = 'applyset.kubernetes.io/contains-group-resources';
/** Namespaces beside the parent's own. */
export const NAMESPACES_ANNOTATION = 'applyset.kubernetes.io/additional-namespaces';

type Annotations = Readonly<Record<string, string>>;

/** Where members may be. */
export class Contents {
  /** By "KIND.GROUP". */
  readonly kinds = new Map<string, ResourceFacts>();
  readonly namespaces = new Set<string>();

  /** What a parent's annotations say. Throws on kinds that the server does not have, and where they are not named at all. */
  static async read(annotations: Annotations, mapper: ResourceMapper): Promise<Contents> {
    const contents = new Contents();
    const kinds = annotations[KINDS_ANNOTATION];
    const resources = annotations[RESOURCES_ANNOTATION] ?? '';
    if (kinds === undefined && resources === '') throw new CommandError(`kubectl requires the ${goQuote(KINDS_ANNOTATION)} annotation to be set on all ApplySet parent objects`);
    if (kinds === undefined) for (const text of elements(resources)) contents.#add(await resourceFor(mapper, text));
    else for (const text of elements(kinds)) contents.#add(await mappingFor(mapper, text));
    for (const namespace of elements(annotations[NAMESPACES_ANNOTATION] ?? '')) contents.namespaces.add(namespace);
    return contents;
  }

  /** Takes note of a member. */
  add(resource: ResourceFacts, namespace: string): void {
    this.#add(resource);
    if (resource.namespaced && namespace !== '') this.namespaces.add(namespace);
  }

  /** What is in either of the two. */
  union(other: Contents): Contents {
    const union = new Contents();
    for (const { kinds, namespaces } of [this, other]) {
      for (const resource of kinds.values()) union.#add(resource);
      for (const namespace of namespaces) union.namespaces.add(namespace);
    }
    return union;
  }

  /** The annotations of a parent in a namespace ('' for a cluster-scoped one), which itself needs no mention. */
  annotations(parentNamespace: string): Annotations {
    const namespaces = [...this.namespaces].filter((namespace) => namespace !== parentNamespace);
    return { [KINDS_ANNOTATION]: [...this.kinds.keys()].sort(compareBytes).join(','), [NAMESPACES_ANNOTATION]: namespaces.sort(compareBytes).join(',') };
  }

  #add(resource: ResourceFacts): void {
    const key = groupKind(resource);
    if (!this.kinds.has(key)) this.kinds.set(key, resource);
  }
}

/** "Deployment.apps", or "Pod" for the core group (schema.GroupKind). */
export const groupKind = ({ group, kind }: ResourceFacts): string => (group === '' ? kind : `${kind}.${group}`);

const elements = (list: string): readonly string[] => (list === '' ? [] : list.split(','));

async function mappingFor(mapper: ResourceMapper, text: string): Promise<ResourceFacts> {
  const { group, plural: kind } = parseGroupResource(text);
  const resource = await mapper.forGroupKind(group, kind);
  if (!resource) throw new CommandError(`could not find mapping for kind in ${goQuote(KINDS_ANNOTATION)} annotation: no matches for kind ${goQuote(kind)} in group ${goQuote(group)}`);
  return resource;
}

async function resourceFor(mapper: ResourceMapper, text: string): Promise<ResourceFacts> {
  try {
    return await kindFor(mapper, parseGroupResource(text));
  } catch (error) {
    throw new CommandError(`invalid group resource in ${goQuote(RESOURCES_ANNOTATION)} annotation: ${textOf(error)}`);
  }
}
