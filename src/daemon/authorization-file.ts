/**
 * Remembers in the home what the last daemon with an --authorization-mode was told, so that commands without a daemon
 * and later daemons go by the same rules.
 */
import { AUTHORIZATION_MODES, type AuthorizationMode } from '../apiserver/authorization/modes.ts';
import type { Disk } from '../simulation/disk.ts';

/** The modes in a comma separated list. Throws an Error for names that are none. */
export function parseModes(text: string): readonly AuthorizationMode[] {
  return text.split(',').map((name) => {
    const mode = AUTHORIZATION_MODES.find((known) => known === name.trim());
    if (!mode) throw new Error(`unknown authorization mode ${JSON.stringify(name)}: known are ${AUTHORIZATION_MODES.join(', ')}`);
    return mode;
  });
}

/** What the file says; undefined where there is none. Throws an Error that names the file when it is damaged. */
export function readModes(disk: Disk, path: string): readonly AuthorizationMode[] | undefined {
  if (!disk.exists(path)) return undefined;
  try {
    return parseModes(disk.readFile(path).toString('utf8').trim());
  } catch (error) {
    throw new Error(`${path} is damaged: ${(error as Error).message}`, { cause: error });
  }
}

export function writeModes(disk: Disk, path: string, modes: readonly AuthorizationMode[]): void {
  disk.replaceFile(path, `${modes.join(',')}\n`);
}
