/** --overrides and --override-type: a patch on a generated object (kubectl pkg/cmd/util/override_options.go). */
import { toJson } from '../../api/go-json.ts';
import { draft } from '../../api/json.ts';
import { CommandError } from '../errors.ts';
import type { FlagTable } from '../flags.ts';
import type { Generated } from './object.ts';

export const overrideFlags = {
  'override-type': { type: 'string', default: 'merge', description: 'How --overrides changes the generated object: json, merge, or strategic.' },
  overrides: { type: 'string', default: '', description: 'JSON that changes the generated object before it is sent. It must name the apiVersion.' },
} as const satisfies FlagTable;

/** The object with the overrides applied. Throws CommandError for what cannot be applied. */
export async function override(object: Generated, overrides: string, type: string): Promise<Generated> {
  if (overrides === '') return object;
  if (type !== '' && type !== 'json' && type !== 'merge' && type !== 'strategic') throw new CommandError(`invalid override type: ${type}`);
  const [{ readTyped }, { patchLocally, readJsonPatch }] = await Promise.all([import('../builder/typed-documents.ts'), import('../shared/local-patch.ts')]);
  const patched = await patchLocally(draft(object), readJsonPatch(overrides), type === '' ? 'merge' : type);
  const document = readTyped(patched, () => toJson(patched, 'sorted', ''));
  return ('object' in document ? document.object : patched) as unknown as Generated;
}
