/** Which groups come first in discovery. Follows kubernetes pkg/controlplane/apiserver/aggregator.go. */

/** By group: its place among the groups. */
const GROUPS: Readonly<Record<string, number>> = {
  '': 18_000, apps: 17_800, 'events.k8s.io': 17_750, 'authentication.k8s.io': 17_700, 'authorization.k8s.io': 17_600, autoscaling: 17_500, batch: 17_400,
  'certificates.k8s.io': 17_300, 'networking.k8s.io': 17_200, policy: 17_100, 'rbac.authorization.k8s.io': 17_000, 'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700, 'admissionregistration.k8s.io': 16_700, 'scheduling.k8s.io': 16_600, 'coordination.k8s.io': 16_500, 'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200, 'flowcontrol.apiserver.k8s.io': 16_100,
};
/** Where a version is not the usual one of its group. */
const VERSIONS: Readonly<Record<string, number>> = { '/v1': 1, 'autoscaling/v2': 30, 'flowcontrol.apiserver.k8s.io/v1': 21 };
const USUAL_VERSION = 15;

/** Every group of custom resources has the same. */
export const CUSTOM = { group: 1000, version: 100 } as const;

/** Undefined for the aggregator's own group, which has no APIService. */
export function builtinPriority(group: string, version: string): { readonly group: number; readonly version: number } | undefined {
  const place = GROUPS[group];
  return place === undefined ? undefined : { group: place, version: VERSIONS[`${group}/${version}`] ?? USUAL_VERSION };
}
