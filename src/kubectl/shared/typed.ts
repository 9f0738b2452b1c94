/**
 * Objects as kubectl's typed commands hold them (rollout, set, taint): what Go's struct of the kind keeps of a manifest,
 * with the fields that it always writes (cli-runtime pkg/resource/builder.go: WithScheme).
 */
import { decodeObject } from '../../api/decode/decoder.ts';
import { structOf } from '../../api/decode/table.ts';
import { withNulls } from '../../api/null-fields.ts';
import { goQuote } from '../../api/quote.ts';
import { resourceForKind } from '../../api/resource.ts';
import { DecodeError } from '../builder/decode.ts';
import type { UnstructuredObject } from '../builder/info.ts';

/** Where the real kubectl's table of kinds is made: part of its error text. */
const SCHEME = 'pkg/scheme/scheme.go:28';

/** The struct's kind is not in that table. */
export class NotRegisteredError extends DecodeError {
  constructor(apiVersion: string, kind: string) {
    super(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "${SCHEME}"`);
  }
}

/** The object in the form that Go's struct of its kind would write. Throws DecodeError. */
export function typedObject(object: UnstructuredObject): UnstructuredObject {
  const { apiVersion = '', kind = '' } = object;
  const resource = resourceForKind(apiVersion, kind);
  const struct = resource && structOf(resource.model);
  if (!resource || !struct) throw new NotRegisteredError(apiVersion, kind);
  const { value, error } = decodeObject(struct, object, 'json');
  if (error !== undefined) throw new DecodeError(error);
  return withNulls(resource, Object.assign(value, { apiVersion, kind }), true) as unknown as UnstructuredObject;
}
