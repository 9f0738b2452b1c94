/** The registries that nodes pull from: looks references up in the catalogue and words refusals as containerd does. */
import { fnv1a } from '../../simulation/random.ts';
import { CATALOGUE } from './catalogue.ts';
import type { ImageEntry } from './image.ts';
import { parseImageReference, type ImageReference } from './reference.ts';

/** An image as a registry has it. */
export interface RegistryImage {
  readonly reference: ImageReference;
  readonly entry: ImageEntry;
  /** "docker.io/library/nginx@sha256:…": follows from the name, so it is the same on every run. */
  readonly imageId: string;
  readonly sizeBytes: number;
}

const byRepository = new Map(CATALOGUE.map((entry) => [entry.repository, entry]));
const resolved = new Map<string, RegistryImage>();

/** The image's digest: 64 hexadecimal digits that follow from its name. */
export function digestOf(name: string): string {
  let digest = '';
  for (let word = 0, hash = fnv1a(name); word < 8; word++) {
    hash = fnv1a(name, Math.imul(hash ^ 0x9e3779b9, 0x85ebca6b) + word);
    digest += hash.toString(16).padStart(8, '0');
  }
  return digest;
}

/** Whether a repository has a tag: a name or version, alone or with a suffix. */
export function hasTag(entry: ImageEntry, tag: string): boolean {
  const { names = [], versions = [], suffixes = [], maxPatch = 9, v = false } = entry.tags;
  const known = (text: string): boolean => {
    if (names.includes(text)) return true;
    const match = /^(v?)(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text);
    if (!match || (match[1] === 'v') !== v) return false;
    const [major, minor, patch] = [Number(match[2]), Number(match[3]), Number(match[4] ?? 0)];
    return patch <= maxPatch && versions.some((range) => range[0] === major && range[1] <= minor && minor <= range[2]);
  };
  return known(tag) || suffixes.some((suffix) => tag.endsWith(`-${suffix}`) && known(tag.slice(0, -suffix.length - 1)));
}

/** The image at a reference as users write it; throws an Error with containerd's text where there is none. */
export function resolveImage(image: string): RegistryImage {
  const known = resolved.get(image);
  if (known) return known;
  const reference = parseImageReference(image);
  const entry = byRepository.get(reference.repository);
  if (!entry) throw refusal(reference);
  if (reference.tag !== '' && !hasTag(entry, reference.tag)) throw missing(reference);
  const digest = reference.digest || `sha256:${digestOf(reference.name)}`;
  const found = { reference, entry: versioned(entry, reference.tag), imageId: `${reference.repository}@${digest}`, sizeBytes: entry.sizeBytes };
  resolved.set(image, found);
  return found;
}

/** The entry as the tag has it: "1.25" is the newest patch of that version, a name is the newest version. */
function versioned(entry: ImageEntry, tag: string): ImageEntry {
  const [minor, patch] = /^v?(\d+\.\d+)(?:\.(\d+))?/.exec(tag)?.slice(1) ?? [];
  if (!entry.version || minor === undefined) return entry;
  const { variable, patches } = entry.version;
  return { ...entry, env: { ...entry.env, [variable]: `${minor}.${patch ?? patches[minor] ?? 0}` } };
}

const failed = (reference: ImageReference, why: string): string =>
  `failed to pull and unpack image "${reference.name}": failed to resolve reference "${reference.name}": ${why}`;

function missing(reference: ImageReference): Error {
  return new Error(`rpc error: code = NotFound desc = ${failed(reference, `${reference.name}: not found`)}`);
}

/** How each registry refuses a repository that it doesn't have. */
const REFUSALS: Readonly<Record<string, (reference: ImageReference) => string>> = {
  'docker.io': () => 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  'ghcr.io': ({ path }) => `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3A${encodeURIComponent(path)}%3Apull&service=ghcr.io: 403 Forbidden`,
  'quay.io': ({ path, tag }) => `unexpected status from HEAD request to https://quay.io/v2/${path}/manifests/${tag}: 401 UNAUTHORIZED`,
};
const NOT_FOUND_REGISTRIES = new Set(['registry.k8s.io', 'k8s.gcr.io', 'gcr.io', 'mcr.microsoft.com', 'public.ecr.aws', 'us-docker.pkg.dev', 'docker.elastic.co']);

function refusal(reference: ImageReference): Error {
  const { registry, path, tag, digest } = reference;
  const text = REFUSALS[registry];
  if (text) return new Error(failed(reference, text(reference)));
  if (NOT_FOUND_REGISTRIES.has(registry)) return missing(reference);
  const host = registry.replace(/:\d+$/, '');
  const why = host === 'localhost' || /^127\./.test(host)
    ? `dial tcp ${host === 'localhost' ? '127.0.0.1' : host}:${registry.slice(host.length + 1) || '443'}: connect: connection refused`
    : `dial tcp: lookup ${host} on 172.18.0.1:53: no such host`;
  return new Error(failed(reference, `failed to do request: Head "https://${registry}/v2/${path}/manifests/${tag || digest}": ${why}`));
}
