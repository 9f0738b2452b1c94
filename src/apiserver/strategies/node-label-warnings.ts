/** Labels of nodes that have newer names, where objects beside pods ask for them. Follows kubernetes pkg/api/node/util.go and pkg/api/storage/util.go. */
import type { CSIStorageCapacity, RuntimeClass, StorageClass } from '../../api/generated/types.ts';
import { Path } from '../validation/field.ts';
import { nodeLabelWarning } from './node-warnings.ts';

function warn(key: string, at: Path, what = ''): string[] {
  const text = nodeLabelWarning(key);
  return text === undefined ? [] : [`${at}: ${what}${text}`];
}

export function storageClassWarnings({ allowedTopologies = [] }: StorageClass): string[] {
  return allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
    matchLabelExpressions.flatMap(({ key }, j) => warn(key, Path.of('allowedTopologies').index(i).child('matchLabelExpressions').index(j).child('key'))));
}

export function storageCapacityWarnings({ nodeTopology }: CSIStorageCapacity): string[] {
  const at = Path.of('nodeTopology');
  return [
    ...(nodeTopology?.matchExpressions ?? []).flatMap(({ key }, i) => warn(key, at.child('matchExpressions').index(i).child('key'), `${key} is `)),
    ...Object.keys(nodeTopology?.matchLabels ?? {}).flatMap((key) => warn(key, at.child('matchLabels', key))),
  ];
}

export function runtimeClassWarnings({ scheduling }: RuntimeClass): string[] {
  return Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => warn(key, Path.of('scheduling', 'nodeSelector')));
}
