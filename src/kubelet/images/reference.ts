/** Image references: "nginx" -> docker.io/library/nginx:latest. Follows distribution/reference's normalized names. */
import { goQuote } from '../../api/quote.ts';

export interface ImageReference {
  /** "docker.io/library/nginx": registry and path. */
  readonly repository: string;
  readonly registry: string;
  /** The path under the registry: "library/nginx". */
  readonly path: string;
  /** '' where there is only a digest. */
  readonly tag: string;
  readonly digest: string;
  /** The whole name as the runtime knows it: "docker.io/library/nginx:latest". */
  readonly name: string;
}

const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const DOMAIN = /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$/;

/** Reads a reference as users write it; throws an Error with the registry library's text. */
export function parseImageReference(image: string): ImageReference {
  const fail = (why: string): Error => new Error(`couldn't parse image reference ${goQuote(image)}: ${why}`);
  if (/^[0-9a-f]{64}$/.test(image)) throw fail(`invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`);
  const at = image.indexOf('@');
  const digest = at < 0 ? '' : image.slice(at + 1);
  const named = at < 0 ? image : image.slice(0, at);
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasDomain = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const registry = hasDomain ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const rest = hasDomain ? named.slice(slash + 1) : named;
  const colon = rest.indexOf(':');
  const tag = colon < 0 ? '' : rest.slice(colon + 1);
  let path = colon < 0 ? rest : rest.slice(0, colon);
  if (registry === 'docker.io' && !path.includes('/')) path = `library/${path}`;
  if (path.toLowerCase() !== path) throw fail(`invalid reference format: repository name (${path}) must be lowercase`);
  const valid = path.split('/').every((part) => PATH_COMPONENT.test(part)) && DOMAIN.test(registry) && (colon < 0 || TAG.test(tag)) && (at < 0 || DIGEST.test(digest));
  if (!valid || rest === '') throw fail('invalid reference format');
  const effective = tag || (digest ? '' : 'latest');
  const repository = `${registry}/${path}`;
  return { repository, registry, path, tag: effective, digest, name: digest ? `${repository}@${digest}` : `${repository}:${effective}` };
}
