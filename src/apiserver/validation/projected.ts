/** Validation of projected volumes. Follows kubernetes pkg/apis/core/validation/validation.go (validateProjectionSources). */
import type { ProjectedVolumeSource } from '../../api/generated/types.ts';
import { forbidden, invalid, required, type FieldError, type Path } from './field.ts';
import { checkLocalPath } from './paths.ts';
import { checkDownwardFile, checkKeyToPath } from './volume-files.ts';

const LEAST_SECONDS = 600;
const MOST_SECONDS = 2 ** 32;

/** Sources of several kinds, whose files must not get into each other's way. */
export function checkProjected(projected: ProjectedVolumeSource, path: Path, errors: FieldError[]): void {
  const paths = new Set<string>();
  const take = (file: string | undefined, owner: string): void => {
    if (!file) return;
    if (paths.has(file)) errors.push(invalid(path, owner, 'conflicting duplicate paths'));
    else paths.add(file);
  };
  (projected.sources ?? []).forEach((source, i) => {
    const at = path.child('sources').index(i);
    let count = 0;
    for (const name of ['secret', 'configMap'] as const) {
      const part = source[name];
      if (!part) continue;
      count++;
      if (!part.name) errors.push(required(at.child(name, 'name')));
      (part.items ?? []).forEach((item, j) => {
        checkKeyToPath(item, at.child(name, 'items').index(j), errors);
        take(item.path, part.name ?? '');
      });
    }
    if (source.downwardAPI) {
      count++;
      for (const file of source.downwardAPI.items ?? []) {
        checkDownwardFile(file, at.child('downwardAPI'), errors);
        take(file.path, file.path);
      }
    }
    const token = source.serviceAccountToken;
    if (token) {
      count++;
      const secondsPath = at.child('serviceAccountToken', 'expirationSeconds');
      const seconds = token.expirationSeconds ?? 0;
      if (seconds < LEAST_SECONDS) errors.push(invalid(secondsPath, seconds, 'may not specify a duration less than 10 minutes'));
      if (seconds > MOST_SECONDS) errors.push(invalid(secondsPath, seconds, 'may not specify a duration larger than 2^32 seconds'));
      if (!token.path) errors.push(required(path.child('path')));
      else checkLocalPath(token.path, path.child('path'), errors);
    }
    if (count > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type per source'));
  });
}
