/** The generators that are built in, by the kinds of their configurations (kustomize api/internal/builtins). */
import { generate } from './data.ts';
import { helmChartGenerator, type HelmChartConfig } from './helm.ts';
import { iamPolicyGenerator, type IamPolicyConfig } from './iam-policy.ts';
import type { GeneratorArgs } from '../kustomization.ts';
import type { Generator, PluginContext } from '../plugin.ts';

/** Its own file may name it in its metadata as well. */
export interface DataConfig extends GeneratorArgs {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/** What each is told. */
export interface GeneratorConfigs {
  readonly ConfigMapGenerator: DataConfig;
  readonly SecretGenerator: DataConfig;
  readonly HelmChartInflationGenerator: HelmChartConfig;
  readonly IAMPolicyGenerator: IamPolicyConfig;
}
export type GeneratorKind = keyof GeneratorConfigs;

/** They throw KustomizeError where they are told what is wrong. */
export const GENERATORS: { readonly [Kind in GeneratorKind]: (config: GeneratorConfigs[Kind], context: PluginContext) => Generator } = {
  ConfigMapGenerator: (config, context) => dataGenerator('ConfigMap', config, context),
  SecretGenerator: (config, context) => dataGenerator('Secret', config, context),
  HelmChartInflationGenerator: helmChartGenerator,
  IAMPolicyGenerator: iamPolicyGenerator,
};

function dataGenerator(kind: 'ConfigMap' | 'Secret', { metadata = {}, ...args }: DataConfig, { loader }: PluginContext): Generator {
  const name = args.name || metadata.name;
  const namespace = args.namespace || metadata.namespace;
  return { generate: () => [generate(kind, { ...args, ...(name ? { name } : {}), ...(namespace ? { namespace } : {}) }, loader)] };
}
