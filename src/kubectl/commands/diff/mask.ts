/** Secrets' values do not stand in a diff (kubectl pkg/cmd/diff/diff.go: Masker). */
import { isObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';

const SAME = '***';
const BEFORE = '*** (before)';
const AFTER = '*** (after)';

type Sides = readonly [from: KubeObject | undefined, to: KubeObject];

/** Both sides with masks instead of data; only whether a value changed can be seen. */
export function maskSecrets(from: KubeObject | undefined, to: KubeObject): Sides {
  const [before, after] = [dataOf(from), dataOf(to)];
  const mask = (own: Record<string, unknown>, other: Record<string, unknown>, changed: string): Record<string, unknown> =>
    Object.fromEntries(Object.keys(own).map((key) => [key, Object.hasOwn(other, key) && own[key] !== other[key] ? changed : SAME]));
  return [
    from && before ? ({ ...from, data: mask(before, after ?? {}, BEFORE) } as KubeObject) : from,
    after ? ({ ...to, data: mask(after, before ?? {}, AFTER) } as KubeObject) : to,
  ];
}

function dataOf(object: KubeObject | undefined): Record<string, unknown> | undefined {
  const data = (object as { readonly data?: unknown } | undefined)?.data;
  return isObject(data) ? data : undefined;
}
