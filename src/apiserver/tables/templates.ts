/** Cells that show a pod template: names and images of its containers. */
import type { LabelSelector, PodSpec } from '../../api/generated/types.ts';
import { formatLabelSelector } from '../../api/labels.ts';
import { formatLabels, wide } from './table.ts';

export const templateColumns = [wide('Containers'), wide('Images')] as const;

/** "nginx,sidecar" and "nginx:1.27,busybox". */
export function formatTemplate(spec: PodSpec | undefined): [string, string] {
  const containers = spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
}

export const formatSelector = (selector: LabelSelector | undefined): string => formatLabelSelector(selector);
export const formatSelectorMap = (selector: Readonly<Record<string, string>> | undefined): string => formatLabels(selector);
