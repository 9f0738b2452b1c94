/** Which subresources this server answers, beside pods/log, which streams. */
import type { ResourceFacts } from '../../api/resource.ts';
import { approvalSubresource } from './approval.ts';
import { bindingSubresource } from './binding.ts';
import { customScaleSubresource } from './custom-scale.ts';
import { evictionSubresource } from './eviction.ts';
import { finalizeSubresource } from './finalize.ts';
import { ownStrategySubresource } from './own-strategy.ts';
import { scaleSubresource } from './scale.ts';
import { statusSubresource } from './status.ts';
import type { SubresourceHandler } from './subresource.ts';
import { tokenSubresource } from './token.ts';

const HANDLERS: Readonly<Record<string, SubresourceHandler>> = {
  '/pods/binding': bindingSubresource,
  '/pods/eviction': evictionSubresource,
  '/pods/ephemeralcontainers': ownStrategySubresource,
  '/pods/resize': ownStrategySubresource,
  '/namespaces/finalize': finalizeSubresource,
  '/serviceaccounts/token': tokenSubresource,
  'certificates.k8s.io/certificatesigningrequests/approval': approvalSubresource,
};

/** The handler of a subresource; undefined for those that a real server has and this one doesn't (exec, attach, …). */
export function subresourceHandler({ group, plural, model }: ResourceFacts, subresource: string): SubresourceHandler | undefined {
  if (subresource === 'status') return statusSubresource;
  if (subresource === 'scale') return model === '' ? customScaleSubresource : scaleSubresource;
  return HANDLERS[`${group}/${plural}/${subresource}`];
}
