/** The address of the current context's server; the socket where the kubeconfig names none. */
import type { CommandContext } from '../command.ts';
import { readKubeconfig } from '../commands/config/kubeconfig-file.ts';

export function serverAddress(ctx: CommandContext): string {
  const { contexts, clusters, 'current-context': current } = readKubeconfig(ctx);
  const wanted = ctx.globals.values.cluster || contexts[ctx.globals.values.context || current]?.['cluster'];
  const server = typeof wanted === 'string' ? clusters[wanted]?.['server'] : undefined;
  return typeof server === 'string' && server !== '' ? server : `unix://${ctx.home.socket}`;
}
