/** Names of other resources follow when those were renamed (kustomize api/filters/nameref, accumulator/namereferencetransformer.go). */
import { KustomizeError, prefixed } from '../errors.ts';
import { visitFields, type FieldSpec, type Slot } from '../field-spec.ts';
import type { NameReference } from '../field-specs.ts';
import { effectiveNamespace, idText, isClusterScoped, isSelected, sameNamespace, type Gvk } from '../resid.ts';
import { isFields, text, type Resource } from '../resource.ts';
import type { ResourceList } from '../resource-list.ts';
import { toYaml } from '../../printers/yaml.ts';

export function fixNameReferences(list: ResourceList, references: readonly NameReference[]): void {
  for (const referrer of list.resources) {
    const candidates = couldBeReferenced(list, referrer);
    const { originalId } = referrer;
    for (const reference of references) {
      for (const spec of reference.fieldSpecs) if (isSelected(originalId, spec)) new Fixer(referrer, candidates, reference, spec).run();
    }
  }
}

/** ResMap.SubsetThatCouldBeReferencedByResource: those of its namespace and of none, and accounts that a RoleBinding names. */
function couldBeReferenced(list: ResourceList, referrer: Resource): readonly Resource[] {
  const { id } = referrer;
  if (isClusterScoped(id)) return list.resources;
  const { subjects } = referrer.fields;
  const accounts = referrer.kind === 'RoleBinding' && Array.isArray(subjects) ? subjects.filter(isFields).filter(({ kind }) => kind === 'ServiceAccount').map(({ namespace }) => text(namespace)) : [];
  return list.resources.filter((target) => isClusterScoped(target.id) || sameNamespace(target.id, id) || accounts.includes(target.namespace));
}

class Fixer {
  constructor(
    private readonly referrer: Resource,
    private readonly candidates: readonly Resource[],
    private readonly target: Gvk,
    private readonly spec: FieldSpec,
  ) {}

  run(): void {
    const { referrer, spec } = this;
    // The kind may have changed since the reference was written.
    const { group, version, kind } = referrer.gvk;
    prefixed(`updating name reference in '${spec.path}' field of '${idText(referrer.id)}'`, () => visitFields(referrer, { path: spec.path, ...(group ? { group } : {}), ...(version ? { version } : {}), ...(kind ? { kind } : {}) }, (slot) => this.#fix(slot)));
  }

  #fix(slot: Slot): void {
    const { value } = slot;
    if (Array.isArray(value)) {
      const list = value as unknown[];
      list.forEach((item, index) => this.#fix({ value: item, set: (next) => (list[index] = next) }));
    } else if (isFields(value)) {
      if (!Object.hasOwn(value, 'name')) throw new KustomizeError("path config error; no 'name' field in node");
      const oldName = text(value['name']);
      const referral = this.#select(oldName, this.#ofNamespace(value['namespace']), (a, b) => a.name === b.name && a.namespace === b.namespace);
      if (!referral || (referral.name === oldName && referral.namespace === '')) return;
      value['name'] = referral.name;
      if (referral.namespace !== '') value['namespace'] = referral.namespace;
    } else if (value !== null && value !== undefined) {
      const referral = this.#select(text(value), this.candidates, (a, b) => a.name === b.name);
      if (referral && referral.name !== value) slot.set(referral.name);
    }
  }

  #ofNamespace(namespace: unknown): readonly Resource[] {
    if (namespace === undefined) return this.candidates;
    const namespaced = this.candidates.filter(({ id }) => !isClusterScoped(id));
    const original = namespaced.filter((resource) => effectiveNamespace(resource.originalId) === namespace);
    return original.length > 0 ? original : namespaced.filter((resource) => effectiveNamespace(resource.id) === namespace);
  }

  /** The one that bore the name, in the narrowing steps of nameref.go: selectReferral. */
  #select(oldName: string, from: readonly Resource[], alike: (a: Resource, b: Resource) => boolean): Resource | undefined {
    const { referrer } = this;
    let found = from
      .filter(({ previous }) => previous.some(({ name }) => name === oldName))
      .filter(({ previous }) => previous.some((id) => isSelected(id, this.target)))
      .filter(this.#roleRef())
      .filter((resource) => isClusterScoped(referrer.id) || isClusterScoped(resource.id) || resource.kind === 'ServiceAccount' || sameNamespace(referrer.id, resource.id));
    if (found.length === 1) return found[0];
    found = found.filter((resource) => sameAffixes(resource, referrer, true));
    if (found.length > 1) found = found.filter((resource) => sameAffixes(resource, referrer, false));
    const [first] = found;
    if (!first || found.every((resource) => alike(resource, first))) return first;
    const details = found.map((resource, index) => `--- possible referral ${index}:\n${toYaml(resource.fields)}\n`).join('');
    throw new KustomizeError(`found multiple possible referrals: ${found.map(({ id }) => idText(id)).join(', ')}\n\n**** Too many possible referral targets to referrer:\n${toYaml(referrer.fields)}\n${details}`);
  }

  #roleRef(): (resource: Resource) => boolean {
    const { roleRef } = this.referrer.fields;
    if (!this.spec.path.endsWith('roleRef/name') || !isFields(roleRef) || roleRef['apiGroup'] === undefined || roleRef['kind'] === undefined) return () => true;
    const gvk = { group: text(roleRef['apiGroup']), kind: text(roleRef['kind']) };
    return ({ previous }) => previous.some((id) => isSelected(id, gvk));
  }
}

/** Whether two were renamed alike (Resource.PrefixesSuffixesEquals). */
function sameAffixes(a: Resource, b: Resource, allowEmpty: boolean): boolean {
  const same = (left: readonly string[], right: readonly string[]): boolean => {
    if (allowEmpty && (left.length === 0 || right.length === 0)) return true;
    const length = Math.min(left.length, right.length);
    if (!allowEmpty && length === 0) return left.length === right.length;
    return left.slice(left.length - length).join(',') === right.slice(right.length - length).join(',');
  };
  return same(a.prefixes, b.prefixes) && same(a.suffixes, b.suffixes);
}
