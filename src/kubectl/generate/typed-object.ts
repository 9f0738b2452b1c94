/** An object as Go's struct of its kind would hold it: unknown fields gone, structs that nobody set there. */
import { decodeObject } from '../../api/decode/decoder.ts';
import { structOf } from '../../api/decode/table.ts';
import { resourceForKind } from '../../api/resource.ts';
import { CommandError } from '../errors.ts';
import type { Generated } from './object.ts';

export function asTyped(object: Generated): Generated {
  const struct = structOf(resourceForKind(object.apiVersion, object.kind)?.model ?? '');
  if (!struct) throw new CommandError(`no kind ${JSON.stringify(object.kind)} is registered for version ${JSON.stringify(object.apiVersion)} in scheme "pkg/scheme/scheme.go:28"`);
  const { value, error } = decodeObject(struct, object, 'json');
  if (error !== undefined) throw new CommandError(error);
  return { ...value, kind: object.kind, apiVersion: object.apiVersion } as unknown as Generated;
}
