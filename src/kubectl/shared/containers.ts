/** Which container of a pod is meant (kubectl pkg/cmd/util/podcmd/podcmd.go). */
import type { Pod } from '../../api/generated/types.ts';

export const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** The names of all containers: those that run along, the ephemeral, those that run first. */
export function containerNames({ spec }: Pod): { readonly regular: readonly string[]; readonly ephemeral: readonly string[]; readonly init: readonly string[] } {
  const names = (containers: readonly { readonly name: string }[] = []): string[] => containers.map(({ name }) => name);
  return { regular: names(spec?.containers), ephemeral: names(spec?.ephemeralContainers), init: names(spec?.initContainers) };
}

export function hasContainer(pod: Pod, name: string): boolean {
  const { regular, ephemeral, init } = containerNames(pod);
  return [...regular, ...init, ...ephemeral].includes(name);
}

/** "a, b, debug (ephem), setup (init)" */
export function allContainerNames(pod: Pod): string {
  const { regular, ephemeral, init } = containerNames(pod);
  return [...regular, ...ephemeral.map((name) => `${name} (ephem)`), ...init.map((name) => `${name} (init)`)].join(', ');
}
