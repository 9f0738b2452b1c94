/**
 * Two judges of concurrent histories. `isLinearizable` knows nothing of revisions: it searches for an order of the
 * operations on one key in which a plain register would have given the same answers, and in which no operation comes
 * before one that had ended when it began (Wing and Gong's search, with Lowe's memory of states it has been in, as
 * porcupine does it). `explainRevisions` (revisions.ts) takes the store at its word about revisions, and looks at all keys.
 */

/** What a client did to one key; `from` and `until` are moments of one counter. Values are unlike each other. */
export interface RegisterCall {
  readonly from: number;
  readonly until: number;
  readonly call:
    | { readonly type: 'read'; readonly saw: string | undefined }
    | { readonly type: 'write'; readonly value: string | undefined }
    | { readonly type: 'swap'; readonly expected: string | undefined; readonly value: string | undefined; readonly done: boolean };
}

type State = string | undefined;

/** The state after the call, or 'no' where a register in this state would have answered otherwise. */
function step(state: State, { call }: RegisterCall): { readonly state: State } | 'no' {
  switch (call.type) {
    case 'read':
      return call.saw === state ? { state } : 'no';
    case 'write':
      return { state: call.value };
    case 'swap':
      if ((call.expected === state) !== call.done) return 'no';
      return { state: call.done ? call.value : state };
  }
}

/** Whether one register, beginning with nothing, can have answered so. */
export function isLinearizable(calls: readonly RegisterCall[]): boolean {
  const order = [...calls].sort((a, b) => a.from - b.from);
  const seen = new Set<string>();
  const stack: { readonly done: bigint; readonly state: State }[] = [{ done: 0n, state: undefined }];
  const all = (1n << BigInt(order.length)) - 1n;
  for (let at = stack.pop(); at; at = stack.pop()) {
    const { done, state } = at;
    if (done === all) return true;
    const key = `${done.toString(36)} ${String(state)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    // Only what began before the first end of those that are left can come next.
    let limit = Infinity;
    for (const [i, call] of order.entries()) {
      if (call.from > limit) break;
      if ((done >> BigInt(i)) & 1n) continue;
      limit = Math.min(limit, call.until);
      const next = step(state, call);
      if (next !== 'no') stack.push({ done: done | (1n << BigInt(i)), state: next.state });
    }
  }
  return false;
}
