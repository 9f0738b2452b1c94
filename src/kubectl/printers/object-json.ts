/** `-o json` of an API object. */
import type { KubeObject } from '../../api/object.ts';
import { toJson } from '../../api/go-json.ts';

/** The object as kubectl prints it, with a newline. */
export function printJson(object: KubeObject): string {
  return `${toJson(object)}\n`;
}
