/** --append-hash: a short hash of a ConfigMap's or Secret's content (kubectl pkg/util/hash/hash.go). */
import { createHash } from 'node:crypto';
import { toJson } from '../../api/go-json.ts';

/** Letters that could form words give way to others. */
const SAFE: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** Ten letters for the object's name, over its parts as JSON with sorted keys. */
export function nameHash(parts: object): string {
  const hex = createHash('sha256').update(toJson(parts, 'sorted', '')).digest('hex').slice(0, 10);
  return [...hex].map((char) => SAFE[char] ?? char).join('');
}
