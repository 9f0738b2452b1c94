/** The admission plugins in upstream's order (kubernetes pkg/kubeapiserver/options/plugins.go: AllOrderedPlugins). */
import type { Identities } from '../registry/identities.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { taintNodesByCondition } from './node-taint.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { serviceAccount } from './service-account.ts';

export function admissionPlugins(identities: Identities): readonly AdmissionPlugin[] {
  return [namespaceLifecycle, limitRanger, serviceAccount(identities), taintNodesByCondition, priority, defaultTolerationSeconds, resourceQuota()];
}
