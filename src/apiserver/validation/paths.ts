/** Paths in volumes and mounts. Follows kubernetes pkg/apis/core/validation/validation.go. */
import { invalid, type FieldError, type Path } from './field.ts';

export function checkNoBacksteps(target: string, path: Path, errors: FieldError[]): void {
  if (target.includes('..') && target.split('/').includes('..')) errors.push(invalid(path, target, "must not contain '..'"));
}

/** A relative path that stays below where it begins. */
export function checkDescendingPath(target: string, path: Path, errors: FieldError[]): void {
  if (target.startsWith('/')) errors.push(invalid(path, target, 'must be a relative path'));
  checkNoBacksteps(target, path, errors);
}

/** As checkDescendingPath, and no name that a volume's own files have ("..data"). */
export function checkLocalPath(target: string, path: Path, errors: FieldError[]): void {
  checkDescendingPath(target, path, errors);
  if (target.startsWith('..') && !target.startsWith('../')) errors.push(invalid(path, target, "must not start with '..'"));
}
