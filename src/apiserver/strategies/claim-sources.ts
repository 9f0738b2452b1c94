/** What a claim begins with: a volume, a snapshot or something else, under two names. Follows kubernetes pkg/api/persistentvolumeclaim/util.go. */
import type { PersistentVolumeClaimSpec } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';

type Spec = Draft<PersistentVolumeClaimSpec>;
type Source = NonNullable<PersistentVolumeClaimSpec['dataSource']>;

const isOldSource = ({ kind, apiGroup = '' }: Source): boolean => (kind === 'PersistentVolumeClaim' && apiGroup === '') || (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io');
const local = ({ kind, name, apiGroup }: Source): Source => ({ ...(apiGroup === undefined ? {} : { apiGroup }), kind, name });

/** What was never possible under the old name is dropped without a word. */
export function dropSources(spec: Spec, old: PersistentVolumeClaimSpec | undefined): void {
  if (old?.dataSource || old?.dataSourceRef || spec.dataSourceRef) return;
  if (spec.dataSource && !isOldSource(spec.dataSource)) delete spec.dataSource;
}

/** A new claim has its source under both names. */
export function normalizeSources(spec: Spec): void {
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = local(spec.dataSource);
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) spec.dataSource = local(spec.dataSourceRef);
}
