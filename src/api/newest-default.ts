/** Classes of which one is marked as the default: the newest counts, of those of one second the first by name. */
import type { KubeObject } from './object.ts';

/** What marks the default StorageClass. */
export const DEFAULT_STORAGE_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

export function newestDefault<T extends KubeObject>(classes: readonly T[], annotations: readonly string[]): T | undefined {
  const defaults = classes.filter(({ metadata }) => annotations.some((key) => metadata?.annotations?.[key] === 'true'));
  const age = ({ metadata }: T): string => metadata?.creationTimestamp ?? '';
  const name = ({ metadata }: T): string => metadata?.name ?? '';
  return defaults.sort((a, b) => (age(a) === age(b) ? (name(a) < name(b) ? -1 : 1) : age(a) > age(b) ? -1 : 1))[0];
}
