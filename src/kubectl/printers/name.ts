/** "deployment.apps/web created" and `-o name` (cli-runtime pkg/printers/name.go). */
import type { KubeObject } from '../../api/object.ts';
import { parseApiVersion } from '../../api/resource.ts';
import { CommandError } from '../errors.ts';

/** "pod/web", "deployment.apps/web". */
export function objectName(object: KubeObject): string {
  const { group } = parseApiVersion(object.apiVersion ?? '');
  const kind = (object.kind ?? '').toLowerCase();
  if (kind === '') throw new CommandError('missing kind while printing name');
  const name: unknown = object.metadata?.name;
  return `${kind}${group === '' ? '' : `.${group}`}/${typeof name === 'string' && name !== '' ? name : '<unknown>'}`;
}

/** One line per object, items of lists each on their own; `operation` follows the name. */
export function nameLines(object: KubeObject & { readonly items?: unknown }, operation = ''): string {
  if (Array.isArray(object.items)) return (object.items as KubeObject[]).map((item) => nameLines(item, operation)).join('');
  return `${objectName(object)}${operation === '' ? '' : ` ${operation}`}\n`;
}
