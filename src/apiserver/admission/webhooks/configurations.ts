/** The order of configurations: by name, as upstream's configuration manager keeps them. */
import type { KubeObject } from '../../../api/object.ts';

export const byName = <T extends KubeObject>(configurations: readonly T[]): readonly T[] =>
  configurations.length < 2 ? configurations : [...configurations].sort((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1));
