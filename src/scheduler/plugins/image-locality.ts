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
export const imageLocality = ({ cache }: Handle): Plugin => ({
  name: 'ImageLocality',
  score(_state, { spec }, { images }) {
    const initContainers = spec.initContainers ?? [];
    const count = initContainers.length + spec.containers.length;
    let bytes = 0;
    if (images.size > 0) {
      const nodes = cache.nodes().length;
      for (const { image } of [...initContainers, ...spec.containers]) {
        const name = normalizedImageName(image ?? '');
        const state = images.has(name) ? cache.image(name) : undefined;
        if (state) bytes += Math.trunc(state.sizeBytes * (state.nodes / nodes));
      }
    }
    const max = MAX_BYTES_PER_CONTAINER * count;
    const bounded = Math.min(Math.max(bytes, MIN_BYTES), max);
    return Math.trunc((MAX_NODE_SCORE * (bounded - MIN_BYTES)) / (max - MIN_BYTES));
  },
});
