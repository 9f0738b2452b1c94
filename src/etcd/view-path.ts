/**
 * Where an object stands in the readable tree: `/registry/pods/default/nginx` in `registry/pods/default/nginx.json`.
 * Whatever a key is made of, two keys have two places, neither outside the tree, on any file system: letters that a
 * system forbids, folds or gives a meaning of its own are written as %XX.
 */
import { fnv1a } from '../simulation/random.ts';

export const REGISTRY = '/registry/';
const SUFFIX = '.json';

/** Bytes of a path segment; the file system allows 255, and a suffix and a temporary file's ending have to fit. */
const MAX_SEGMENT = 200;
/** Names that Windows takes for devices, whatever their suffix. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/;

/** The path's segments below the tree's root; undefined for keys that are not Kubernetes'. */
export function viewPath(key: string): string[] | undefined {
  if (!key.startsWith(REGISTRY)) return undefined;
  const segments = key.slice(REGISTRY.length).split('/').map(escapeSegment);
  const name = segments.pop() as string;
  // Or else the folder of /registry/a.json/b would stand where the file of /registry/a does.
  const folders = segments.map((segment) => (segment.endsWith(SUFFIX) ? `${segment.slice(0, -SUFFIX.length)}%2Ejson` : segment));
  return [...folders, `${name}${SUFFIX}`];
}

function escapeSegment(segment: string): string {
  // No other segment becomes a lone percent sign.
  if (segment === '') return '%';
  const escaped = segment
    .replace(/[^a-z0-9._-]|^\.|\.$/gu, percent)
    .replace(DEVICE, (name) => percent(name.charAt(0)) + name.slice(1));
  return escaped.length <= MAX_SEGMENT ? escaped : shorten(segment, escaped);
}

function percent(character: string): string {
  let result = '';
  for (const byte of Buffer.from(character)) result += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return result;
}

/** A tilde never stems from a name, so a shortened one cannot meet a whole one. */
function shorten(segment: string, escaped: string): string {
  const starts = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];
  const fingerprint = starts.map((start) => fnv1a(segment, start).toString(16).padStart(8, '0')).join('');
  return `${escaped.slice(0, MAX_SEGMENT - fingerprint.length - 1)}~${fingerprint}`;
}

/** What stands in the file: the value, with line breaks and indentation where it is JSON. */
export function viewText(value: string): string {
  try {
    return `${JSON.stringify(JSON.parse(value), null, 2)}\n`;
  } catch {
    return value;
  }
}
