/** Defaults of apiregistration.k8s.io and flowcontrol.apiserver.k8s.io. Follows kube-aggregator pkg/apis/apiregistration/v1/defaults.go and kubernetes pkg/apis/flowcontrol/v1/defaults.go. */
import type { APIService, FlowSchema, PriorityLevelConfiguration } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';

export function defaultApiService(service: Draft<APIService>): void {
  if (service.spec?.service) service.spec.service.port ??= 443;
}

export function defaultFlowSchema(schema: Draft<FlowSchema>): void {
  if (schema.spec) schema.spec.matchingPrecedence ||= 1000;
}

export function defaultPriorityLevel(level: Draft<PriorityLevelConfiguration>): void {
  const { exempt, limited } = level.spec ?? {};
  if (exempt) {
    exempt.nominalConcurrencyShares ??= 0;
    exempt.lendablePercent ??= 0;
  }
  if (!limited) return;
  limited.nominalConcurrencyShares ??= 30;
  limited.lendablePercent ??= 0;
  const queuing = limited.limitResponse?.queuing;
  if (!queuing) return;
  queuing.handSize ||= 8;
  queuing.queues ||= 64;
  queuing.queueLengthLimit ||= 50;
}
