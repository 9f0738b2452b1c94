/** Validation of the files that volumes are filled with. Follows kubernetes pkg/apis/core/validation/validation.go. */
import type { DownwardAPIVolumeFile, KeyToPath } from '../../api/generated/types.ts';
import { checkFieldRef, checkResourceFieldRef, VOLUME_FIELD_PATHS } from './downward.ts';
import { invalid, required, type FieldError, type Path } from './field.ts';
import { checkLocalPath } from './paths.ts';
import { needs } from './volume-sources.ts';

const MODE_TEXT = 'must be a number between 0 and 0777 (octal), both inclusive';

export function checkMode(mode: number | undefined, path: Path, errors: FieldError[]): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) errors.push(invalid(path, mode, MODE_TEXT));
}

export function checkItems(items: readonly KeyToPath[] | undefined, path: Path, errors: FieldError[]): void {
  (items ?? []).forEach((item, i) => checkKeyToPath(item, path.child('items').index(i), errors));
}

export function checkKeyToPath(item: KeyToPath, path: Path, errors: FieldError[]): void {
  needs<KeyToPath>('key', 'path')(item, path, errors);
  checkLocalPath(item.path ?? '', path.child('path'), errors);
  checkMode(item.mode, path.child('mode'), errors);
}

export function checkDownwardFile(file: DownwardAPIVolumeFile, path: Path, errors: FieldError[]): void {
  needs<DownwardAPIVolumeFile>('path')(file, path, errors);
  checkLocalPath(file.path ?? '', path.child('path'), errors);
  if (file.fieldRef) {
    checkFieldRef(file.fieldRef, VOLUME_FIELD_PATHS, path.child('fieldRef'), errors);
    if (file.resourceFieldRef) errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (file.resourceFieldRef) checkResourceFieldRef(file.resourceFieldRef, true, path.child('resourceFieldRef'), errors);
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  checkMode(file.mode, path.child('mode'), errors);
}
