/** What both forms of top share: flags, and whether there are metrics at all. */
import { parseFieldSelector } from '../../../api/fields.ts';
import { parseSelector } from '../../../api/labels.ts';
import type { CommandContext } from '../../command.ts';
import { discoverVersions } from '../../discovery.ts';
import { CommandError } from '../../errors.ts';
import type { FlagTable } from '../../flags.ts';
import { selectorFlags } from '../../shared/write-flags.ts';

export const topFlags = {
  ...selectorFlags,
  'no-headers': { type: 'bool', default: false, description: 'Without the line of titles.' },
  'sort-by': { type: 'string', default: '', description: "Sort by 'cpu' or 'memory'." },
  'use-protocol-buffers': { type: 'bool', default: true, description: 'Speak protobuf to the Metrics API.' },
} as const satisfies FlagTable;

export function checkSort(by: string): void {
  if (by !== '' && by !== 'cpu' && by !== 'memory') throw new CommandError('--sort-by accepts only cpu or memory');
}

const METRICS = 'metrics.k8s.io/v1beta1';

/**
 * Ends the command: no server offers metrics, or none are there yet. Simulated containers use no CPU and no memory that
 * could be measured; those that another cluster's server has are not read yet.
 */
export async function requireMetrics(ctx: CommandContext, labelSelector: string, fieldSelector: string): Promise<never> {
  if (labelSelector !== '') parseSelector(labelSelector);
  if (fieldSelector !== '') parseFieldSelector(fieldSelector);
  const versions = await discoverVersions((await ctx.client()).transport);
  throw new CommandError(versions.includes(METRICS) ? 'metrics not available yet' : 'Metrics API not available');
}
