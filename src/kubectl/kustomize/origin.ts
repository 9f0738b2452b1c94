/**
 * Where a resource came from and what changed it, kept in its annotations while a kustomization asks for build metadata
 * (kustomize api/resource/origin.go).
 */
import { decodeYaml } from './decode.ts';
import type { Resource } from './resource.ts';

export interface Origin {
  readonly path?: string;
  readonly configuredIn?: string;
  readonly configuredBy?: { readonly apiVersion: string; readonly kind: string; readonly name?: string; readonly namespace?: string };
}

const ORIGIN = 'config.kubernetes.io/origin';
const TRANSFORMATIONS = 'alpha.config.kubernetes.io/transformations';

/** Nothing is overwritten: what has an origin keeps it. */
export function addOrigin(resource: Resource, origin: Origin): void {
  if (originOf(resource) === undefined) setOrigin(resource, origin);
}

export function setOrigin(resource: Resource, origin: Origin): void {
  annotate(resource, ORIGIN, originText(origin));
}

function originOf(resource: Resource): string | undefined {
  return resource.stringMap('annotations')[ORIGIN];
}

/** What is merged into another has the other's origin. */
export function keepOrigin(resource: Resource, merged: Resource): void {
  const origin = originOf(merged);
  if (origin !== undefined) annotate(resource, ORIGIN, origin);
}

/** The path that a resource's origin tells. */
export function originPath(resource: Resource): string {
  return /^path: (.*)$/m.exec(originOf(resource) ?? '')?.[1] ?? '';
}

/** After a transformer has run: it has changed what has an origin, and made what has none (ResMap.AddTransformerAnnotation). */
export function addTransformation(resource: Resource, origin: Origin): void {
  if (originOf(resource) === undefined) return setOrigin(resource, origin);
  const before = resource.stringMap('annotations')[TRANSFORMATIONS] ?? '';
  decodeYaml('resource.Transformations', before);
  annotate(resource, TRANSFORMATIONS, `${before}- ${originText(origin).trimEnd().replaceAll('\n', '\n  ')}\n`);
}

/** Takes both annotations away, or the one that nobody asked for. */
export function removeOrigins(resource: Resource, wanted: { readonly origins: boolean; readonly transformations: boolean }): void {
  const { [ORIGIN]: origin, [TRANSFORMATIONS]: transformations, ...others } = resource.stringMap('annotations');
  resource.setStringMap('annotations', {
    ...others, ...(wanted.origins && origin !== undefined ? { [ORIGIN]: origin } : {}), ...(wanted.transformations && transformations !== undefined ? { [TRANSFORMATIONS]: transformations } : {}),
  });
}

function annotate(resource: Resource, name: string, value: string): void {
  resource.setStringMap('annotations', { ...resource.stringMap('annotations'), [name]: value });
}

/** As YAML, in the order of Go's struct. */
function originText({ path, configuredIn, configuredBy }: Origin): string {
  const by = configuredBy && Object.entries(configuredBy).filter(([, value]) => value !== '').map(([key, value]) => `  ${key}: ${value}\n`).join('');
  return [...(path ? [`path: ${path}\n`] : []), ...(configuredIn ? [`configuredIn: ${configuredIn}\n`] : []), ...(by ? [`configuredBy:\n${by}`] : [])].join('');
}
