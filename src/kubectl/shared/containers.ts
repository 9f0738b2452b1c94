/** Which container of a pod is meant (kubectl pkg/cmd/util/podcmd/podcmd.go). */
import type { Container, Pod } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { CommandError } from '../errors.ts';

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

/** A container of any sort, and where it stands: "containers", "initContainers", "ephemeralContainers". */
export function findContainer({ spec }: Pod, name: string): { readonly container: Container; readonly list: 'containers' | 'initContainers' | 'ephemeralContainers' } | undefined {
  for (const list of ['containers', 'initContainers', 'ephemeralContainers'] as const) {
    const container = (spec?.[list] as readonly Container[] | undefined)?.find((each) => each.name === name);
    if (container) return { container, list };
  }
  return undefined;
}

/** The named container, else the one of the annotation, else the first; `warn` is told of a choice among several. */
export function containerOrDefault(pod: Pod, name: string, warn: (text: string) => void): Container {
  const { name: podName = '', namespace = '', annotations } = pod.metadata ?? {};
  const first = pod.spec?.containers?.[0];
  if (name !== '') {
    const found = findContainer(pod, name);
    if (!found) throw new CommandError(`container ${name} not found in pod ${podName}`);
    return found.container;
  }
  if (!first) throw new CommandError(`pod ${namespace}/${podName} does not have any containers`);
  const preferred = findContainer(pod, annotations?.[DEFAULT_CONTAINER] ?? '');
  if (preferred) return preferred.container;
  const { regular, ephemeral, init } = containerNames(pod);
  if (regular.length + ephemeral.length + init.length > 1) warn(`Defaulted container ${goQuote(first.name)} out of: ${allContainerNames(pod)}\n`);
  return first;
}
