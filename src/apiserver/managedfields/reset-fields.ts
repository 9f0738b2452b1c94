/** What a door to an object does not write, and so does not own either. Follows the strategies' GetResetFields upstream. */
import type { ResourceFacts } from '../../api/resource.ts';
import { EMPTY, canonical, recursiveDifference, setOf, type FieldSet } from './field-set.ts';
import { SELF, fieldElement } from './path-element.ts';

type Filter = (set: FieldSet) => FieldSet;

const excluding = (...paths: readonly (readonly string[])[]): Filter => {
  const excluded = canonical(setOf(...paths.map((path) => path.map(fieldElement))));
  return (set) => recursiveDifference(set, excluded);
};

/** Only what is below one of these elements, and of items only some fields. */
function only(set: FieldSet, pattern: Pattern): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element in set) {
    const inner = element.startsWith('f:') ? pattern[element.slice(2)] : pattern['*'];
    const node = set[element] as FieldSet;
    if (element === SELF || inner === undefined) continue;
    if (inner === true) result[element] = node;
    else {
      const below = only(node, inner);
      if (Object.keys(below).length > 0) result[element] = below;
    }
  }
  return result;
}

/** By field, "*" for items of lists; true takes everything. */
interface Pattern {
  readonly [name: string]: Pattern | true;
}

const CONTAINER_RESOURCES: Pattern = { '*': { resources: true, resizePolicy: true } };
const ONLY: Readonly<Record<string, Pattern>> = {
  '/pods/ephemeralcontainers': { spec: { ephemeralContainers: true } },
  '/pods/resize': { spec: { containers: CONTAINER_RESOURCES, initContainers: CONTAINER_RESOURCES } },
};

const NOTHING: Filter = (set) => set;
const NO_STATUS = excluding(['status']);
const NO_SPEC = excluding(['spec']);
const NO_POD_STATUS_META = excluding(['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']);
const NO_LABELS = excluding(['spec'], ['metadata', 'labels']);

/** The filter for writes to a resource or one of its subresources. */
export function resetFilter(resource: ResourceFacts, subresource: string): Filter {
  const name = `${resource.group}/${resource.plural}`;
  const pattern = ONLY[`${name}/${subresource}`];
  if (pattern) return (set) => only(set, pattern);
  if (subresource === '') return resource.subresources.status ? NO_STATUS : NOTHING;
  if (subresource !== 'status' && subresource !== 'approval') return NOTHING;
  if (resource.model === '') return (set) => (set['f:status'] ? { 'f:status': set['f:status'] } : EMPTY);
  return name === '/pods' ? NO_POD_STATUS_META : name === 'apps/deployments' ? NO_LABELS : NO_SPEC;
}
