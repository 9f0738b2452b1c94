/** What `trace` shows of a scheduling decision: one line, and the filters and scores behind it. */
import type { JsonObject } from '../api/json.ts';
import type { Decision } from './framework/decision.ts';
import type { Diagnosis } from './framework/fit-error.ts';
import type { ScheduleResult } from './schedule-pod.ts';

/** In larger clusters only so many nodes are listed: the best, and the first that were left out. */
const ALL_UP_TO = 20;
const LISTED = 10;

/** The nodes that were left out, and why. */
export function filteredDetail({ statuses }: Diagnosis): JsonObject {
  const filtered: Record<string, string> = {};
  let listed = 0;
  const limit = statuses.size > ALL_UP_TO ? LISTED : statuses.size;
  for (const [node, status] of statuses.entries()) {
    if (listed++ === limit) break;
    filtered[node] = status.reasons.join(', ');
  }
  return limit < statuses.size ? { filtered, moreFiltered: statuses.size - limit } : { filtered };
}

/** Why a node was chosen: "node-2 of 3 feasible: total 612 = TaintToleration 100×3 + NodeResourcesFit 96×1 + …". */
export function decisionOf({ node, feasible, scores, diagnosis }: Extract<ScheduleResult, { kind: 'scheduled' }>): Decision {
  const winner = node.name;
  const { statuses } = diagnosis;
  if (!scores) {
    const others = statuses.size === 0 ? 'the only node' : `the only feasible node of ${statuses.size + 1}`;
    return { reason: `${winner}: ${others}`, detail: { ...filteredDetail(diagnosis), winner } };
  }
  const at = feasible.indexOf(node);
  const parts = scores.byPlugin.map((plugin) => `${plugin.plugin} ${(plugin.scores[at] as number) / plugin.weight}×${plugin.weight}`);
  let indexes = feasible.map((_, i) => i);
  if (feasible.length > ALL_UP_TO) indexes = [at, ...indexes.filter((i) => i !== at).sort((a, b) => (scores.totals[b] as number) - (scores.totals[a] as number)).slice(0, LISTED - 1)];
  const byNode: Record<string, JsonObject> = {};
  for (const i of indexes) {
    const own: Record<string, number> = {};
    for (const plugin of scores.byPlugin) own[plugin.plugin] = plugin.scores[i] as number;
    own.total = scores.totals[i] as number;
    byNode[(feasible[i] as { name: string }).name] = own;
  }
  return {
    reason: `${winner} of ${feasible.length} feasible: total ${scores.totals[at]} = ${parts.join(' + ')}`,
    detail: { ...filteredDetail(diagnosis), scores: byNode, winner },
  };
}
