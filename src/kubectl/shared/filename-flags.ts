/** -f, -k and -R. */
import { CommandError } from '../errors.ts';
import type { FlagTable } from '../flags.ts';

export const filenameFlags = {
  filename: { type: 'strings', default: [], short: 'f', description: 'File or folder with the objects, or - for standard input; may be given several times.' },
  kustomize: { type: 'string', default: '', short: 'k', description: 'Kustomization folder. Not together with -f or -R.' },
  recursive: { type: 'bool', default: false, short: 'R', description: 'Read the folders that -f names with all that is below them.' },
} as const satisfies FlagTable;

/** What the three flags say. */
export interface FilenameOptions {
  readonly filenames: readonly string[];
  readonly kustomize: string;
  readonly recursive: boolean;
}

/** From parsed flags; some commands have no -k. */
export function filenameOptions(flags: { readonly values: { readonly filename: readonly string[]; readonly recursive: boolean; readonly kustomize?: string } }): FilenameOptions {
  const { filename, kustomize = '', recursive } = flags.values;
  return { filenames: filename, kustomize, recursive };
}

/** Fails where neither -f nor -k was given. */
export function requireFilename(options: FilenameOptions): void {
  if (options.filenames.length === 0 && options.kustomize === '') throw new CommandError('must specify one of -f and -k');
}
