/** All containers of a pod with their places, in the order in which upstream visits them (VisitContainersWithPath). */
import type { Container, EphemeralContainer, PodSpec } from '../../api/generated/types.ts';
import type { Path } from './field.ts';

const GROUPS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

export function* podContainers(spec: PodSpec, path: Path): Generator<readonly [Container | EphemeralContainer, Path]> {
  for (const group of GROUPS) {
    const containers = spec[group];
    if (containers) for (let i = 0; i < containers.length; i++) yield [containers[i] as Container, path.child(group).index(i)];
  }
}
