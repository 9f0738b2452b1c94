/**
 * From client-side to server-side apply: what kubectl owned by updates becomes what it has applied. Follows kubectl
 * pkg/cmd/apply/apply.go: saveLastApplyAnnotationIfNecessary, migrateToSSAIfNecessary, and client-go util/csaupgrade.
 */
import type { ManagedFieldsEntry } from '../../../api/generated/types.ts';
import { isObject, type JsonObject, type JsonValue } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import { apiVersionOf } from '../../../api/resource.ts';
import { isConflict } from '../../../api/status.ts';
import type { ResourceClient, WriteOptions } from '../../../client/client.ts';
import { take } from '../../builder/retrieve.ts';
import { objectOf, type Info } from '../../builder/info.ts';
import { LAST_APPLIED } from '../../shared/last-applied.ts';

type Api = ResourceClient<KubeObject>;

/** The manager whose apply the server keeps the annotation up to date for. */
const DEFAULT_MANAGER = 'kubectl';
const ANNOTATION_MANAGER = 'kubectl-last-applied';
const MAX_RETRIES = 5;

const metaOf = (info: Info) => (objectOf(info) as KubeObject).metadata ?? {};

/** Gives the last-applied annotation, where there is one, a manager of its own, so that the next apply does not remove it. */
export async function keepAnnotation(api: Api, info: Info, { fieldManager, ...options }: WriteOptions): Promise<void> {
  const { annotations, name = '', namespace, managedFields = [] } = metaOf(info);
  const lastApplied = annotations?.[LAST_APPLIED];
  if (fieldManager !== DEFAULT_MANAGER || lastApplied === undefined || managedFields.some((entry) => entry.operation === 'Apply' && owns(entry, LAST_APPLIED))) return;
  const only = { apiVersion: apiVersionOf(info.resource), kind: info.resource.kind, metadata: { annotations: { [LAST_APPLIED]: lastApplied }, name, ...(namespace ? { namespace } : {}) } };
  take(info, await api.patch(info.namespace || undefined, info.name, only, 'apply', { ...options, fieldManager: ANNOTATION_MANAGER }));
}

/** Turns the updates of client-side apply into an apply by this manager. Returns whether there were any. */
export async function migrate(api: Api, info: Info, options: WriteOptions): Promise<boolean> {
  const { fieldManager = '' } = options;
  const clientSide = new Set((metaOf(info).managedFields ?? []).filter((entry) => entry.operation === 'Update' && owns(entry, LAST_APPLIED)).map(({ manager = '' }) => manager));
  for (let attempt = 1; ; attempt++) {
    const { managedFields = [], resourceVersion } = metaOf(info);
    const upgraded = [...clientSide].reduce<readonly ManagedFieldsEntry[]>((entries, manager) => upgrade(entries, manager, fieldManager), managedFields);
    if (JSON.stringify(upgraded) === JSON.stringify(managedFields)) return false;
    const patch = [{ op: 'replace', path: '/metadata/managedFields', value: upgraded }, { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }];
    try {
      take(info, await api.patch(info.namespace || undefined, info.name, patch, 'json', options));
      return true;
    } catch (error) {
      if (!isConflict(error) || attempt >= MAX_RETRIES) throw error;
      take(info, await api.get(info.namespace || undefined, info.name));
    }
  }
}

function owns({ fieldsV1 }: ManagedFieldsEntry, annotation: string): boolean {
  let node: unknown = fieldsV1;
  for (const element of ['f:metadata', 'f:annotations', `f:${annotation}`]) node = isObject(node) ? node[element] : undefined;
  return node !== undefined;
}

/** The entries with those of the updater put into one of the applier. */
function upgrade(entries: readonly ManagedFieldsEntry[], updater: string, applier: string): readonly ManagedFieldsEntry[] {
  const isUpdater = (entry: ManagedFieldsEntry) => entry.manager === updater && entry.operation === 'Update' && !entry.subresource;
  const target = entries.find((entry) => entry.manager === applier && entry.operation === 'Apply' && !entry.subresource) ?? entries.find(isUpdater);
  if (!target) return entries;
  const same = entries.find((entry) => isUpdater(entry) && entry.apiVersion === target.apiVersion);
  const fieldsV1 = same ? union(target.fieldsV1 as JsonObject, same.fieldsV1 as JsonObject) : target.fieldsV1;
  const applied: ManagedFieldsEntry = { ...target, manager: applier, operation: 'Apply', ...(fieldsV1 === undefined ? {} : { fieldsV1 }) };
  return entries.map((entry) => (entry === target ? applied : entry)).filter((entry) => !isUpdater(entry));
}

/** The union of two sets of fields: an empty node, and ".", is a field that is owned itself. */
function union(a: JsonObject, b: JsonObject): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...a };
  for (const [element, node] of Object.entries(b)) {
    const other = result[element];
    result[element] = isObject(other) && isObject(node) ? unionOfNodes(other, node) : node;
  }
  return result;
}

function unionOfNodes(a: JsonObject, b: JsonObject): JsonObject {
  const [first, second] = [Object.keys(a).length === 0, Object.keys(b).length === 0];
  if (first && second) return a;
  return { ...(first || second ? { '.': {} } : {}), ...union(a, b) };
}
