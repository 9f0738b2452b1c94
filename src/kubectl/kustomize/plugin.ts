/** What changes resources, and what makes them; both are plugins to kustomize, those that are built in and those that are not. */
import type { PluginOptions } from './build.ts';
import type { Loader } from './loader.ts';
import type { Resource } from './resource.ts';
import type { ResourceList } from './resource-list.ts';

export interface Transformer {
  transform(list: ResourceList): void;
}

export interface Generator {
  generate(): readonly Resource[];
}

export interface PluginContext {
  readonly loader: Loader;
  readonly options: PluginOptions;
  /** Its configuration as YAML. */
  readonly shown: string;
}
