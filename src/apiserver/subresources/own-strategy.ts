/** Subresources that take the whole object and change one part of it by a strategy of their own: pods/ephemeralcontainers, pods/resize. */
import { incomingChange } from '../registry/incoming.ts';
import { readObject } from '../registry/read.ts';
import { updateObject } from '../registry/update.ts';
import { strategyFor } from '../strategies/index.ts';
import type { SubresourceHandler } from './subresource.ts';

export const ownStrategySubresource: SubresourceHandler = async (scope) => {
  if (scope.request.verb === 'get') return { code: 200, object: await readObject(scope) };
  const own = { ...scope, strategy: strategyFor(scope.storage.resource, scope.subresource) };
  const { revise, options } = incomingChange(own);
  const { object } = await updateObject(own, revise, options);
  return { code: 200, object };
};
