/** The admission plugins in upstream's order (kubernetes pkg/kubeapiserver/options/plugins.go: AllOrderedPlugins). */
import type { Activity } from '../../simulation/activity.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Identities } from '../registry/identities.ts';
import type { ServedResources } from '../served-resources.ts';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import { taintNodesByCondition } from './node-taint.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podSecurity } from './pod-security/index.ts';
import { validatingAdmissionPolicy } from './policies/plugin.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { mutatingAdmissionWebhook } from './webhooks/mutating.ts';
import { validatingAdmissionWebhook } from './webhooks/validating.ts';

/** What plugins need of the server around them. */
export interface AdmissionContext {
  readonly identities: Identities;
  readonly authorizer: Authorizer;
  /** Held while a webhook is asked: that takes the time of the world outside. */
  readonly activity: Activity | undefined;
  /** There once the server is put together. */
  readonly served: () => ServedResources;
}

export function admissionPlugins(context: AdmissionContext): readonly AdmissionPlugin[] {
  const { identities, authorizer } = context;
  return [
    namespaceLifecycle, limitRanger, serviceAccount(identities), nodeRestriction(authorizer), taintNodesByCondition, podSecurity, priority, defaultTolerationSeconds,
    defaultStorageClass, storageObjectInUseProtection, persistentVolumeClaimResize, runtimeClass,
    certificateApproval(authorizer), certificateSigning(authorizer), certificateSubjectRestriction, defaultIngressClass,
    mutatingAdmissionWebhook(context), validatingAdmissionPolicy(context), validatingAdmissionWebhook(context), resourceQuota(context.served),
  ];
}
