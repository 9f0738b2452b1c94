/** The pod specification in an object, and containers in it (kubectl polymorphichelpers/updatepodspec.go, cmd/set/helper.go). */
import type { Draft } from '../../../api/json.ts';
import type { Container, PodSpec } from '../../../api/generated/types.ts';
import { parseApiVersion } from '../../../api/resource.ts';
import type { UnstructuredObject } from '../../builder/info.ts';

export type PodSpecDraft = Draft<PodSpec>;
export type ContainerDraft = Draft<Container>;

interface Templated {
  spec: { template?: { spec?: PodSpecDraft }; jobTemplate?: { spec: { template: { spec: PodSpecDraft } } } } & PodSpecDraft;
}

const TEMPLATED = new Set(['ReplicationController', 'apps/Deployment', 'apps/DaemonSet', 'apps/ReplicaSet', 'apps/StatefulSet', 'batch/Job']);

/** The writable pod specification. Throws for kinds that have none. */
export function podSpecOf(object: UnstructuredObject): PodSpecDraft {
  const { group, version } = parseApiVersion(object.apiVersion ?? '');
  const kind = `${group === '' ? '' : `${group}/`}${object.kind ?? ''}`;
  const { spec } = object as unknown as Templated;
  if (kind === 'Pod') return spec;
  if (kind === 'batch/CronJob' && spec.jobTemplate) return spec.jobTemplate.spec.template.spec;
  if (!TEMPLATED.has(kind)) throw new Error(`the object is not a pod or does not have a pod template: *${version}.${object.kind ?? ''}`);
  spec.template ??= {};
  return (spec.template.spec ??= {} as PodSpecDraft);
}

/** The containers, then the init containers, whose names match. */
export function selectContainers({ containers, initContainers }: PodSpecDraft, pattern: string): ContainerDraft[] {
  return [...(containers ?? []), ...(initContainers ?? [])].filter(({ name }) => matches(name, pattern));
}

/** Whether a name matches a pattern in which "*" stands for any text. */
export function matches(name: string, pattern: string): boolean {
  if (pattern === '*') return true;
  if (!pattern.includes('*')) return name === pattern;
  const parts = pattern.split('*');
  let position = 0;
  for (const [index, part] of parts.entries()) {
    if (part === '') continue;
    const next = name.slice(position).indexOf(part);
    if (next < position || (index === 0 && position !== 0) || (index === parts.length - 1 && name.length !== part.length + next)) return false;
    position = next;
  }
  return true;
}
