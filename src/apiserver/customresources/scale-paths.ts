/** Where a custom resource keeps what its scale subresource shows. Follows apiextensions-apiserver pkg/registry/customresource/{etcd,validator}.go. */
import type { CustomResourceSubresourceScale } from '../../api/generated/types.ts';
import { goSyntax, goType } from '../../api/go-value.ts';
import { invalid, type FieldError } from '../validation/field.ts';
import { isFields, type Fields } from './schema/schema.ts';

const MAX_INT32 = 2 ** 31 - 1;

export const splitPath = (path: string): string[] => path.replace(/^\./, '').split('.');

/** The value at a path; an error's text where something on the way or the value itself is not what it should be. */
export function nested(object: unknown, path: string, type: 'number' | 'string'): { readonly value?: number | string; readonly error?: string } {
  const names = splitPath(path);
  let value: unknown = object;
  for (const [i, name] of names.entries()) {
    if (value === null || value === undefined) return {};
    if (!isFields(value)) return { error: `.${names.slice(0, i).join('.')} accessor error: ${goSyntax(value, 'int64')} is of the type ${goType(value, 'int64')}, expected map[string]interface{}` };
    if (!Object.hasOwn(value, name)) return {};
    value = value[name];
  }
  if (typeof value === type && (type === 'string' || Number.isInteger(value))) return { value: value as number | string };
  return { error: `.${names.join('.')} accessor error: ${value === null ? '<nil>' : String(value)} is of the type ${goType(value, 'int64')}, expected ${type === 'string' ? 'string' : 'int64'}` };
}

/** Puts a number at a path, and the objects on the way. */
export function setNested(object: Fields, path: string, value: number): void {
  const names = splitPath(path);
  let place = object;
  for (const name of names.slice(0, -1)) {
    const next = place[name];
    place = isFields(next) ? next : ((place[name] = {}) as Fields);
  }
  place[names.at(-1) ?? ''] = value;
}

function checkReplicas(object: unknown, path: string): FieldError[] {
  const { value = 0, error } = nested(object, path, 'number');
  if (error !== undefined) return [invalid(path, 0, error)];
  if (Number(value) < 0) return [invalid(path, value, 'should be a non-negative integer')];
  return Number(value) > MAX_INT32 ? [invalid(path, value, `should be less than or equal to ${MAX_INT32}`)] : [];
}

export function validateScaleSpec(object: unknown, scale: CustomResourceSubresourceScale | undefined): FieldError[] {
  return scale ? checkReplicas(object, scale.specReplicasPath) : [];
}

export function validateScaleStatus(object: unknown, scale: CustomResourceSubresourceScale | undefined): FieldError[] {
  if (!scale) return [];
  const errors = checkReplicas(object, scale.statusReplicasPath);
  const selector = scale.labelSelectorPath ? nested(object, scale.labelSelectorPath, 'string').error : undefined;
  return selector === undefined ? errors : [...errors, invalid(scale.labelSelectorPath ?? '', '', selector)];
}
