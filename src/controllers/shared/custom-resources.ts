/** The custom resources that are served, as they come and go. */
import { establishedResources } from '../../api/custom-resources.ts';
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import { CUSTOMRESOURCEDEFINITIONS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';
import type { InformerFactory } from '../../client/informer.ts';

export interface CustomResources {
  /** One version of each. */
  list(): readonly ResourceFacts[];
  forKind(apiVersion: string, kind: string): ResourceFacts | undefined;
}

export interface CustomResourceHandler {
  /** The resource is served from now on; told once. */
  added(resource: ResourceFacts): void;
  removed(resource: ResourceFacts): void;
}

/** Follows the definitions. */
export function customResources(informers: InformerFactory, handler?: CustomResourceHandler): CustomResources {
  const definitions = informers.of(CUSTOMRESOURCEDEFINITIONS);
  const followed = new Map<string, ResourceFacts>();
  const look = (definition: Stored<CustomResourceDefinition>, there: boolean): void => {
    const { name } = definition.metadata;
    const resource = there ? establishedResources(definition)[0] : undefined;
    const before = followed.get(name);
    if (before && resource && before.version === resource.version && before.plural === resource.plural) return;
    if (before) {
      followed.delete(name);
      handler?.removed(before);
    }
    if (resource) {
      followed.set(name, resource);
      handler?.added(resource);
    }
  };
  definitions.onChange({ added: (definition) => look(definition, true), updated: (_old, definition) => look(definition, true), deleted: (definition) => look(definition, false) });
  return {
    list: () => [...followed.values()],
    forKind: (apiVersion, kind) => definitions.list().flatMap(establishedResources).find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion),
  };
}
