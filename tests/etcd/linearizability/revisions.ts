/** Judges a history by the revisions that the store has given: see `explainRevisions`. */

export type Content = ReadonlyMap<string, string>;

/** A transaction that succeeded: undefined values are deletions. */
export interface Written {
  readonly from: number;
  readonly until: number;
  readonly revision: number;
  readonly changes: ReadonlyMap<string, string | undefined>;
}

/** What somebody saw of some keys, at a revision if one was told. */
export interface Seen {
  readonly from: number;
  readonly until: number;
  readonly revision: number | undefined;
  readonly keys: readonly string[];
  readonly content: Content;
}

/**
 * What is wrong with a history, undefined where nothing is:
 * - revisions are given once, without a gap, and in the order of real time;
 * - what was seen is the state at one revision, not older than what had ended before the look, nor newer than what began
 *   after it.
 */
export function explainRevisions(writes: readonly Written[], seen: readonly Seen[]): string | undefined {
  const order = [...writes].sort((a, b) => a.revision - b.revision);
  const states: Content[] = [new Map(), new Map()];
  for (const { revision, changes } of order) {
    if (revision !== states.length) return `revision ${revision} comes where ${states.length} should`;
    const next = new Map(states.at(-1));
    for (const [key, value] of changes) {
      if (value === undefined) next.delete(key);
      else next.set(key, value);
    }
    states.push(next);
  }
  let ended = Infinity;
  for (const write of order.toReversed()) {
    if (write.from > ended) return `revision ${write.revision} was begun after a later one had ended`;
    ended = Math.min(ended, write.until);
  }
  for (const look of seen) {
    const low = Math.max(1, ...order.filter(({ until }) => until < look.from).map(({ revision }) => revision));
    const high = Math.min(states.length, ...order.filter(({ from }) => from > look.until).map(({ revision }) => revision)) - 1;
    if (look.revision !== undefined && (look.revision < low || look.revision > high)) return `a range at revision ${look.revision} was answered between ${low} and ${high}`;
    const candidates = look.revision === undefined ? states.slice(low, high + 1) : [states[look.revision] as Content];
    if (!candidates.some((state) => look.keys.every((key) => state.get(key) === look.content.get(key)))) return `what was seen of ${look.keys.join(', ')} between revisions ${low} and ${high} never was`;
  }
  return undefined;
}
