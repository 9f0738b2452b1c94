/** --overrides and --override-type: a patch on a generated object (kubectl pkg/cmd/util/override_options.go). */
import { draft } from '../../api/json.ts';
import { CommandError, textOf } from '../errors.ts';
import type { FlagTable } from '../flags.ts';
import type { Generated } from './object.ts';
import { asTyped } from './typed-object.ts';

export const overrideFlags = {
  'override-type': { type: 'string', default: 'merge', description: 'How --overrides changes the generated object: json, merge, or strategic.' },
  overrides: { type: 'string', default: '', description: 'JSON that changes the generated object before it is sent. It must name the apiVersion.' },
} as const satisfies FlagTable;

/** The object with the overrides applied. Throws CommandError for what cannot be applied. */
export async function override(object: Generated, overrides: string, type: string): Promise<Generated> {
  if (overrides === '') return object;
  if (type !== '' && type !== 'json' && type !== 'merge' && type !== 'strategic') throw new CommandError(`invalid override type: ${type}`);
  const { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, schemaForKind } = await import('../../api/patch/index.ts');
  const patch = await parse(overrides, type);
  const target = draft(object);
  let patched: unknown;
  try {
    if (type === 'json') patched = applyJsonPatch(target, patch as Parameters<typeof applyJsonPatch>[1]);
    else if (type === 'strategic') patched = applyStrategicMergePatch(target, patch as never, schemaForKind(object.apiVersion, object.kind) as never);
    else patched = applyMergePatch(target, patch as never);
  } catch (error) {
    throw new CommandError(textOf(error));
  }
  return asTyped(patched as Generated);
}

async function parse(text: string, type: string): Promise<unknown> {
  const { JsonError, readJsonStream } = await import('../builder/json-reader.ts');
  try {
    const [first] = [...readJsonStream(text)];
    const value: unknown = first?.value ?? {};
    if (type !== 'json' && type !== 'strategic' && (typeof value !== 'object' || Array.isArray(value))) throw new CommandError(`couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`);
    return value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CommandError(type === 'merge' || type === '' ? 'Invalid JSON Patch' : error.message);
  }
}
