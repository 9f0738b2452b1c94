import type { Node, NodeSelectorTerm } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import { NodeInfo } from '../cache/node-info.ts';
import { StateKey } from '../framework/cycle-state.ts';
import type { Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable } from '../framework/status.ts';
import { preferredNodeAffinity, requiredNodeAffinity, type PreferredNodeAffinity, type RequiredNodeAffinity } from '../helpers/node-selector.ts';
import { normalizeScores } from '../helpers/normalize.ts';

const REQUIRED: StateKey<RequiredNodeAffinity> = new StateKey('PreFilterNodeAffinity');
const PREFERRED: StateKey<PreferredNodeAffinity> = new StateKey('PreScoreNodeAffinity');

/** The nodes that the terms name by metadata.name; undefined where some term leaves that open. */
function namedNodes(terms: readonly NodeSelectorTerm[]): Set<string> | undefined {
  const all = new Set<string>();
  for (const { matchFields = [] } of terms) {
    let names: string[] | undefined;
    for (const { key, operator, values = [] } of matchFields) {
      if (key !== 'metadata.name' || operator !== 'In') continue;
      names = names ? names.filter((name) => values.includes(name)) : [...values];
    }
    if (!names) return undefined;
    for (const name of names) all.add(name);
  }
  return all;
}

/** nodeSelector and node affinity. Follows plugins/nodeaffinity/node_affinity.go. */
export const nodeAffinity = (): Plugin => ({
  name: 'NodeAffinity',
  preFilter(state, { spec }) {
    const required = requiredNodeAffinity(spec);
    if (!required) return { status: SKIP };
    state.write(REQUIRED, required);
    const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    const nodeNames = terms.length > 0 ? namedNodes(terms) : undefined;
    if (!nodeNames) return undefined;
    return nodeNames.size === 0 ? { status: unresolvable('pod affinity terms conflict') } : { nodeNames };
  },
  filter(state, { spec }, node) {
    const required = state.read(REQUIRED) ?? requiredNodeAffinity(spec);
    return !required || required.matches(node) ? undefined : unresolvable("node(s) didn't match Pod's node affinity/selector");
  },
  preScore(state, { spec }) {
    const preferred = preferredNodeAffinity(spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution);
    if (!preferred) return SKIP;
    state.write(PREFERRED, preferred);
    return undefined;
  },
  score: (state, _pod, node) => state.read(PREFERRED)?.score(node) ?? 0,
  normalizeScore: (_state, _pod, scores) => normalizeScores(scores, false),
  isWorthRequeuing(event, { spec }) {
    if (event.kind !== 'NodeAdd' && !(event.kind === 'NodeUpdate' && event.change === 'labels')) return false;
    const required = requiredNodeAffinity(spec);
    const matches = (node: Stored<Node>) => {
      const info = new NodeInfo(node.metadata.name);
      info.setNode(node);
      return !required || required.matches(info);
    };
    return matches(event.node) && (event.kind === 'NodeAdd' || !matches(event.old));
  },
});
