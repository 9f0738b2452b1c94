/** The pod-template-hash: a short name for a pod template. Follows kubernetes pkg/controller/controller_utils.go: ComputeHash. */
import type { PodTemplateSpec } from './generated/types.ts';

const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Object text with sorted keys, so that equal templates hash alike whatever order their keys came in. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, child]) => child !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, child]) => `${JSON.stringify(key)}:${canonicalText(child)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** FNV-1a, 32 bits, over UTF-8. */
function fnv32a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** rand.SafeEncodeString: the decimal digits of the hash in letters that spell no words. */
export function safeEncode(text: string): string {
  let result = '';
  for (let i = 0; i < text.length; i++) result += SAFE_ALPHABET[text.charCodeAt(i) % SAFE_ALPHABET.length];
  return result;
}

/**
 * The hash of a template. Upstream hashes a dump of Go structs, which has no counterpart here; the form (FNV-1a of the
 * template and the collision count, encoded) is the same, the letters are not.
 */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  const text = canonicalText(template) + (collisionCount ? String(collisionCount) : '');
  return safeEncode(String(fnv32a(new TextEncoder().encode(text))));
}
