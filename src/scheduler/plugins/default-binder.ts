import { PODS } from '../../api/kinds.ts';
import type { Binding } from '../../api/generated/types.ts';
import { DECISION } from '../framework/decision.ts';
import type { Handle, Plugin } from '../framework/plugin.ts';
import { failure } from '../framework/status.ts';

/** Binds through the pod's binding subresource. Follows plugins/defaultbinder/default_binder.go. */
export const defaultBinder = ({ client }: Handle): Plugin => ({
  name: 'DefaultBinder',
  async bind(state, { namespace, name, uid }, nodeName) {
    const binding: Binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { kind: 'Node', name: nodeName } };
    const decision = state.read(DECISION);
    try {
      await client.of(PODS).createSub(namespace, name, 'binding', binding, decision && { reason: decision.reason, detail: decision.detail });
      return undefined;
    } catch (error) {
      return failure(error);
    }
  },
});
