/** Managed fields of the requests that write: who writes, through which door, and in which versions of the kind. */
import type { Draft } from '../../api/json.ts';
import { draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { apiVersionOf, parseApiVersion, resourceAt, type ResourceFacts } from '../../api/resource.ts';
import { emptyObject, typeOfModel } from '../managedfields/builtin-schema.ts';
import { applyConfiguration, trackUpdate, type FieldContext } from '../managedfields/field-manager.ts';
import { sameButTimes } from '../managedfields/managed.ts';
import { resetFilter } from '../managedfields/reset-fields.ts';
import type { PlainObject, VersionedSchema } from '../managedfields/versions.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { CustomVersion } from '../customresources/version.ts';
import { conversionOf } from './conversion.ts';
import { metaOf } from './metadata.ts';
import type { Registry, RequestScope } from './scope.ts';

const MAX_MANAGER_BYTES = 128;

/** Who writes: as the request says, or by the program's name (fieldmanager.managerOrUserAgent). */
export function managerOf({ options, request }: RequestScope): string {
  return options.fieldManager || programOf(request.userAgent ?? '');
}

/** Few programs write, and again and again. */
const MAX_PROGRAMS = 1000;
const programs = new Map<string, string>();

function programOf(userAgent: string): string {
  const known = programs.get(userAgent);
  if (known !== undefined) return known;
  let name = '';
  for (const char of userAgent.split('/')[0] ?? '') {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char)) continue;
    if (Buffer.byteLength(name + char) > MAX_MANAGER_BYTES) break;
    name += char;
  }
  if (programs.size >= MAX_PROGRAMS) programs.clear();
  programs.set(userAgent, name);
  return name;
}

/** One context serves all requests through a door, but for their time. */
const doors = new WeakMap<ResourceFacts | CustomVersion, Map<string, Omit<FieldContext, 'time'>>>();

/** What a context depends on. */
type Door = Pick<RequestScope, 'resource' | 'custom' | 'subresource' | 'nowMs'> & { readonly registry: Pick<Registry, 'identities'> };

export function fieldContext({ resource, custom, subresource, registry, nowMs }: Door): FieldContext {
  let bySubresource = doors.get(custom ?? resource);
  if (!bySubresource) doors.set(custom ?? resource, (bySubresource = new Map()));
  let door = bySubresource.get(subresource);
  if (!door) {
    const apiVersion = apiVersionOf(resource);
    const { kind, model } = resource;
    door = {
      apiVersion, kind, subresource,
      schema: custom?.fields ?? builtinSchema(resource),
      empty: model === '' ? { apiVersion, kind } : emptyObject(model, apiVersion, kind),
      filter: resetFilter(resource, subresource),
    };
    bySubresource.set(subresource, door);
  }
  return { ...door, time: registry.identities.time(nowMs) };
}

function builtinSchema({ plural }: ResourceFacts): VersionedSchema {
  const at = (apiVersion: string): ResourceFacts | undefined => {
    const { group, version } = parseApiVersion(apiVersion);
    return resourceAt(group, version, plural);
  };
  return {
    typeAt(apiVersion) {
      const found = at(apiVersion);
      return found && typeOfModel(found.model);
    },
    convert(object, apiVersion) {
      if (object.apiVersion === apiVersion) return object;
      const from = at(object.apiVersion as string);
      const to = at(apiVersion);
      if (!from || !to) return undefined;
      const copy = draft(object) as Draft<KubeObject>;
      const stored = conversionOf(from)?.toStorage(copy) ?? copy;
      return (conversionOf(to)?.fromStorage(stored as unknown as StoredObject) ?? stored) as PlainObject;
    },
  };
}

/** An object in the version of the request. */
function versioned({ conversion }: RequestScope, object: KubeObject): KubeObject {
  return conversion ? conversion.fromStorage(draft(object) as unknown as StoredObject) : object;
}

/** Notes who owns what of an object that the request creates, or changes from `current`. */
export function trackFields(scope: RequestScope, current: StoredObject | undefined, object: Draft<KubeObject>): void {
  const context = fieldContext(scope);
  const live = current && versioned(scope, current);
  if (!scope.conversion) return trackUpdate(context, live, object, managerOf(scope));
  const copy = draft(versioned(scope, object)) as Draft<KubeObject>;
  trackUpdate(context, live, copy, managerOf(scope));
  const { managedFields } = copy.metadata ?? {};
  if (managedFields) metaOf(object).managedFields = managedFields;
  else delete metaOf(object).managedFields;
}

/** What an apply makes of the stored object, in the version of the request. */
export function applyFields(scope: RequestScope, current: StoredObject | undefined, config: KubeObject): Draft<KubeObject> {
  const { fieldManager = '', force = false } = scope.options;
  return applyConfiguration(fieldContext(scope), current && versioned(scope, current), config, fieldManager, force);
}

/** A change that changes nothing but the times of managers changes nothing (IgnoreManagedFieldsTimestampsTransformer). */
export function keepTimes(object: Draft<KubeObject>, current: StoredObject, same: (object: KubeObject, current: StoredObject) => boolean): void {
  const meta = metaOf(object);
  const { managedFields } = meta;
  const before = current.metadata.managedFields;
  if (managedFields === undefined || before === undefined || !sameButTimes(managedFields, before)) return;
  meta.managedFields = before as typeof managedFields;
  if (!same(object, current)) meta.managedFields = managedFields;
}
