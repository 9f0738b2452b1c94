/** What both forms of top share: flags, and how metrics are asked for (kubectl pkg/cmd/top/top.go). */
import type { KubeObject } from '../../../api/object.ts';
import type { RequestOptions } from '../../../api/request.ts';
import type { CommandContext } from '../../command.ts';
import { discoverVersions } from '../../discovery.ts';
import { CommandError } from '../../errors.ts';
import type { FlagTable } from '../../flags.ts';
import { selectorFlags } from '../../shared/write-flags.ts';
import type { SortBy, Usage } from './usage.ts';

export const topFlags = {
  ...selectorFlags,
  'no-headers': { type: 'bool', default: false, description: 'Without the line of titles.' },
  'sort-by': { type: 'string', default: '', description: "Sort by 'cpu' or 'memory'." },
  // JSON brings the same.
  'use-protocol-buffers': { type: 'bool', default: true, description: 'Speak protobuf to the Metrics API.' },
} as const satisfies FlagTable;

/** --sort-by */
export function sortOf(by: string): SortBy {
  if (by !== '' && by !== 'cpu' && by !== 'memory') throw new CommandError('--sort-by accepts only cpu or memory');
  return by;
}

const GROUP = 'metrics.k8s.io';
const VERSION = 'v1beta1';

/** NodeMetrics */
export interface NodeMetrics extends KubeObject {
  readonly usage?: Usage;
}

/** PodMetrics */
export interface PodMetrics extends KubeObject {
  readonly containers?: readonly { readonly name: string; readonly usage?: Usage }[];
}

/** Which objects are meant: one by its name, or those that selectors match. An empty namespace stands for all. */
export interface MetricsQuery {
  readonly resource: 'nodes' | 'pods';
  readonly namespace: string;
  readonly name: string | undefined;
  readonly options: RequestOptions;
}

/** Asks the Metrics API. Throws where no server offers it; a new cluster has none. */
export async function readMetrics<Metrics extends KubeObject>(ctx: CommandContext, { resource, namespace, name, options }: MetricsQuery): Promise<readonly Metrics[]> {
  const client = await ctx.client();
  const versions = await discoverVersions(client.transport);
  if (!versions.includes(`${GROUP}/${VERSION}`)) throw new CommandError('Metrics API not available');
  const { object } = await client.transport.request({
    ...client.identity, verb: name === undefined ? 'list' : 'get', group: GROUP, version: VERSION, resource, options,
    ...(namespace === '' ? {} : { namespace }), ...(name === undefined ? {} : { name }),
  });
  return name === undefined ? ((object as KubeObject & { readonly items?: readonly Metrics[] }).items ?? []) : [object as Metrics];
}
