/**
 * Deletion: at once, after a grace period, or when the finalizers are gone. Follows apiserver
 * pkg/registry/generic/registry/store.go: Delete, and pkg/registry/rest/delete.go: BeforeDelete.
 */
import { draft, freeze, type Draft } from '../../api/json.ts';
import type { ObjectMeta } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { RequestOptions } from '../../api/request.ts';
import { conflict, notFound, StatusError, type StatusObject } from '../../api/status.ts';
import { formatTime, parseTime } from '../../api/time.ts';
import { invalid, invalidObject, notSupported, Path } from '../validation/field.ts';
import type { WriteHooks } from './create.ts';
import type { Change } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { returnsDeleted } from './generic-strategy.ts';
import { attributesOf, type RequestScope } from './scope.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

export interface DeleteResult {
  /** The object where it stays for a while (or the kind shows its last state), otherwise a Status. */
  readonly object: KubeObject;
  /** The object as it was last. */
  readonly last: StoredObject;
  /** Whether it is gone. */
  readonly deleted: boolean;
}

/** What to do with the object on this request. */
type Verdict =
  | { readonly type: 'gone' }
  /** It is on its way already; nothing changes. */
  | { readonly type: 'pending' }
  | { readonly type: 'mark'; readonly object: Draft<KubeObject>; readonly thenGone: boolean };

export async function deleteObject(scope: RequestScope, hooks: Pick<WriteHooks, 'afterDelete'> = {}): Promise<DeleteResult> {
  checkDeleteOptions(scope.options);
  const { storage } = scope;
  for (;;) {
    const found: { current?: StoredObject; verdict: Verdict } = { verdict: { type: 'pending' } };
    const result = await storage.change(scope.namespace, scope.name, async (current): Promise<Change> => {
      if (!current) throw notFound(scope.resource, scope.name);
      checkPreconditions(scope, current);
      await admitDeletion(scope, current);
      const verdict = judge(scope, current);
      found.current = current;
      found.verdict = verdict;
      if (scope.options.dryRun || verdict.type === 'pending') return { type: 'keep' };
      return verdict.type === 'gone' ? { type: 'delete' } : { type: 'put', object: verdict.object };
    });
    const last = (result.type === 'put' ? result.object : found.current) as StoredObject;
    const { verdict } = found;
    if (verdict.type === 'gone') return gone(scope, last, hooks);
    if (verdict.type === 'pending') return { object: returnsDeleted(storage.resource) ? last : success(scope, last), last, deleted: false };
    if (scope.options.dryRun) {
      const object = freeze(verdict.object) as unknown as StoredObject;
      return { object, last: object, deleted: verdict.thenGone };
    }
    if (!verdict.thenGone) return { object: last, last, deleted: false };
    // No grace is left: components have seen the mark, now the object goes; unless somebody changed it meanwhile.
    const removed = await storage.change(scope.namespace, scope.name, (current): Change =>
      current?.metadata.uid === last.metadata.uid && !current.metadata.finalizers?.length ? { type: 'delete' } : { type: 'keep' });
    if (removed.type === 'delete' || !removed.object) return gone(scope, last, hooks);
  }
}

/** Marks an object for its finalizers, or decides that it can go (updateForGracefulDeletionAndFinalizers). */
function judge(scope: RequestScope, current: StoredObject): Verdict {
  const grace = gracePeriod(scope, current);
  if (grace === 'pending') return { type: 'pending' };
  const finalizers = deletionFinalizers(scope, current);
  const changed = finalizers !== undefined;
  const kept = finalizers ?? current.metadata.finalizers ?? [];
  if (grace === undefined && kept.length === 0) return { type: 'gone' };
  const object = withMeta(current);
  const meta = object.metadata as Draft<ObjectMeta>;
  if (changed) {
    if (kept.length > 0) meta.finalizers = [...kept];
    else delete meta.finalizers;
  }
  if (meta.deletionTimestamp === undefined && (meta.generation ?? 0) > 0) meta.generation = (meta.generation ?? 0) + 1;
  if (grace !== undefined) {
    meta.deletionTimestamp = grace.deletionTimestamp;
    meta.deletionGracePeriodSeconds = grace.seconds;
    return { type: 'mark', object, thenGone: grace.seconds === 0 && kept.length === 0 };
  }
  const due = parseTime(meta.deletionTimestamp);
  if (due === undefined || due > scope.nowMs) meta.deletionTimestamp = formatTime(scope.nowMs);
  meta.deletionGracePeriodSeconds = 0;
  return { type: 'mark', object, thenGone: false };
}

interface Grace {
  readonly seconds: number;
  readonly deletionTimestamp: string;
}

/** rest.BeforeDelete: the grace period that begins or is shortened; undefined where there is none. */
function gracePeriod(scope: RequestScope, current: StoredObject): Grace | 'pending' | undefined {
  const { strategy, options, nowMs } = scope;
  if (!strategy.gracePeriodSeconds) return undefined;
  const meta = current.metadata;
  // Negative periods count as one second.
  const asked = options.gracePeriodSeconds !== undefined && options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds;
  if (meta.deletionTimestamp !== undefined) {
    const running = meta.deletionGracePeriodSeconds ?? 0;
    if (running === 0) return undefined;
    if (asked === undefined || asked >= running) return 'pending';
    const due = parseTime(meta.deletionTimestamp) + (asked - running) * 1000;
    if (due >= nowMs) return { seconds: asked, deletionTimestamp: formatTime(due) };
    return { seconds: asked === 0 ? 0 : 1, deletionTimestamp: formatTime(nowMs) };
  }
  const seconds = strategy.gracePeriodSeconds(current, asked === undefined ? options : { ...options, gracePeriodSeconds: asked });
  return seconds === undefined ? undefined : { seconds, deletionTimestamp: formatTime(nowMs + seconds * 1000) };
}

/** The finalizers with those for the garbage collector as the request wants them; undefined where nothing changes. */
function deletionFinalizers(scope: RequestScope, current: StoredObject): string[] | undefined {
  const old = current.metadata.finalizers ?? [];
  const fallback = scope.strategy.defaultPropagation ?? 'Background';
  const policy = scope.options.propagationPolicy;
  let orphan = false;
  let foreground = false;
  if (fallback !== 'Unsupported') {
    if (policy) {
      orphan = policy === 'Orphan';
      foreground = policy === 'Foreground';
    } else {
      const first = old.find((finalizer) => finalizer === ORPHAN || finalizer === FOREGROUND);
      orphan = first === ORPHAN || (first === undefined && fallback === 'Orphan');
      foreground = first === FOREGROUND;
    }
  }
  const finalizers = old.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (orphan) finalizers.push(ORPHAN);
  if (foreground) finalizers.push(FOREGROUND);
  const before = new Set(old);
  return finalizers.length === before.size && finalizers.every((finalizer) => before.has(finalizer)) ? undefined : finalizers;
}

export function checkDeleteOptions(options: RequestOptions): void {
  const policy: string | undefined = options.propagationPolicy;
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy)) {
    throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [notSupported(Path.of('propagationPolicy'), policy, ['Foreground', 'Background', 'Orphan', 'nil'])]);
  }
  if (options.gracePeriodSeconds !== undefined && !Number.isInteger(options.gracePeriodSeconds)) {
    throw invalidObject({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [invalid(Path.of('gracePeriodSeconds'), options.gracePeriodSeconds, 'must be an integer')]);
  }
}

function checkPreconditions(scope: RequestScope, current: StoredObject): void {
  const { uid, resourceVersion } = scope.options.preconditions ?? {};
  const kind = { group: scope.resource.group, plural: scope.resource.kind };
  if (uid !== undefined && uid !== current.metadata.uid) {
    throw conflict(kind, scope.name, `the UID in the precondition (${uid}) does not match the UID in record (${current.metadata.uid}). The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
    throw conflict(kind, scope.name, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${current.metadata.resourceVersion}). The object might have been modified`);
  }
}

export async function admitDeletion(scope: RequestScope, current: StoredObject): Promise<void> {
  const attributes = attributesOf(scope, 'delete', undefined, current);
  await scope.registry.admission.admit(attributes, scope.stations);
  const release = await scope.registry.admission.validate(attributes);
  release();
}

async function gone(scope: RequestScope, last: StoredObject, { afterDelete }: Pick<WriteHooks, 'afterDelete'>): Promise<DeleteResult> {
  if (!scope.options.dryRun) {
    scope.registry.identities.deleted(scope.storage.key(scope.namespace, scope.name));
    await afterDelete?.(last);
  }
  return { object: returnsDeleted(scope.storage.resource) ? last : success(scope, last), last, deleted: true };
}

function success(scope: RequestScope, last: StoredObject): KubeObject {
  const { group, plural } = scope.resource;
  const status: Partial<StatusObject> = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name: last.metadata.name, ...(group ? { group } : {}), kind: plural, uid: last.metadata.uid } };
  return status as KubeObject;
}

/** A copy whose metadata can be changed; everything else is shared. */
function withMeta(current: StoredObject): Draft<KubeObject> {
  return { ...current, metadata: draft(current.metadata) } as Draft<KubeObject>;
}

/** Deletes what a list selects, one after the other; objects that went meanwhile don't count. */
export async function deleteEach(scopes: readonly RequestScope[], hooks: Pick<WriteHooks, 'afterDelete'> = {}): Promise<void> {
  for (const scope of scopes) {
    try {
      await deleteObject(scope, hooks);
    } catch (error) {
      if (!(error instanceof StatusError && error.reason === 'NotFound')) throw error;
    }
  }
}
