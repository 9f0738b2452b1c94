/** Settings of the JavaScript engine for processes that run a whole cluster. */
import { setFlagsFromString } from 'node:v8';

/** Versions of Node whose engine is known to take them; an unknown flag would be complained about on stderr. */
const KNOWN = new Set(['20', '22']);

/**
 * Bytecode that a function runs before it is optimised, four times V8's own 66 KB: a cluster has thousands of functions that
 * are a little warm, and optimising each of them took as much of the second core as all the rest took of the first.
 */
const INTERRUPT_BUDGET = 270_000;

/** From this many nodes on a cluster may hold more pods than fit into the heap that Node allows by itself (4 GB at most). */
const LARGE_NODES = 500;
const LARGE_HEAP_MB = 6144;

/** What Node is started with for a daemon of so many nodes: the heap's limit cannot be changed later. */
export function engineFlags(nodes: number): readonly string[] {
  return nodes >= LARGE_NODES ? [`--max-old-space-size=${LARGE_HEAP_MB}`] : [];
}

/** To be called before the cluster's work begins. */
export function tuneEngine(): void {
  if (KNOWN.has(process.versions.node.split('.')[0] ?? '')) setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
