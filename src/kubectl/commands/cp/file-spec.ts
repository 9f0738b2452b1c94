/** [[namespace/]pod:]file (kubectl pkg/cmd/cp/cp.go: extractFileSpec, filespec.go). */
import type { Pod } from '../../../api/generated/types.ts';
import { PODS } from '../../../api/kinds.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { containerOrDefault } from '../../shared/containers.ts';

export interface FileSpec {
  /** '' where none was given. */
  readonly namespace: string;
  /** '' for local files. */
  readonly pod: string;
  readonly file: string;
}

export interface CopyWish {
  /** '' for the default one. */
  readonly container: string;
  readonly noPreserve: boolean;
  readonly retries: number;
}

const MALFORMED = 'filespec must match the canonical format: [[namespace/]pod:]file/path';

export function parseFileSpec(text: string): FileSpec {
  const colon = text.indexOf(':');
  if (colon === 0) throw new CommandError(MALFORMED);
  if (colon < 0) return { namespace: '', pod: '', file: withoutSlash(text) };
  const parts = text.slice(0, colon).split('/');
  const file = withoutSlash(text.slice(colon + 1)).replaceAll('\\', '/');
  if (parts.length > 2) throw new CommandError(MALFORMED);
  const [pod = '', namespace = ''] = [...parts].reverse();
  return { namespace, pod, file };
}

export const withoutSlash = (file: string): string => (file !== '/' && file.endsWith('/') ? file.slice(0, -1) : file);

/** The pod that a spec names, and the container to run commands in; `warn` is told of a choice among several. */
export async function targetOf(ctx: CommandContext, { namespace, pod: name }: FileSpec, container: string, warn: (text: string) => void): Promise<{ readonly pod: Pod; readonly container: string }> {
  const pod: Pod = await (await ctx.client()).of(PODS).get(namespace || (await ctx.namespace()), name);
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  return { pod, container: container || containerOrDefault(pod, '', warn).name };
}
