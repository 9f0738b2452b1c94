/** Steps that many strategies share. */
import { draft, type Draft } from '../../api/json.ts';
import type { ObjectMeta } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';

interface WithStatus<S> {
  status?: S;
}

/** The main resource leaves the status as it is. Shared with the stored object: nobody writes into a status after this. */
export function keepStatus<S>(object: WithStatus<Draft<S>>, old: { readonly status?: S }): void {
  if (old.status === undefined) delete object.status;
  else object.status = old.status as Draft<S>;
}

const META = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

/** Metadata that a subresource does not write (ResetObjectMetaForStatus). */
export function keepMeta(object: Draft<KubeObject>, old: KubeObject, fields: readonly (typeof META)[number][] = META): void {
  const meta: Draft<ObjectMeta> = (object.metadata ??= {});
  for (const field of fields) {
    const before = old.metadata?.[field];
    if (before === undefined) delete meta[field];
    else Object.assign(meta, { [field]: draft(before) });
  }
}

/** A new object begins with this status, whatever the client sent. */
export const startsWith =
  <S extends object>(status: () => S) =>
  (object: WithStatus<S>): void => {
    object.status = status();
  };

/** metadata.generation one up, for changes that the spec does not show. */
export function raiseGeneration(object: Draft<KubeObject>, old: KubeObject): void {
  const meta: Draft<ObjectMeta> = (object.metadata ??= {});
  meta.generation = (old.metadata?.generation ?? 0) + 1;
}
