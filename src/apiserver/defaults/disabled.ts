/**
 * Fields of features that v1.33 knows but has switched off by default: they vanish as a request comes in. Follows
 * kubernetes pkg/api/pod/util.go (dropDisabledFields), pkg/api/persistentvolumeclaim/util.go and the strategies.
 */
import type { PersistentVolumeClaimSpec, PersistentVolumeClaimStatus, PersistentVolumeSpec, PodSpec, PodStatus } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';

/** PodLevelResources, DynamicResourceAllocation, ContainerStopSignals, ImageVolume, ClusterTrustBundleProjection. */
export function dropDisabled(spec: Draft<PodSpec>): void {
  if (spec.resources) delete spec.resources;
  if (spec.resourceClaims) delete spec.resourceClaims;
  for (const containers of [spec.containers, spec.initContainers, spec.ephemeralContainers])
    for (const container of containers ?? []) {
      if (container.resources?.claims) delete container.resources.claims;
      if (container.lifecycle?.stopSignal === undefined) continue;
      delete container.lifecycle.stopSignal;
      if (Object.keys(container.lifecycle).length === 0) delete container.lifecycle;
    }
  for (const volume of spec.volumes ?? []) {
    // Alone it stays to be refused: without it, defaulting would make the volume an empty directory.
    if (volume.image && Object.keys(volume).length > 2) delete volume.image;
    for (const source of volume.projected?.sources ?? []) if (source.clusterTrustBundle) delete source.clusterTrustBundle;
  }
}

/** DynamicResourceAllocation, PodObservedGenerationTracking, ResourceHealthStatus. */
export function dropDisabledStatus(status: Draft<PodStatus>): void {
  delete status.resourceClaimStatuses;
  delete status.observedGeneration;
  for (const condition of status.conditions ?? []) if (condition.observedGeneration !== undefined) delete condition.observedGeneration;
  for (const statuses of [status.containerStatuses, status.initContainerStatuses, status.ephemeralContainerStatuses])
    for (const each of statuses ?? []) if (each.allocatedResourcesStatus) delete each.allocatedResourcesStatus;
}

/** VolumeAttributesClass, CrossNamespaceVolumeDataSource. */
export function dropDisabledClaim(spec: Draft<PersistentVolumeClaimSpec>): void {
  delete spec.volumeAttributesClassName;
  if (spec.dataSourceRef?.namespace) delete spec.dataSourceRef;
}

/** VolumeAttributesClass. */
export function dropDisabledClaimStatus(status: Draft<PersistentVolumeClaimStatus>): void {
  delete status.currentVolumeAttributesClassName;
  delete status.modifyVolumeStatus;
}

/** VolumeAttributesClass. */
export function dropDisabledVolume(spec: Draft<PersistentVolumeSpec>): void {
  delete spec.volumeAttributesClassName;
}
