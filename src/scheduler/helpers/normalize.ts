import { MAX_NODE_SCORE } from '../framework/plugin.ts';

/**
 * Scales scores so that the highest becomes 100, in place; reversed, the highest becomes 0. Integer arithmetic, as
 * kubernetes pkg/scheduler/framework/plugins/helper/normalize_score.go.
 */
export function normalizeScores(scores: number[], reverse: boolean): void {
  let highest = 0;
  for (const score of scores) if (score > highest) highest = score;
  if (highest === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE);
    return;
  }
  for (let i = 0; i < scores.length; i++) {
    const scaled = Math.trunc((MAX_NODE_SCORE * (scores[i] as number)) / highest);
    scores[i] = reverse ? MAX_NODE_SCORE - scaled : scaled;
  }
}
