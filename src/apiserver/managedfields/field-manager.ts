/**
 * metadata.managedFields on every write, and server-side apply. Follows apimachinery pkg/util/managedfields/internal:
 * fieldmanager.go and the managers that it is made of.
 */
import type { ManagedFieldsEntry, ObjectMeta } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { parseApiVersion } from '../../api/resource.ts';
import { badRequest, StatusError } from '../../api/status.ts';
import { parseTime } from '../../api/time.ts';
import { conflictError, Conflicts } from './conflict.ts';
import { ElementError } from './elements.ts';
import { canonical, difference, isEmpty, setOf, union, type FieldSet } from './field-set.ts';
import { allowedByLastApplied, setLastApplied } from './last-applied.ts';
import { decodeManaged, encodeManaged, isReset, managerKey, type Managed, type ManagerIdentity, type Managers } from './managed.ts';
import { fieldElement } from './path-element.ts';
import { apply, update, type Change } from './updater.ts';
import { validate } from './validate.ts';
import type { PlainObject, VersionedSchema } from './versions.ts';

/** The kind whose object is written, and through which door. */
export interface FieldContext {
  readonly schema: VersionedSchema;
  readonly apiVersion: string;
  readonly kind: string;
  readonly subresource: string;
  /** An object of the kind in which nothing is set. */
  readonly empty: PlainObject;
  readonly filter: (set: FieldSet) => FieldSet;
  /** As it is written. */
  readonly time: string;
}

/** More updaters than these share an entry. */
const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = 'ancient-changes';
/** Who owns what an object had before anybody tracked it. */
const BEFORE_FIRST_APPLY = 'before-first-apply';
/** The manager of kubectl's server-side apply, which goes on where its client-side apply was. */
const KUBECTL = 'kubectl';

const metadata = (name: string): string[] => [fieldElement('metadata'), fieldElement(name)];
/** What nobody owns. */
const NOT_TRACKED = canonical(setOf(
  [fieldElement('apiVersion')], [fieldElement('kind')], [fieldElement('metadata')],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(metadata),
));

/**
 * Notes in an object who now owns its fields. `live` is the object before, in the same version as the new one;
 * undefined for one that is created.
 */
export function trackUpdate(context: FieldContext, live: KubeObject | undefined, object: Draft<KubeObject>, manager: string): void {
  const meta = (object.metadata ??= {});
  try {
    const managers = managersOf(context, live, meta.managedFields);
    delete meta.managedFields;
    // An object that nobody managed stays so until it is applied.
    if (managers.size > 0 || live === undefined) trackChange(context, (live ?? context.empty) as PlainObject, object as PlainObject, managers, manager);
    put(meta, managers);
  } catch (error) {
    if (!(error instanceof ElementError)) throw error;
    put(meta, live?.metadata?.managedFields);
  }
}

/** The managers before a change: those that the request names, or those of the object as it is. */
function managersOf({ subresource }: FieldContext, live: KubeObject | undefined, requested: ObjectMeta['managedFields']): Managers {
  if (subresource === '') {
    if (isReset(requested)) return new Map();
    const given = decoded(requested);
    if (given && given.size > 0) return given;
  }
  return decoded(live?.metadata?.managedFields) ?? new Map();
}

function decoded(entries: ObjectMeta['managedFields']): Managers | undefined {
  try {
    return decodeManaged(entries);
  } catch {
    return undefined;
  }
}

function put(meta: Draft<ObjectMeta>, managers: Managers | readonly ManagedFieldsEntry[] | undefined): void {
  const entries = managers instanceof Map ? encodeManaged(managers) : managers;
  if (entries) meta.managedFields = entries as Draft<ManagedFieldsEntry>[];
  else delete meta.managedFields;
}

/** Those who write come again and again: by door, then by operation and name. */
const identities = new WeakMap<VersionedSchema, Map<string, KnownManager>>();
const MAX_IDENTITIES = 1_000;

interface KnownManager extends ManagerIdentity {
  /** `managerKey`. */
  readonly key: string;
}

function identity({ schema, apiVersion, subresource }: FieldContext, operation: ManagerIdentity['operation'], manager: string): KnownManager {
  let known = identities.get(schema);
  if (!known || known.size >= MAX_IDENTITIES) identities.set(schema, (known = new Map()));
  const found = known.get(operation === 'Apply' ? `/${manager}` : manager);
  if (found) return found;
  const made = { manager: manager || 'unknown', operation, apiVersion, subresource };
  const self = { ...made, key: managerKey(made) };
  known.set(operation === 'Apply' ? `/${manager}` : manager, self);
  return self;
}

function trackChange(context: FieldContext, live: PlainObject, object: PlainObject, managers: Managers, manager: string): void {
  const self = identity(context, 'Update', manager);
  const change: Change = { schema: context.schema, live, self, filter: context.filter };
  const set = difference(update(change, object, managers), NOT_TRACKED);
  if (isEmpty(set)) return;
  const { key } = self;
  const before = managers.get(key);
  managers.set(key, { ...self, set: before ? union(set, before.set) : set, time: context.time });
  capUpdaters(managers);
}

/** Puts the oldest updaters of a version together where there are too many. */
function capUpdaters(managers: Managers): void {
  if (managers.size <= MAX_UPDATE_MANAGERS) return;
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  let length = updaters.length;
  if (length <= MAX_UPDATE_MANAGERS) return;
  const secondsOf = ({ time }: Managed): number => (time === undefined ? 0 : Math.floor(parseTime(time) / 1000));
  updaters.sort(([a, left], [b, right]) => secondsOf(left) - secondsOf(right) || (a < b ? -1 : 1));
  const firsts = new Map<string, string>();
  for (const [key, managed] of updaters) {
    if (length <= MAX_UPDATE_MANAGERS) return;
    const { apiVersion } = managed;
    const first = firsts.get(apiVersion);
    if (first === undefined) {
      firsts.set(apiVersion, key);
      continue;
    }
    const bucket: ManagerIdentity = { manager: ANCIENT, operation: 'Update', apiVersion, subresource: '' };
    const bucketKey = managerKey(bucket);
    if (!managers.has(bucketKey)) {
      const oldest = managers.get(first) as Managed;
      managers.delete(first);
      managers.set(bucketKey, { ...oldest, ...bucket, key: bucketKey });
    }
    const known = managers.get(bucketKey) as Managed;
    managers.delete(key);
    managers.set(bucketKey, { ...known, set: union(managed.set, known.set), time: managed.time });
    length--;
  }
}

/**
 * The object that an apply comes to, with its managers. `live` is the object as it is, in the version of the
 * configuration; undefined where there is none. Throws StatusError: conflicts, configurations that are none.
 */
export function applyConfiguration(context: FieldContext, live: KubeObject | undefined, config: KubeObject, manager: string, force: boolean): Draft<KubeObject> {
  checkKind(context, config);
  const { managedFields: liveEntries, ...liveMeta } = live?.metadata ?? {};
  const before = (live ? { ...live, metadata: liveMeta } : context.empty) as PlainObject;
  const managers = decodeManaged(liveEntries);
  if (managers.size === 0 && live) trackChange(context, context.empty, before, managers, BEFORE_FIRST_APPLY);
  checkConfiguration(context, config);
  const self = identity(context, 'Apply', manager);
  const change: Change = { schema: context.schema, live: before, self, filter: context.filter };
  const result = applyOver(change, config, managers, force);
  const { key } = self;
  const own = managers.get(key);
  if (own) {
    const set = difference(own.set, NOT_TRACKED);
    if (isEmpty(set)) managers.delete(key);
    else managers.set(key, { ...own, set, time: result ? context.time : own.time });
  }
  const object = { ...(result ?? before) } as Draft<KubeObject>;
  object.metadata = { ...object.metadata };
  if (manager === KUBECTL) setLastApplied(object.metadata, config);
  put(object.metadata, managers);
  return object;
}

function checkKind({ apiVersion, kind }: FieldContext, config: KubeObject): void {
  if (config.apiVersion === apiVersion && config.kind === kind) return;
  throw badRequest(`invalid object type: ${describeKind(config)}`);
}

/** "apps/v1, Kind=Deployment", "/v1, Kind=Pod" */
function describeKind({ apiVersion = '', kind = '' }: KubeObject): string {
  const { group, version } = parseApiVersion(apiVersion);
  return `${group}/${version}, Kind=${kind}`;
}

function checkConfiguration({ schema, apiVersion }: FieldContext, config: KubeObject): void {
  const { managedFields, namespace = '', name = '' } = config.metadata ?? {};
  if (managedFields !== undefined && managedFields !== null) throw badRequest('metadata.managedFields must be nil');
  const type = schema.typeAt(apiVersion);
  const fault = type && validate(type, config);
  if (fault !== undefined) throw new StatusError(500, '', `failed to create typed patch object (${namespace}/${name}; ${describeKind(config)}): ${fault}`);
}

/** kubectl may overwrite what its client-side apply has set and nobody has changed since. */
function applyOver(change: Change, config: KubeObject, managers: Managers, force: boolean): PlainObject | undefined {
  const saved = new Map(managers);
  try {
    return apply(change, config as PlainObject, managers, force);
  } catch (error) {
    if (!(error instanceof Conflicts)) throw error;
    const rest = change.self.manager === KUBECTL ? allowedByLastApplied(change, error.list) : error.list;
    if (rest.length > 0) throw conflictError(rest);
    managers.clear();
    for (const [key, managed] of saved) managers.set(key, managed);
    return apply(change, config as PlainObject, managers, true);
  }
}
