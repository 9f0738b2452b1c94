/** Which objects a list or watch selects. Follows apiserver pkg/storage/selection_predicate.go and pkg/endpoints/handlers/get.go. */
import { parseFieldSelector, type FieldSelector } from '../../api/fields.ts';
import { parseSelector } from '../../api/labels.ts';
import { goQuote } from '../../api/quote.ts';
import { badRequest } from '../../api/status.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { RequestScope } from './scope.ts';

export interface Filter {
  /** Whether it lets everything through (beside the namespace). */
  readonly empty: boolean;
  /** The one object that it can let through. */
  readonly only: { readonly namespace: string; readonly name: string } | undefined;
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** A field that has to have one value, for indexes. */
  readonly field: { readonly name: string; readonly value: string } | undefined;
  matches(object: StoredObject): boolean;
}

const EVERYTHING = (): boolean => true;

/** Reads the selectors of a request; throws 400 with upstream's text where they make no sense. */
export function filterOf(scope: RequestScope): Filter {
  const { labelSelector, fieldSelector } = scope.options;
  const { namespaced } = scope.storage.resource;
  let namespace = namespaced && scope.namespace !== '' ? scope.namespace : undefined;
  if (!labelSelector && !fieldSelector && !scope.name) return { empty: true, only: undefined, namespace, field: undefined, matches: EVERYTHING };
  const labels = labelSelector ? parsed(() => parseSelector(labelSelector)) : undefined;
  const fields = fieldSelector ? parsed(() => parseFieldSelector(fieldSelector, scope.conversion?.storedField ?? scope.strategy.fieldAlias)) : undefined;
  if (fields) checkFields(scope, fields);
  const exact = (name: string) => fields?.requirements.find(({ field, operator }) => field === name && operator === '=')?.value;
  let name = exact('metadata.name');
  if (scope.name) {
    if (fields && fields.requirements.length > 0 && name !== scope.name) throw badRequest("fieldSelector metadata.name doesn't match requested name");
    name = scope.name;
  }
  if (namespace === undefined && namespaced) namespace = exact('metadata.namespace') || undefined;
  const own = fields?.requirements.filter(({ field }) => field !== 'metadata.name' && field !== 'metadata.namespace') ?? [];
  const first = own.find(({ operator }) => operator === '=');
  const { strategy } = scope;
  return {
    empty: (!labels || labels.empty) && (!fields || fields.requirements.length === 0) && name === undefined,
    only: name === undefined || (namespaced && namespace === undefined) ? undefined : { namespace: namespace ?? '', name },
    namespace,
    field: first && { name: first.field, value: first.value },
    matches(object) {
      const { metadata } = object;
      if (name !== undefined && metadata.name !== name) return false;
      if (labels && !labels.matches(metadata.labels)) return false;
      if (!fields) return true;
      const values = own.length > 0 ? strategy.selectableFields?.(object) : undefined;
      return fields.matches((field) => (field === 'metadata.name' ? metadata.name : field === 'metadata.namespace' ? metadata.namespace : values?.[field]));
    },
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

/** Kinds that have fields of their own to select by name all that they take; the others take both names, whatever their scope. */
function checkFields({ strategy, storage }: RequestScope, fields: FieldSelector): void {
  const own = strategy.selectableFields && new Set(Object.keys(strategy.selectableFields({ metadata: {} })));
  for (const { field } of fields.requirements) {
    if (field === 'metadata.name' || (field === 'metadata.namespace' && (!own || storage.resource.namespaced))) continue;
    if (!own) throw badRequest(`${goQuote(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
    if (!own.has(field)) throw badRequest(strategy.unknownField?.(field) ?? `field label not supported: ${field}`);
  }
}
