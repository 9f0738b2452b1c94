/** One object that a command works on: where it came from, what it is, and its content once it is known. */
import type { Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';

/** An object of any kind, writable. */
export type UnstructuredObject = Draft<KubeObject> & { [key: string]: unknown };

export interface Info {
  /** The resource that serves it; undefined only for local work on kinds that no table knows. */
  readonly resource: ResourceFacts;
  /** '' for cluster-scoped objects. */
  namespace: string;
  name: string;
  /** The file's path or "STDIN"; '' for objects named by arguments. */
  readonly source: string;
  /** Undefined until the object has been fetched, where it was named by arguments and `requireObject` is false. */
  object: UnstructuredObject | undefined;
  resourceVersion: string;
  /** Why the document that it stands in is none; such objects are handed out only where that was asked for. */
  invalid?: Error;
}

/** The object of an info that certainly has one. */
export function objectOf(info: Info): UnstructuredObject {
  if (!info.object) throw new Error(`${info.resource.plural}/${info.name} has not been read`);
  return info.object;
}
