/** Prefixes and suffixes of names, hashes behind them, and namespaces (kustomize PrefixTransformer, HashTransformer, NamespaceTransformer). */
import { createHash } from 'node:crypto';
import { toJson } from '../../../api/go-json.ts';
import { KustomizeError } from '../errors.ts';
import { visitFields, type FieldSpec } from '../field-spec.ts';
import { isClusterScoped, isSelected, sameId, type Gvk } from '../resid.ts';
import { isFields, text, type Fields, type Resource } from '../resource.ts';
import type { ResourceList } from '../resource-list.ts';

/** Names of these kinds mean more than themselves. */
const NAMED_BY_CONTENT: readonly Gvk[] = [{ kind: 'CustomResourceDefinition' }, { group: 'apiregistration.k8s.io', kind: 'APIService' }, { kind: 'Namespace' }];

export function addAffix(list: ResourceList, part: 'prefix' | 'suffix', affix: string, specs: readonly FieldSpec[]): void {
  if (affix === '') return;
  for (const resource of list.resources) {
    const id = resource.originalId;
    if (NAMED_BY_CONTENT.some((gvk) => isSelected(id, gvk))) continue;
    for (const spec of specs) {
      if (!isSelected(id, spec)) continue;
      if (spec.path === 'metadata/name') {
        (part === 'prefix' ? resource.prefixes : resource.suffixes).push(affix);
        resource.rememberId();
      }
      visitFields(resource, spec, (slot) => slot.set(part === 'prefix' ? affix + text(slot.value) : text(slot.value) + affix), 'scalar');
    }
  }
}

export function addHashes(list: ResourceList): void {
  for (const resource of list.resources) {
    if (!resource.needsHash) continue;
    const hash = contentHash(resource);
    resource.rememberId();
    resource.name = `${resource.name}-${hash}`;
  }
}

/** Ten characters of SHA-256 in an alphabet that spells no words (kustomize api/hasher/hasher.go). */
function contentHash({ kind, fields }: Resource): string {
  // kustomize looks for the name under "metadata/name", where it is not.
  const name = '';
  const optional = (field: string) => (isFields(fields[field]) ? { [field]: fields[field] } : {});
  const content = kind === 'Secret'
    ? { data: fields['data'] ?? '', kind, name, ...optional('stringData'), type: fields['type'] ?? '' }
    : { ...optional('binaryData'), data: fields['data'] ?? '', kind, name };
  const digest = createHash('sha256').update(toJson(content, 'sorted', '')).digest('hex').slice(0, 10);
  const letters: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };
  return digest.replace(/[013ae]/g, (digit) => letters[digit] as string);
}

export function setNamespace(list: ResourceList, namespace: string, specs: readonly FieldSpec[]): void {
  if (namespace === '') return;
  for (const resource of list.resources) {
    resource.rememberId();
    const { kind, apiVersion } = resource;
    if (!isClusterScoped(resource.gvk)) resource.namespace = namespace;
    const binding = kind === 'RoleBinding' || kind === 'ClusterRoleBinding';
    if (binding) setSubjects(resource.fields, namespace);
    for (const spec of specs) {
      if (spec.path === 'metadata/namespace' || (spec.path === 'metadata/name' && apiVersion !== 'v1') || (binding && spec.path === 'subjects/namespace')) continue;
      visitFields(resource, spec, (slot) => slot.set(namespace), 'scalar');
    }
    const same = list.resources.filter(({ id }) => sameId(id, resource.id));
    if (same.length !== 1) throw new KustomizeError(`namespace transformation produces ID conflict: [${same.map(wholeText).join(' ')}]`);
  }
}

/** The whole resource as JSON, and what is remembered of it. */
function wholeText(resource: Resource): string {
  const { fields, metadata } = resource;
  return toJson({ ...fields, metadata: { ...metadata, annotations: { ...resource.stringMap('annotations'), ...resource.notes() } } }, 'sorted', '');
}

/** Only accounts called "default" go with the namespace. */
function setSubjects(fields: Fields, namespace: string): void {
  const { subjects } = fields;
  if (!Array.isArray(subjects)) return;
  for (const subject of subjects) if (isFields(subject) && subject['name'] === 'default') subject['namespace'] = namespace;
}
