/** Reading one object. */
import { notFound } from '../../api/status.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { assertReached, parseRevision } from './list.ts';
import type { RequestScope } from './scope.ts';

/** The object that the request names, as stored; throws NotFound. */
export async function readObject(scope: RequestScope): Promise<StoredObject> {
  const { storage, options } = scope;
  const asked = parseRevision(options.resourceVersion);
  await assertReached(storage, asked);
  const object = await storage.get(scope.namespace, scope.name);
  if (!object) throw notFound(scope.resource, scope.name);
  return object;
}
