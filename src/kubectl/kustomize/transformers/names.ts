/** Prefixes and suffixes of names, hashes behind them, and namespaces (kustomize PrefixTransformer, HashTransformer, NamespaceTransformer). */
import { createHash } from 'node:crypto';
import { toJson } from '../../../api/go-json.ts';
import { plainScalar } from '../../builder/yaml-reader.ts';
import { KustomizeError } from '../errors.ts';
import { setScalar, visitFields, type FieldSpec, type Slot } from '../field-spec.ts';
import type { Transformer } from '../plugin.ts';
import { isClusterScoped, isSelected, sameId, type Gvk } from '../resid.ts';
import { isFields, text, type Fields, type Resource } from '../resource.ts';
import type { ResourceList } from '../resource-list.ts';

/** Names of these kinds mean more than themselves. */
const NAMED_BY_CONTENT: readonly Gvk[] = [{ kind: 'CustomResourceDefinition' }, { group: 'apiregistration.k8s.io', kind: 'APIService' }, { kind: 'Namespace' }];

export function addAffix(list: ResourceList, part: 'prefix' | 'suffix', affix: string, specs: readonly FieldSpec[]): void {
  for (const resource of list.resources) {
    const id = resource.originalId;
    if (NAMED_BY_CONTENT.some((gvk) => isSelected(id, gvk))) continue;
    for (const spec of specs) {
      if (!isSelected(id, spec)) continue;
      if (spec.path === 'metadata/name' && affix !== '') {
        (part === 'prefix' ? resource.prefixes : resource.suffixes).push(affix);
        resource.rememberId();
      }
      visitFields(resource, spec, (slot) => {
        const name = part === 'prefix' ? affix + text(slot.value) : text(slot.value) + affix;
        // What was no text before is read anew: a number stays one.
        setScalar(slot, typeof slot.value === 'string' ? name : plainScalar(name, 'true-false'));
      }, 'scalar');
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

export type SubjectMode = 'defaultOnly' | 'allServiceAccounts' | 'none';

export interface NamespaceConfig {
  readonly metadata?: { readonly namespace?: string };
  readonly fieldSpecs?: readonly FieldSpec[];
  /** What has a namespace keeps it. */
  readonly unsetOnly?: boolean;
  readonly setRoleBindingSubjects?: string;
}

/** NamespaceTransformer. */
export function namespaceTransformer({ metadata, fieldSpecs = [], unsetOnly = false, setRoleBindingSubjects = '' }: NamespaceConfig): Transformer {
  const mode = setRoleBindingSubjects || 'defaultOnly';
  if (!isSubjectMode(mode)) throw new KustomizeError(`invalid value "${mode}" for setRoleBindingSubjects: must be one of "defaultOnly", "none" or "allServiceAccounts"`);
  const namespace = metadata?.namespace ?? '';
  return {
    transform(list) {
      if (namespace === '') return;
      for (const resource of list.resources) {
        resource.rememberId();
        setNamespace(resource, namespace, fieldSpecs, mode, unsetOnly);
        const same = list.resources.filter(({ id }) => sameId(id, resource.id));
        if (same.length !== 1) throw new KustomizeError(`namespace transformation produces ID conflict: [${same.map((each) => each.wholeText()).join(' ')}]`);
      }
    },
  };
}

const isSubjectMode = (mode: string): mode is SubjectMode => mode === 'defaultOnly' || mode === 'allServiceAccounts' || mode === 'none';

/** Sets a resource's namespace wherever it is told (kustomize api/filters/namespace). */
export function setNamespace(resource: Resource, namespace: string, specs: readonly FieldSpec[] = [], mode: SubjectMode = 'defaultOnly', unsetOnly = false): void {
  const { kind, apiVersion } = resource;
  const set = (slot: Slot): void => {
    if (!unsetOnly || slot.value === undefined || slot.value === null || slot.value === '') setScalar(slot, namespace);
  };
  if (!isClusterScoped(resource.gvk)) set({ value: resource.namespace, set: () => (resource.namespace = namespace) });
  const binding = kind === 'RoleBinding' || kind === 'ClusterRoleBinding';
  if (binding) setSubjects(resource.fields, mode, set);
  for (const spec of specs) {
    if (spec.path === 'metadata/namespace' || (spec.path === 'metadata/name' && apiVersion !== 'v1') || (binding && spec.path === 'subjects/namespace')) continue;
    let misplaced = false;
    try {
      visitFields(resource, spec, (slot) => {
        misplaced = typeof slot.value === 'object' && slot.value !== null;
        set(slot);
      }, 'scalar');
    } catch (error) {
      throw error instanceof KustomizeError ? new KustomizeError(`${misplaced ? 'namespace field specs must target scalar nodes' : 'namespace transformation failed'}: ${error.message}`) : error;
    }
  }
}

/** The subjects that go with the namespace: accounts called "default", all accounts, or none. */
function setSubjects({ subjects }: Fields, mode: SubjectMode, set: (slot: Slot) => void): void {
  if (mode === 'none' || !Array.isArray(subjects)) return;
  for (const subject of subjects) {
    if (!isFields(subject) || (mode === 'defaultOnly' ? subject['name'] !== 'default' : subject['kind'] !== 'ServiceAccount')) continue;
    set({ value: subject['namespace'], set: (value) => (subject['namespace'] = value as string) });
  }
}
