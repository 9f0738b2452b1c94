/** The difference of two values as Go's cmp.Diff tells it, which errors about immutable specs append. Follows go-cmp v0.7 (cmp/report.go). */
import { compareValues } from './cmp/compare.ts';
import { formatDiff } from './cmp/report.ts';
import { render } from './cmp/text.ts';

/** `type` is the Go type of both ("core.PodSpec"); '' where nothing differs: amounts that are written otherwise are the same. Upstream's own text changes from one start of the server to the next: half of the time its spaces at the beginning of a line are ones that do not break. */
export function goDiff(type: string, before: unknown, after: unknown): string {
  const node = compareValues(type, { value: before }, { value: after });
  const text = node.differing === 0 ? undefined : formatDiff({ mode: '', types: 'always', verbosity: undefined }, node);
  return text ? render(text) : '';
}
