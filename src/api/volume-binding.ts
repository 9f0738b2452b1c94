/**
 * Which volume a claim may have, and what binding them writes. The volume controller and the scheduler agree on it.
 * Follows component-helpers storage/volume/{helpers,pv_helpers}.go.
 */
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass, Volume } from './generated/types.ts';
import { draft } from './json.ts';
import { selectorFromLabelSelector } from './labels.ts';
import { isTerminating, type KubeObject, type Stored } from './object.ts';
import { parseQuantity, type Quantity } from './quantity.ts';

/** On a claim: it has had its volume. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** On a claim or a volume: the other was chosen by a controller, not by the user. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** On a claim: the node for which the scheduler wants a volume made. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
/** The provisioner of classes whose volumes are made by hand. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

type Claim = Stored<PersistentVolumeClaim>;
type PV = Stored<PersistentVolume>;

export const hasAnnotation = ({ metadata }: Stored<KubeObject>, name: string): boolean => metadata.annotations?.[name] !== undefined;

/** The class that a claim or a volume names; undefined where it names none, which for a claim is not the class "". */
export const storageClassOf = ({ metadata, spec }: Claim | PV): string | undefined => metadata.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName;

/** Whether a claim of this class has to wait for a pod that uses it. */
export const waitsForConsumer = (storageClass: StorageClass | undefined): boolean => storageClass?.volumeBindingMode === 'WaitForFirstConsumer';

/** The claim that a volume of a pod is about: its own, or the one that is made for it. */
export const claimNameOf = ({ persistentVolumeClaim, ephemeral, name }: Volume, pod: Pod): string | undefined => persistentVolumeClaim?.claimName ?? (ephemeral ? `${pod.metadata?.name ?? ''}-${name}` : undefined);

/** The claim has its volume, and both know it. */
export const isFullyBound = (claim: Claim): boolean => Boolean(claim.spec?.volumeName) && hasAnnotation(claim, BIND_COMPLETED);

/** Whether a volume is the claim's, or is kept for one of its name. */
export function isVolumeBoundToClaim({ spec }: PV, { metadata }: Claim): boolean {
  const { name, namespace, uid } = spec?.claimRef ?? {};
  return spec?.claimRef !== undefined && name === metadata.name && namespace === metadata.namespace && (!uid || uid === metadata.uid);
}

export const volumeModesDiffer = (claim: Claim, volume: PV): boolean => (claim.spec?.volumeMode ?? 'Filesystem') !== (volume.spec?.volumeMode ?? 'Filesystem');

export const allowsAccessModes = (claim: Claim, volume: PV): boolean => (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));

export const requestOf = ({ spec }: Claim): Quantity => parseQuantity(spec?.resources?.requests?.storage ?? '0');
export const capacityOf = ({ spec }: PV): Quantity => parseQuantity(spec?.capacity?.storage ?? '0');

export interface MatchOptions {
  /** The claim is the scheduler's to bind: only a volume that is kept for it counts. */
  readonly reservedOnly?: boolean;
  /** Whether a volume can be reached from the node that is asked about. */
  readonly reachable?: (volume: PV) => boolean;
  /** Volumes that are as good as taken, by name. */
  readonly excluded?: ReadonlySet<string>;
}

/** The volume that is kept for the claim, or else the smallest free one that will do. */
export function findMatchingVolume(claim: Claim, volumes: readonly PV[], { reservedOnly = false, reachable = () => true, excluded }: MatchOptions): PV | undefined {
  const selector = claim.spec?.selector && selectorFromLabelSelector(claim.spec.selector);
  const requested = requestOf(claim);
  const isFree = (volume: PV): boolean => volume.status?.phase === 'Available' && (selector?.matches(volume.metadata.labels) ?? true)
    && (storageClassOf(volume) ?? '') === (storageClassOf(claim) ?? '') && allowsAccessModes(claim, volume) && reachable(volume);
  let smallest: PV | undefined;
  for (const volume of volumes) {
    const isReserved = isVolumeBoundToClaim(volume, claim);
    if (excluded?.has(volume.metadata.name) || (volume.spec?.claimRef && !isReserved)) continue;
    if (capacityOf(volume).compare(requested) < 0 || volumeModesDiffer(claim, volume) || isTerminating(volume as KubeObject)) continue;
    if (isReserved) return reachable(volume) ? volume : undefined;
    if (!reservedOnly && isFree(volume) && (!smallest || capacityOf(smallest).compare(capacityOf(volume)) > 0)) smallest = volume;
  }
  return smallest;
}

/** The volume with the claim in its claimRef; the very same where nothing is to be changed (GetBindVolumeToClaim). */
export function boundToClaim(volume: PV, claim: Claim): PV {
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const isReserved = isVolumeBoundToClaim(volume, claim);
  if (isReserved && volume.spec?.claimRef?.uid === uid) return volume;
  const next = draft(volume);
  (next.spec ??= {}).claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion };
  if (!isReserved) next.metadata.annotations = { [BOUND_BY_CONTROLLER]: 'yes', ...next.metadata.annotations };
  return next;
}
