/** Other names, tags and digests of images (kustomize ImageTagTransformer, api/filters/imagetag, api/internal/image). */
import { visitFields, wrongKind, type FieldSpec } from '../field-spec.ts';
import type { Image } from '../kustomization.ts';
import { isFields, text, type Fields } from '../resource.ts';
import type { ResourceList } from '../resource-list.ts';

export function setImage(list: ResourceList, image: Image, specs: readonly FieldSpec[]): void {
  const expression = new RegExp(`^${image.name ?? ''}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  const change = (value: string): string => (expression.test(value) ? changed(value, image) : value);
  for (const resource of list.resources) {
    if (resource.kind === 'CustomResourceDefinition') continue;
    changeContainers(resource.fields, change);
    for (const spec of specs) visitFields(resource, spec, (slot) => {
      if (typeof slot.value === 'string') slot.set(change(slot.value));
      else if (typeof slot.value === 'object' && slot.value !== null) throw wrongKind('ScalarNode', slot.value);
    });
  }
}

/** Containers at any depth, of any kind. */
function changeContainers(value: unknown, change: (image: string) => string): void {
  if (Array.isArray(value)) return value.forEach((item) => changeContainers(item, change));
  if (!isFields(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    changeContainers(inner, change);
    if ((key !== 'containers' && key !== 'initContainers') || !Array.isArray(inner)) continue;
    for (const container of inner as Fields[]) if (isFields(container) && typeof container['image'] === 'string') container['image'] = change(container['image']);
  }
}

function changed(value: string, { newName, newTag, digest: newDigest, tagSuffix }: Image): string {
  let { name, tag, digest } = split(value);
  if (newName) name = newName;
  if (newTag || newDigest) {
    tag = text(newTag);
    digest = text(newDigest);
  } else if (tagSuffix) {
    tag += tagSuffix;
    digest = '';
  }
  return name + (tag === '' ? '' : `:${tag}`) + (digest === '' ? '' : `@${digest}`);
}

function split(image: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(image.indexOf('/'), 0);
  const at = image.indexOf('@', slash);
  const colon = image.indexOf(':', slash);
  if (at >= 0 && (colon < 0 || at < colon)) return { name: image.slice(0, at), tag: '', digest: image.slice(at + 1) };
  if (colon < 0) return { name: image, tag: '', digest: '' };
  return { name: image.slice(0, colon), tag: image.slice(colon + 1, at < 0 ? undefined : at), digest: at < 0 ? '' : image.slice(at + 1) };
}
