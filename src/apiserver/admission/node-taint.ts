/** A new node takes no pods until it has said that it is ready. Follows kubernetes plugin/pkg/admission/nodetaint. */
import type { Node } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import type { AdmissionPlugin } from './plugin.ts';

const NOT_READY = 'node.kubernetes.io/not-ready';

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: (operation, { group, plural }, subresource) => operation === 'create' && group === '' && plural === 'nodes' && subresource === '',

  admit({ object }) {
    const spec = ((object as Draft<Node>).spec ??= {});
    if (spec.taints?.some((taint) => taint.key === NOT_READY && taint.effect === 'NoSchedule')) return undefined;
    (spec.taints ??= []).push({ effect: 'NoSchedule', key: NOT_READY });
    return `taint ${NOT_READY}:NoSchedule`;
  },
};
