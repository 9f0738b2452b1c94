/** Files whose content goes into a kubeconfig. */
import { readFileSync, statSync } from 'node:fs';
import { CommandError } from '../../errors.ts';

/** Throws CommandError where there is no such file. */
export function checkFile(flag: string, file: string): void {
  if (!statSync(file, { throwIfNoEntry: false })) throw new CommandError(`could not stat ${flag} file ${file}: stat ${file}: no such file or directory`);
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
