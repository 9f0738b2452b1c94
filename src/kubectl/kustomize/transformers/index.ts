/** The transformers that are built in, by the kinds of their configurations (kustomize api/internal/builtins). */
import { addAffix, addHashes, namespaceTransformer, type NamespaceConfig } from './names.ts';
import { setEntries } from './metadata.ts';
import { jsonPatchTransformer, patchTransformer, strategicMergeTransformer, type JsonPatchConfig, type PatchConfig, type StrategicMergeConfig } from './patches.ts';
import { replacementTransformer, type ReplacementConfig } from './replacements.ts';
import { setReplicas, type Replica } from './replicas.ts';
import { setImage } from './images.ts';
import { valueAddTransformer, type ValueAddConfig } from './value-add.ts';
import { KustomizeError } from '../errors.ts';
import type { FieldSpec } from '../field-spec.ts';
import type { Image } from '../kustomization.ts';
import type { PluginContext, Transformer } from '../plugin.ts';

interface WithSpecs {
  readonly fieldSpecs?: readonly FieldSpec[];
}
export interface EntriesConfig extends WithSpecs {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface AffixConfig extends WithSpecs {
  readonly prefix?: string;
  readonly suffix?: string;
}

/** What each is told. */
export interface TransformerConfigs {
  readonly AnnotationsTransformer: EntriesConfig;
  readonly HashTransformer: object;
  readonly ImageTagTransformer: WithSpecs & { readonly imageTag?: Image };
  readonly LabelTransformer: EntriesConfig;
  readonly NamespaceTransformer: NamespaceConfig;
  readonly PatchJson6902Transformer: JsonPatchConfig;
  readonly PatchStrategicMergeTransformer: StrategicMergeConfig;
  readonly PatchTransformer: PatchConfig;
  readonly PrefixSuffixTransformer: AffixConfig;
  readonly PrefixTransformer: AffixConfig;
  readonly SuffixTransformer: AffixConfig;
  readonly ReplacementTransformer: ReplacementConfig;
  readonly ReplicaCountTransformer: WithSpecs & { readonly replica?: Replica };
  readonly ValueAddTransformer: ValueAddConfig;
}
export type TransformerKind = keyof TransformerConfigs;

/** They throw KustomizeError where they are told what is wrong. */
export const TRANSFORMERS: { readonly [Kind in TransformerKind]: (config: TransformerConfigs[Kind], context: PluginContext) => Transformer } = {
  AnnotationsTransformer: ({ annotations = {}, fieldSpecs = [] }) => ({ transform: (list) => setEntries(list, annotations, fieldSpecs) }),
  HashTransformer: () => ({ transform: addHashes }),
  ImageTagTransformer: ({ imageTag = {}, fieldSpecs = [] }) => ({ transform: (list) => setImage(list, imageTag, fieldSpecs) }),
  LabelTransformer: ({ labels = {}, fieldSpecs = [] }) => ({ transform: (list) => setEntries(list, labels, fieldSpecs) }),
  NamespaceTransformer: namespaceTransformer,
  PatchJson6902Transformer: jsonPatchTransformer,
  PatchStrategicMergeTransformer: strategicMergeTransformer,
  PatchTransformer: patchTransformer,
  PrefixSuffixTransformer: (config) => {
    const each = [affixTransformer('prefix', config), affixTransformer('suffix', config)];
    return { transform: (list) => each.forEach((transformer) => transformer.transform(list)) };
  },
  PrefixTransformer: (config) => affixTransformer('prefix', config),
  SuffixTransformer: (config) => affixTransformer('suffix', config),
  ReplacementTransformer: replacementTransformer,
  ReplicaCountTransformer: ({ replica = {}, fieldSpecs = [] }) => ({ transform: (list) => setReplicas(list, replica, fieldSpecs) }),
  ValueAddTransformer: valueAddTransformer,
};

function affixTransformer(part: 'prefix' | 'suffix', { [part]: affix = '', fieldSpecs }: AffixConfig): Transformer {
  if (!fieldSpecs) throw new KustomizeError('fieldSpecs is not expected to be nil');
  return { transform: (list) => addAffix(list, part, affix, fieldSpecs) };
}
