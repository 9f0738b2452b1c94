/** Objects as text in the store and as frozen values above it. The resourceVersion is not in the text: it is the key's mod revision. */
import { freeze, type Draft } from '../../api/json.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { KeyValue, Revision } from '../../etcd/store.ts';

/** Any object as it is stored: frozen, with uid and resourceVersion. */
export type StoredObject = Stored<KubeObject>;

/** Reads an object from the store's text. */
export function parseStored(text: string, revision: Revision): StoredObject {
  return sealStored(JSON.parse(text) as Draft<KubeObject>, revision);
}

export function storedOf(kv: KeyValue): StoredObject {
  return parseStored(kv.value, kv.modRevision);
}

/** Gives a written object the resourceVersion that the write got, and freezes it. */
export function sealStored(object: Draft<KubeObject>, revision: Revision): StoredObject {
  (object.metadata ??= {}).resourceVersion = String(revision);
  return freeze(object) as unknown as StoredObject;
}

/** The same object at another revision: what a deletion's event carries. */
export function atRevision(object: StoredObject, revision: Revision): StoredObject {
  return freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } });
}

/** The revision of a stored object. */
export function revisionOf(object: StoredObject): Revision {
  return Number(object.metadata.resourceVersion) as Revision;
}
