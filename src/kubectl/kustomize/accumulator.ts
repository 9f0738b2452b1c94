/** What has been gathered so far: resources, and what is known about their fields (kustomize api/internal/accumulator/resaccumulator.go). */
import { KustomizeError } from './errors.ts';
import { EMPTY_CONFIG, mergeConfigs, type TransformerConfig } from './field-specs.ts';
import type { Variable } from './kustomization.ts';
import { ResourceList } from './resource-list.ts';

export class Accumulator {
  list = new ResourceList();
  config: TransformerConfig = EMPTY_CONFIG;
  variables: Variable[] = [];

  merge(other: Accumulator): void {
    this.list.appendAll(other.list.resources);
    this.config = mergeConfigs(this.config, other.config);
    this.addVariables(other.variables);
  }

  addVariables(variables: readonly Variable[]): void {
    for (const variable of variables) {
      if (this.variables.some(({ name }) => name === variable.name)) throw new KustomizeError(`var '${variable.name}' already encountered`);
      this.variables.push(variable);
    }
  }
}
