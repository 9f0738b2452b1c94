/** The old `vars`: $(NAME) in certain fields becomes the value of a field elsewhere (kustomize api/filters/refvar, accumulator). */
import { KustomizeError } from '../errors.ts';
import { visitFields, type FieldSpec } from '../field-spec.ts';
import type { Variable } from '../kustomization.ts';
import { gvkOf, isClusterScoped, sameGvk, sameId } from '../resid.ts';
import { isFields } from '../resource.ts';
import type { ResourceList } from '../resource-list.ts';

const shown = ({ name, objref, fieldref }: Variable): string => `{${name} {${objref.kind} ${objref.name}} {${fieldref?.fieldPath ?? 'metadata.name'}}}`;

/** Notes on the resources which variables read from them. */
export function bindVariables(list: ResourceList, variables: readonly Variable[]): void {
  for (const variable of variables) {
    const { apiVersion = '', kind, name, namespace = '' } = variable.objref;
    const wanted = { ...gvkOf(apiVersion, kind), name, namespace };
    const matched = list.matchingAnyId((id) => (namespace !== '' || isClusterScoped(wanted) ? sameId(id, wanted) : id.name === name && sameGvk(id, wanted)));
    if (matched.length > 1) throw new KustomizeError(`found ${matched.length} resId matches for var ${shown(variable)} (unable to disambiguate)`);
    matched[0]?.variables.push(variable.name);
  }
}

/** Puts the values in. `warn` hears of variables that nothing asked for. */
export function resolveVariables(list: ResourceList, variables: readonly Variable[], specs: readonly FieldSpec[], warn: (line: string) => void): void {
  if (variables.length === 0) return;
  const values = new Map(variables.map((variable) => [variable.name, valueOf(list, variable)]));
  const unused = new Set(values.keys());
  const expand = (value: string): unknown => {
    const whole = /^\$\(([^()]+)\)$/.exec(value)?.[1];
    if (whole !== undefined && values.has(whole)) {
      unused.delete(whole);
      return values.get(whole);
    }
    return value.replace(/\$\$|\$\(([^()]+)\)/g, (match, name?: string) => {
      if (match === '$$') return '$';
      if (name === undefined || !values.has(name)) return match;
      unused.delete(name);
      return String(values.get(name));
    });
  };
  for (const resource of list.resources) {
    for (const spec of specs) {
      visitFields(resource, spec, (slot) => {
        const { value } = slot;
        if (typeof value === 'string') slot.set(expand(value));
        else if (Array.isArray(value)) slot.set((value as unknown[]).map((item) => (typeof item === 'string' ? expand(item) : item)));
        else if (isFields(value)) slot.set(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typeof item === 'string' ? expand(item) : item])));
      });
    }
  }
  if (unused.size > 0) warn(`well-defined vars that were never replaced: ${[...unused].join(',')}`);
}

function valueOf(list: ResourceList, variable: Variable): unknown {
  const path = variable.fieldref?.fieldPath ?? 'metadata.name';
  const resource = list.resources.find(({ variables }) => variables.includes(variable.name));
  if (!resource) throw new KustomizeError(`var '${shown(variable)}' cannot be mapped to a field in the set of known resources`);
  let value: unknown = resource.fields;
  for (const [, key = '', index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    value = index !== undefined ? (Array.isArray(value) ? (value as unknown[])[Number(index)] : undefined) : isFields(value) ? value[key] : undefined;
  }
  if (value === undefined || typeof value === 'object') throw new KustomizeError(`field specified in var '${shown(variable)}' not found in corresponding resource`);
  return value;
}
