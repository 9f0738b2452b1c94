/** Storing new objects. Follows apiserver pkg/registry/generic/registry/store.go: Create, and pkg/registry/rest/create.go. */
import { freeze, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { alreadyExists, StatusError } from '../../api/status.ts';
import { invalidObject } from '../validation/field.ts';
import { nameIsDnsSubdomain } from '../validation/formats.ts';
import { validateObjectMeta } from '../validation/metadata.ts';
import type { Release } from '../admission/plugin.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { trackFields } from './field-tracking.ts';
import { clearStatus, keepsGeneration, standardFinalizers } from './generic-strategy.ts';
import { dedupeOwners, dropEmpty, matchNamespace, metaOf, wipeSystemFields } from './metadata.ts';
import { attributesOf, strategyContext, type RequestScope } from './scope.ts';

/** Tries at finding a free name for a generateName. */
const NAME_ATTEMPTS = 8;

/** Called when all is over, told whether the object was stored. */
export type Finish = (stored: boolean) => void | Promise<void>;

/** What goes on around the store for kinds that need it: Services get their addresses after the kind's preparation and before they are checked. */
export interface WriteHooks {
  beforeCreate?(scope: RequestScope, object: Draft<KubeObject>): Promise<Finish>;
  beforeUpdate?(scope: RequestScope, object: Draft<KubeObject>, old: StoredObject): Promise<Finish>;
  /** The object is gone, whoever asked for it. */
  afterDelete?(last: StoredObject): Promise<void>;
}

export interface CreateOptions extends WriteHooks {
  /** The object says already who owns its fields. */
  readonly tracked?: boolean;
}

/** Takes a decoded object through admission and validation and stores it. The object is used up. */
export async function createObject(scope: RequestScope, object: Draft<KubeObject>, { tracked = false, ...hooks }: CreateOptions = {}): Promise<StoredObject> {
  const { registry, storage, strategy, stations } = scope;
  let meta = metaOf(object);
  wipeSystemFields(meta);
  matchNamespace(scope, meta);
  dedupeOwners(scope, meta);
  if (meta.resourceVersion && meta.resourceVersion !== '0') throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  delete meta.resourceVersion;
  if (!tracked) trackFields(scope, undefined, object);

  await registry.admission.admit(attributesOf(scope, 'create', object, undefined), stations);
  // A webhook may have put other metadata in its place.
  meta = metaOf(object);
  matchNamespace(scope, meta);
  dedupeOwners(scope, meta);
  strategy.applyDefaults?.(object);

  if (strategy.namesNameless && !meta.name && !meta.generateName) meta.name = registry.identities.uuid(storage.prefix + scope.namespace);
  const generated = Boolean(meta.generateName) && !meta.name;
  let existing: string | undefined;
  for (let attempt = 0; attempt < (generated ? NAME_ATTEMPTS : 1); attempt++) {
    if (generated) meta.name = registry.identities.name(storage.prefix + scope.namespace, meta.generateName ?? '');
    const stored = await createOnce(scope, object, hooks);
    if (stored) return stored;
    existing = meta.name ?? '';
  }
  const error = alreadyExists(scope.resource, existing ?? '');
  if (generated) throw new StatusError(409, 'AlreadyExists', `${error.message}, the server was not able to generate a unique name for the object`, { ...error.status.details, retryAfterSeconds: 1 });
  const current = await storage.get(scope.namespace, existing ?? '');
  if (current?.metadata.deletionTimestamp === undefined) throw error;
  throw new StatusError(409, 'AlreadyExists', `object is being deleted: ${error.message}`, error.status.details);
}

/** One try under the name that the object has; undefined where the name is taken. */
async function createOnce(scope: RequestScope, object: Draft<KubeObject>, hooks: WriteHooks): Promise<StoredObject | undefined> {
  const { registry, storage, strategy } = scope;
  prepareNew(scope, object);
  const finish = hooks.beforeCreate && (await hooks.beforeCreate(scope, object));
  let stored: StoredObject | undefined;
  let release: Release | undefined;
  try {
    validateNew(scope, object);
    release = await registry.admission.validate(attributesOf(scope, 'create', object, undefined));
    for (const text of strategy.warnings?.(object) ?? []) if (!scope.warnings.includes(text)) scope.warnings.push(text);
    const name = object.metadata?.name ?? '';
    if (scope.options.dryRun) return (await storage.get(scope.namespace, name)) ? undefined : (freeze(object) as unknown as StoredObject);
    stored = await storage.create(scope.namespace, name, object);
    return stored;
  } finally {
    release?.();
    await finish?.(stored !== undefined);
  }
}

/** rest.BeforeCreate: system fields and the kind's preparation. */
function prepareNew(scope: RequestScope, object: Draft<KubeObject>): void {
  const { registry, storage, strategy } = scope;
  const { resource } = storage;
  const meta = metaOf(object);
  meta.creationTimestamp = registry.identities.time(scope.nowMs);
  meta.uid = registry.identities.uid(storage.key(scope.namespace, meta.name ?? ''));
  if (keepsGeneration(resource, strategy)) meta.generation = 1;
  else delete meta.generation;
  if (strategy.prepareForCreate) strategy.prepareForCreate(object, strategyContext(scope));
  else clearStatus(resource, object);
  dropEmpty(meta);
}

/** All faults of a new object at once. */
function validateNew({ storage, strategy, resource }: RequestScope, object: Draft<KubeObject>): void {
  const meta = object.metadata ?? {};
  const { namespaced } = storage.resource;
  const errors = [
    ...validateObjectMeta(meta, { namespaced, validateName: strategy.validateName?.bind(strategy) ?? nameIsDnsSubdomain, standardFinalizers: standardFinalizers(storage.resource) }),
    ...(strategy.validate?.(object) ?? []),
  ];
  if (errors.length > 0) throw invalidObject(resource, meta.name ?? '', errors);
}
