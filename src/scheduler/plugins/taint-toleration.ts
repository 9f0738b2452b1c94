import type { Toleration } from '../../api/generated/types.ts';
import { StateKey } from '../framework/cycle-state.ts';
import type { Plugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/status.ts';
import { normalizeScores } from '../helpers/normalize.ts';
import { HARD_EFFECTS, untoleratedTaint } from '../helpers/taints.ts';
import { tolerates } from '../../api/tolerations.ts';

const PREFER_NO_SCHEDULE: StateKey<readonly Toleration[]> = new StateKey('PreScoreTaintToleration');

/** Leaves out tainted nodes that the pod does not tolerate, and avoids those that prefer to be left alone. Follows plugins/tainttoleration. */
export const taintToleration = (): Plugin => ({
  name: 'TaintToleration',
  filter(_state, { spec }, { node }) {
    const taint = untoleratedTaint(node?.spec?.taints, spec.tolerations, HARD_EFFECTS);
    return taint && unresolvable(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
  },
  preScore(state, { spec }) {
    state.write(PREFER_NO_SCHEDULE, (spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule'));
    return undefined;
  },
  score(state, _pod, { node }) {
    const tolerations = state.read(PREFER_NO_SCHEDULE) ?? [];
    let intolerable = 0;
    for (const taint of node?.spec?.taints ?? []) if (taint.effect === 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint))) intolerable++;
    return intolerable;
  },
  normalizeScore: (_state, _pod, scores) => normalizeScores(scores, true),
  isWorthRequeuing(event, { uid, spec }) {
    const tolerated = (node: { readonly spec?: { readonly taints?: Parameters<typeof untoleratedTaint>[0] } }) => untoleratedTaint(node.spec?.taints, spec.tolerations, HARD_EFFECTS) === undefined;
    switch (event.kind) {
      case 'NodeAdd':
        return tolerated(event.node);
      case 'NodeUpdate':
        return event.change === 'taints' && !tolerated(event.old) && tolerated(event.node);
      case 'UnscheduledPodUpdate':
        return event.change === 'tolerations' && event.pod.metadata.uid === uid;
      default:
        return false;
    }
  },
});
