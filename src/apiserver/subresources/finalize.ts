/** namespaces/finalize: the namespace controller says that everything in a namespace is gone. Follows kubernetes pkg/registry/core/namespace/storage/storage.go. */
import type { Namespace } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { incomingChange, type Compose } from '../registry/incoming.ts';
import { updateObject } from '../registry/update.ts';
import { strategyFor } from '../strategies/index.ts';
import type { SubresourceHandler } from './subresource.ts';

const finalizersOnly: Compose = (incoming, current) => {
  const { spec, ...rest } = current as unknown as Namespace;
  return { ...rest, metadata: incoming.metadata, spec: { ...spec, finalizers: (incoming as Draft<Namespace>).spec?.finalizers ?? [] } } as Draft<KubeObject>;
};

export const finalizeSubresource: SubresourceHandler = async (scope) => {
  const own = { ...scope, strategy: strategyFor(scope.storage.resource, scope.subresource) };
  const { revise, options } = incomingChange(own, finalizersOnly);
  const { object } = await updateObject(own, revise, { ...options, part: 'status' });
  return { code: 200, object };
};
