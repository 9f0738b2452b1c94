/** Keeps a finalizer on an object that is in use, and takes it off one that is going and isn't. */
import { draft } from '../../api/json.ts';
import { isTerminating, type KubeObject, type Stored } from '../../api/object.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import type { ResourceClient } from '../../client/client.ts';

/** Conflicts are nobody's loss: the object comes again with its newer version. */
export async function protectWhileUsed<T extends KubeObject>(api: ResourceClient<T>, object: Stored<T>, finalizer: string, used: boolean): Promise<void> {
  const going = isTerminating(object as KubeObject);
  const finalizers = object.metadata.finalizers ?? [];
  const held = finalizers.includes(finalizer);
  if (going ? !held || used : held) return;
  const next = draft(object) as Stored<T> & { metadata: { finalizers?: string[] } };
  next.metadata.finalizers = going ? finalizers.filter((name) => name !== finalizer) : [...finalizers, finalizer];
  try {
    await api.update(next as unknown as T, { reason: going ? 'nobody uses it any more' : 'it must not go while somebody uses it' });
  } catch (error) {
    if (!isConflict(error) && !isNotFound(error)) throw error;
  }
}
