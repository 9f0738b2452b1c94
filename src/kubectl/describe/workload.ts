/** What the descriptions of workloads have in common. */
import type { DescriptionWriter } from './writer.ts';
import type { PodCounts } from './reader.ts';

export const podCountsText = ({ running, waiting, succeeded, failed }: PodCounts): string => `${running} Running / ${waiting} Waiting / ${succeeded} Succeeded / ${failed} Failed`;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

/** Conditions of deployments and replica sets: type, status, reason. */
export function writeShortConditions(w: DescriptionWriter, conditions: readonly Condition[] = []): void {
  if (conditions.length === 0) return;
  w.heading('Conditions');
  w.columns(1, 'Type', 'Status', 'Reason');
  for (const { type, status, reason = '' } of conditions) w.row(1, `${type} `, status, reason);
}
