/** Many like calls, begun carefully. Follows kubernetes pkg/controller/replicaset/replica_set.go: slowStartBatch. */

/**
 * Makes up to `count` calls in batches of 1, 2, 4 …, the calls of a batch at the same time. After a batch in which one
 * failed no other follows, so that what is bound to fail (a quota used up) is not tried a thousand times.
 * Calls `call` with 0, 1, 2 …; resolves with how many succeeded and the first error.
 */
export async function slowStartBatch(count: number, call: (index: number) => Promise<void>): Promise<{ successes: number; error?: Error }> {
  let successes = 0;
  let begun = 0;
  for (let size = 1; begun < count; size *= 2) {
    const batch = Array.from({ length: Math.min(size, count - begun) }, (_, i) => begun + i);
    begun += batch.length;
    const results = await Promise.allSettled(batch.map(call));
    const failures = results.filter((result) => result.status === 'rejected');
    successes += results.length - failures.length;
    const [first] = failures;
    if (first) return { successes, error: first.reason as Error };
  }
  return { successes };
}
