/** Reading one object. */
import { notFound } from '../../api/status.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { parseRevision, tooLarge } from './list.ts';
import type { RequestScope } from './scope.ts';

/** The object that the request names, as stored; throws NotFound. */
export async function readObject(scope: RequestScope): Promise<StoredObject> {
  const { storage, options } = scope;
  const asked = parseRevision(options.resourceVersion);
  if (asked > storage.store.revision) throw tooLarge(asked, storage.store.revision);
  const object = await storage.get(scope.namespace, scope.name);
  if (!object) throw notFound(scope.resource, scope.name);
  return object;
}
