/** The admission plugins in upstream's order (kubernetes pkg/kubeapiserver/options/plugins.go: AllOrderedPlugins). */
import type { Identities } from '../registry/identities.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { taintNodesByCondition } from './node-taint.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podSecurity } from './pod-security/index.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';

export function admissionPlugins(identities: Identities): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle, limitRanger, serviceAccount(identities), taintNodesByCondition, podSecurity, priority, defaultTolerationSeconds,
    defaultStorageClass, storageObjectInUseProtection, persistentVolumeClaimResize, runtimeClass, defaultIngressClass, resourceQuota(),
  ];
}
