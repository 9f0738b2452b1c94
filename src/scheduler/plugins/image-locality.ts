import type { PodSpec } from '../../api/generated/types.ts';
import { MAX_NODE_SCORE, type Handle, type Plugin } from '../framework/plugin.ts';

const MB = 1024 * 1024;
/** Below this many bytes the images on a node do not count; from this many per container on they count in full. */
const MIN_BYTES = 23 * MB;
const MAX_BYTES_PER_CONTAINER = 1000 * MB;

/** "nginx" is "nginx:latest": the name under which a node lists it. */
export function normalizedImageName(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;
}

/** Prefers nodes that have the pod's images already, scaled down for images that only few nodes have. Follows plugins/imagelocality/image_locality.go. */
export const imageLocality = ({ cache }: Handle): Plugin => {
  // One pod is scored on many nodes, one after the other.
  let names: { readonly spec: PodSpec; readonly images: readonly string[] } | undefined;
  const imagesOf = (spec: PodSpec): readonly string[] => {
    if (names?.spec !== spec) names = { spec, images: [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => normalizedImageName(image ?? '')) };
    return names.images;
  };
  return {
    name: 'ImageLocality',
    score(_state, { spec }, { images }) {
      const wanted = imagesOf(spec);
      let bytes = 0;
      if (images.size > 0) {
        const nodes = cache.nodes().length;
        for (const name of wanted) {
          const state = images.has(name) ? cache.image(name) : undefined;
          if (state) bytes += Math.trunc(state.sizeBytes * (state.nodes / nodes));
        }
      }
      const max = MAX_BYTES_PER_CONTAINER * wanted.length;
      const bounded = Math.min(Math.max(bytes, MIN_BYTES), max);
      return Math.trunc((MAX_NODE_SCORE * (bounded - MIN_BYTES)) / (max - MIN_BYTES));
    },
  };
};
