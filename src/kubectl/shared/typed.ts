/**
 * Objects as kubectl's typed commands hold them (rollout, set, taint): what Go's struct of the kind keeps of a manifest,
 * with the fields that it always writes (cli-runtime pkg/resource/builder.go: WithScheme).
 */
import { decodeObject } from '../../api/decode/decoder.ts';
import { structOf } from '../../api/decode/table.ts';
import { goQuote } from '../../api/quote.ts';
import { resourceForKind } from '../../api/resource.ts';
import type { UnstructuredObject } from '../builder/info.ts';
import { CommandError } from '../errors.ts';

/** Where the real kubectl's table of kinds is made: part of its error text. */
const SCHEME = 'pkg/scheme/scheme.go:28';

/** The object in the form that Go's struct of its kind would write. `source`: where it came from, '' for the server. Throws for kinds that kubectl has no struct for. */
export function typedObject(object: UnstructuredObject, source = ''): UnstructuredObject {
  const { apiVersion = '', kind = '' } = object;
  const fail = (text: string): CommandError => new CommandError(source === '' ? text : `unable to decode ${goQuote(source)}: ${text}`);
  const resource = resourceForKind(apiVersion, kind);
  const struct = resource && structOf(resource.model);
  if (!struct) throw fail(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "${SCHEME}"`);
  const { value, error } = decodeObject(struct, object, 'json', undefined);
  if (error !== undefined) throw fail(error);
  return Object.assign(value, { apiVersion, kind }) as unknown as UnstructuredObject;
}
