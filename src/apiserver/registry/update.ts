/** Changing objects: PUT and PATCH, on the resource itself and on its status. Follows apiserver pkg/registry/generic/registry/store.go: Update, and pkg/registry/rest/update.go. */
import { equal, freeze, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { conflict, notFound, OPTIMISTIC_LOCK_MESSAGE } from '../../api/status.ts';
import { invalid, invalidObject, Path } from '../validation/field.ts';
import { validateObjectMetaUpdate } from '../validation/metadata.ts';
import type { Change } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { Attributes } from '../admission/plugin.ts';
import { createObject, type Finish, type WriteHooks } from './create.ts';
import { keepTimes, trackFields } from './field-tracking.ts';
import { keepStatus, keepsGeneration, specChanged, standardFinalizers } from './generic-strategy.ts';
import { dedupeOwners, dropEmpty, keepSystemFields, matchNamespace, metaOf } from './metadata.ts';
import { attributesOf, strategyContext, type RequestScope } from './scope.ts';

/** Makes the new object out of the stored one. May be called again when somebody else wrote meanwhile; throws to give up. */
export type Revise = (current: StoredObject) => Draft<KubeObject> | Promise<Draft<KubeObject>>;

export interface UpdateOptions extends WriteHooks {
  /** 'main' changes everything but the status, 'status' changes the status (and metadata). */
  readonly part?: 'main' | 'status';
  /** The uid that the request's object names. */
  readonly uid?: string;
  /** The revised object says already who owns its fields. */
  readonly tracked?: boolean;
  /** What to create where nothing is stored, and the kind or the request allows it. */
  readonly create?: () => Draft<KubeObject>;
  readonly createsMissing?: boolean;
  /** Asks whether the user may create, too. */
  readonly authorizeCreate?: () => Promise<void>;
  /** What admission is shown in the object's place: the Scale of a workload. It is only looked at. */
  readonly seenAs?: (object: KubeObject) => KubeObject;
}

export interface UpdateResult {
  readonly object: StoredObject;
  readonly created: boolean;
}

export async function updateObject(scope: RequestScope, revise: Revise, options: UpdateOptions = {}): Promise<UpdateResult> {
  const { storage, strategy, registry } = scope;
  let written: StoredObject | undefined;
  let finish: Finish | undefined;
  let missing = false;
  const result = await storage
    .change(scope.namespace, scope.name, async (current): Promise<Change> => {
      await finish?.(false);
      finish = undefined;
      if (!current) {
        if (options.create && (options.createsMissing || strategy.allowCreateOnUpdate)) {
          missing = true;
          return { type: 'keep' };
        }
        throw notFound(scope.resource, scope.name);
      }
      if (options.uid && options.uid !== current.metadata.uid) throw uidConflict(scope, options.uid, current);
      const object = await revise(current);
      if (!options.tracked) trackFields(scope, current, object);
      await admitUpdate(scope, object, current, options);
      prepareUpdate(scope, object, current, options);
      finish = await options.beforeUpdate?.(scope, object, current);
      validateUpdate(scope, object, current, options);
      const release = await registry.admission.validate(attributesSeen(scope, object, current, options));
      const allocated = finish;
      finish = (stored) => {
        release();
        return allocated?.(stored);
      };
      if (leavesNow(object, current) && (scope.strategy.mayGo?.(object) ?? true)) {
        written = freeze(object) as unknown as StoredObject;
        return scope.options.dryRun ? { type: 'keep' } : { type: 'delete' };
      }
      keepTimes(object, current, equal);
      if (equal(object, current)) return { type: 'keep' };
      if (scope.options.dryRun) {
        written = freeze(object) as unknown as StoredObject;
        return { type: 'keep' };
      }
      return { type: 'put', object };
    })
    .catch(async (error: unknown) => {
      await finish?.(false);
      throw error;
    });
  if (missing && options.create) {
    await options.authorizeCreate?.();
    return { object: await createObject(scope, options.create(), options), created: true };
  }
  await finish?.(result.type === 'put');
  if (result.type === 'delete') {
    registry.identities.deleted(storage.key(scope.namespace, scope.name));
    await options.afterDelete?.(written as StoredObject);
  }
  return { object: written ?? (result.object as StoredObject), created: false };
}

/** What may change the object, whoever sent it: the admission plugins. */
async function admitUpdate(scope: RequestScope, object: Draft<KubeObject>, current: StoredObject, options: UpdateOptions): Promise<void> {
  const meta = metaOf(object);
  matchNamespace(scope, meta);
  dedupeOwners(scope, meta);
  const before = scope.stations.length;
  await scope.registry.admission.admit(attributesSeen(scope, object, current, options), scope.stations);
  // A second try notes the same stations again.
  if (scope.stations.length > before) dropRepeated(scope);
  checkVersion(scope, object, current);
}

function attributesSeen(scope: RequestScope, object: Draft<KubeObject>, current: StoredObject, { seenAs }: UpdateOptions): Attributes {
  if (!seenAs) return attributesOf(scope, 'update', object, current);
  return attributesOf(scope, 'update', seenAs(object) as Draft<KubeObject>, seenAs(current) as StoredObject);
}

/** rest.BeforeUpdate: what the request cannot change stays, and the kind's preparation. */
function prepareUpdate(scope: RequestScope, object: Draft<KubeObject>, current: StoredObject, { part = 'main' }: UpdateOptions): void {
  const { strategy, storage } = scope;
  const { resource } = storage;
  const meta = metaOf(object);
  keepSystemFields(meta, current.metadata);
  if (part === 'status') {
    strategy.prepareForStatusUpdate?.(object, current, strategyContext(scope));
  } else {
    strategy.applyDefaults?.(object);
    if (strategy.prepareForUpdate) strategy.prepareForUpdate(object, current, strategyContext(scope));
    else keepStatus(resource, object, current);
    if (keepsGeneration(resource, strategy) && specChanged(object, current)) meta.generation = (current.metadata.generation ?? 0) + 1;
  }
  dropEmpty(meta);
}

/** All faults of a change at once. */
function validateUpdate(scope: RequestScope, object: Draft<KubeObject>, current: StoredObject, { part = 'main' }: UpdateOptions): void {
  const { strategy, storage } = scope;
  const kind = part === 'status' ? strategy.validateStatusUpdate?.(object, current) : strategy.validateUpdate?.(object, current);
  const errors = [...validateObjectMetaUpdate(object.metadata ?? {}, current.metadata, standardFinalizers(storage.resource)), ...(kind ?? [])];
  if (errors.length > 0) throw invalidObject(scope.resource, scope.name, errors);
  if (part === 'main') for (const text of strategy.warnings?.(object, current) ?? []) if (!scope.warnings.includes(text)) scope.warnings.push(text);
}

/** Keeps the last note of each station. */
function dropRepeated({ stations }: RequestScope): void {
  const seen = new Set<string>();
  for (let i = stations.length - 1; i >= 0; i--) {
    const station = stations[i]?.station ?? '';
    if (seen.has(station)) stations.splice(i, 1);
    seen.add(station);
  }
}

/** The optimistic lock: an update says which version it has seen, or overwrites whatever there is where the kind allows it. */
function checkVersion(scope: RequestScope, object: Draft<KubeObject>, current: StoredObject): void {
  const meta = metaOf(object);
  const seen = meta.resourceVersion ?? '';
  if (seen === '' || seen === '0') {
    if (scope.strategy.allowUnconditionalUpdate === false) {
      throw invalidObject({ group: scope.resource.group, kind: scope.resource.plural }, scope.name, [invalid(Path.of('metadata', 'resourceVersion'), 0, 'must be specified for an update')]);
    }
    meta.resourceVersion = current.metadata.resourceVersion;
  } else if (seen !== current.metadata.resourceVersion) {
    throw conflict(scope.resource, scope.name, OPTIMISTIC_LOCK_MESSAGE);
  }
}

function uidConflict(scope: RequestScope, uid: string, current: StoredObject) {
  const key = scope.storage.key(scope.namespace, scope.name);
  return conflict(scope.resource, scope.name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
}

/** Whether this update takes the last finalizer off an object that waited for that (ShouldDeleteDuringUpdate). */
function leavesNow(object: KubeObject, current: StoredObject): boolean {
  return !object.metadata?.finalizers?.length && current.metadata.deletionTimestamp !== undefined && !current.metadata.deletionGracePeriodSeconds;
}
