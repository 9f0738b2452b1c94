/** Files whose content goes into a kubeconfig. */
import { readFileSync, statSync } from 'node:fs';
import type { JsonObject } from '../../../api/json.ts';
import { CommandError } from '../../errors.ts';

/** Throws CommandError where there is no such file. */
export function checkFile(flag: string, file: string): void {
  if (!statSync(file, { throwIfNoEntry: false })) throw new CommandError(`could not stat ${flag} file ${file}: stat ${file}: no such file or directory`);
}

/** Whether what has been embedded is empty. To Go that is something else than nothing: the file is written. */
export function embedsNothing(before: JsonObject, after: JsonObject): boolean {
  return Object.entries(after).some(([field, value]) => field.endsWith('-data') && value === '' && before[field] !== '');
}

/** The file's bytes in base64. */
export function fileData(file: string): string {
  try {
    return readFileSync(file).toString('base64');
  } catch {
    // As kubectl, which looks only whether the file is there.
    return '';
  }
}
