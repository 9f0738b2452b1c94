/** Custom resources as rows of the resource table, made of their definitions. */
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from './generated/types.ts';
import type { ResourceFacts } from './resource.ts';

/** What discovery says can be done with a custom resource, and what is left of it while its definition is being deleted. */
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const TERMINATING_VERBS = ['delete', 'deletecollection', 'get', 'list', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

/** Whether a condition of the definition is True. */
export function hasCondition(definition: CustomResourceDefinition, type: string): boolean {
  return definition.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

/** The version in which objects are stored. */
export function storageVersionOf({ spec }: CustomResourceDefinition): string {
  return spec.versions.find((version) => version.storage)?.name ?? spec.versions[0]?.name ?? '';
}

const known = new WeakMap<CustomResourceDefinition, readonly ResourceFacts[]>();

/** The resource in each of its versions, served or not, under the names that were accepted. */
export function resourcesOf(definition: CustomResourceDefinition): readonly ResourceFacts[] {
  let resources = known.get(definition);
  if (!resources) known.set(definition, (resources = definition.spec.versions.map((version) => factsOf(definition, version))));
  return resources;
}

function factsOf(definition: CustomResourceDefinition, version: CustomResourceDefinitionVersion): ResourceFacts {
  const { spec, status } = definition;
  const names = status?.acceptedNames?.plural ? status.acceptedNames : spec.names;
  return {
    group: spec.group,
    version: version.name,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    kind: names.kind,
    listKind: names.listKind || `${names.kind}List`,
    ...(spec.versions.some(({ storage, served }) => storage && served) ? { storageVersion: storageVersionOf(definition) } : {}),
    model: '',
    servedByDefault: version.served,
    namespaced: spec.scope === 'Namespaced',
    verbs: hasCondition(definition, 'Terminating') ? TERMINATING_VERBS : VERBS,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    subresources: {
      ...(version.subresources?.status ? { status: { kind: names.kind, verbs: SUBRESOURCE_VERBS } } : {}),
      ...(version.subresources?.scale ? { scale: { kind: 'Scale', verbs: SUBRESOURCE_VERBS } } : {}),
    },
  };
}

/** What discovery names: the served versions of an established definition. */
export function establishedResources(definition: CustomResourceDefinition): readonly ResourceFacts[] {
  return hasCondition(definition, 'Established') ? resourcesOf(definition).filter((resource) => resource.servedByDefault) : [];
}

const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** Orders versions as discovery does, the most mature and newest first; names of another form come last, alphabetically (apimachinery pkg/version/helpers.go). */
export function compareVersions(a: string, b: string): number {
  const left = VERSION.exec(a);
  const right = VERSION.exec(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0;
  const maturity = (match: RegExpExecArray) => (match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0);
  return maturity(right) - maturity(left) || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0);
}
