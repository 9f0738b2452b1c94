/** Faults of a request's options. Follows apimachinery pkg/apis/meta/v1/validation and pkg/apis/meta/internalversion/validation. */
import type { RequestOptions } from '../../api/request.ts';
import type { Verb } from '../../api/resource.ts';
import { forbidden, invalid, invalidObject, notSupported, Path, required, tooLong, type FieldError } from '../validation/field.ts';
import type { RequestScope } from './scope.ts';

const MAX_MANAGER_BYTES = 128;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const KINDS: Partial<Record<Verb, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions', list: 'ListOptions', watch: 'ListOptions', deletecollection: 'ListOptions' };

/** Throws 422 with all faults of the options. */
export function checkOptions({ options, request, subresource }: RequestScope): void {
  const { verb, patchType } = request;
  const errors = verb === 'list' || verb === 'deletecollection' ? listErrors(options) : verb === 'watch' ? watchErrors(options) : [];
  if (verb === 'patch') errors.push(...patchErrors(options, patchType === 'apply'));
  if (verb === 'patch' || verb === 'update' || (verb === 'create' && subresource === '')) errors.push(...managerErrors(options.fieldManager ?? ''));
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind: KINDS[verb] ?? '' }, '', errors);
}

function patchErrors({ fieldManager, force }: RequestOptions, apply: boolean): FieldError[] {
  if (apply) return fieldManager ? [] : [required(Path.of('fieldManager'), 'is required for apply patch')];
  return force === undefined ? [] : [forbidden(Path.of('force'), 'may not be specified for non-apply patch')];
}

function managerErrors(manager: string): FieldError[] {
  const path = Path.of('fieldManager');
  const errors = Buffer.byteLength(manager) > MAX_MANAGER_BYTES ? [tooLong(path, MAX_MANAGER_BYTES)] : [];
  let position = 0;
  for (const char of manager) {
    if (!PRINTABLE.test(char)) errors.push(invalid(path, manager, `invalid character ${codePoint(char)} (at position ${position})`));
    position += Buffer.byteLength(char);
  }
  return errors;
}

/** "U+0007": Go's %#U of a character that cannot be printed. */
const codePoint = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

function listErrors({ resourceVersion, resourceVersionMatch: match, continue: token, sendInitialEvents }: RequestOptions): FieldError[] {
  const path = Path.of('resourceVersionMatch');
  const errors: FieldError[] = [];
  if (match !== undefined) {
    if (!resourceVersion) errors.push(forbidden(path, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (token) errors.push(forbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(path, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0') errors.push(forbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (sendInitialEvents !== undefined) errors.push(forbidden(Path.of('sendInitialEvents'), 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchErrors({ resourceVersionMatch: match, continue: token, sendInitialEvents }: RequestOptions): FieldError[] {
  const path = Path.of('resourceVersionMatch');
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') errors.push(forbidden(path, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match !== undefined) {
    if (sendInitialEvents === undefined) errors.push(forbidden(path, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    if (match !== 'NotOlderThan') errors.push(notSupported(path, match, ['NotOlderThan']));
    if (token) errors.push(forbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
  }
  return errors;
}
