/** Plugins out of their configurations, which are resources: those that are built in, and programs where they are allowed (kustomize api/internal/plugins/loader). */
import { toYaml } from '../printers/yaml.ts';
import { decodeLoosely, withoutEmpty } from './decode.ts';
import { KustomizeError, prefixed } from './errors.ts';
import { execPlugin } from './exec-plugin.ts';
import { functionPlugin, functionSpec } from './function-plugin.ts';
import { GENERATORS, type GeneratorConfigs, type GeneratorKind } from './generators/index.ts';
import type { Generator, PluginContext, Transformer } from './plugin.ts';
import { gvkText, idText } from './resid.ts';
import type { Resource } from './resource.ts';
import { TRANSFORMERS, type TransformerConfigs, type TransformerKind } from './transformers/index.ts';

/** A plugin's surroundings, but for its configuration. */
export type PluginSurroundings = Omit<PluginContext, 'shown'>;

/** What a kustomization itself asks for. Throws KustomizeError, with the configuration, where it asks for what cannot be. */
export function builtinTransformer<Kind extends TransformerKind>(kind: Kind, config: TransformerConfigs[Kind], around: PluginSurroundings): Transformer {
  return withConfig(kind, config, (shown) => TRANSFORMERS[kind](config, { ...around, shown }));
}

/** The same for what makes resources. */
export function builtinGenerator<Kind extends GeneratorKind>(kind: Kind, config: GeneratorConfigs[Kind], around: PluginSurroundings): Generator {
  return withConfig(kind, config, (shown) => GENERATORS[kind](config, { ...around, shown }));
}

function withConfig<T>(kind: string, config: object, make: (shown: string) => T): T {
  // Go's struct for this one has no names for JSON.
  const shown = toYaml(withoutEmpty('replacements' in config ? { Replacements: config.replacements } : config));
  return prefixed(`trouble configuring builtin ${kind} with config: \`\n${shown}\``, () => make(shown));
}

export function loadTransformer(config: Resource, around: PluginSurroundings): Transformer {
  const plugin = load(config, around);
  if ('transform' in plugin) return plugin;
  throw new KustomizeError(`plugin ${idText(config.originalId)} not a transformer`);
}

export function loadGenerator(config: Resource, around: PluginSurroundings): Generator {
  return prefixed('failed to load generator', () => {
    const plugin = load(config, around);
    if ('generate' in plugin) return plugin;
    throw new KustomizeError(`plugin ${idText(config.originalId)} not a generator`);
  });
}

function load(config: Resource, around: PluginSurroundings): Transformer | Generator {
  const { kind, apiVersion } = config;
  const context = { ...around, shown: toYaml(config.fields) };
  if (apiVersion === 'builtin') return loadBuiltin(config, context);
  if (!around.options.external) throw new KustomizeError(`external plugins disabled; unable to load external plugin '${kind}'`);
  const spec = functionSpec(config);
  return spec ? functionPlugin(config, spec, context) : execPlugin(config, context);
}

function loadBuiltin(config: Resource, context: PluginContext): Transformer | Generator {
  const { kind } = config;
  const maker = Object.hasOwn(TRANSFORMERS, kind) ? TRANSFORMERS[kind as TransformerKind] : Object.hasOwn(GENERATORS, kind) ? GENERATORS[kind as GeneratorKind] : undefined;
  if (!maker) throw new KustomizeError(`unable to load builtin ${gvkText(config.gvk)}`);
  return prefixed(`plugin ${idText(config.originalId)} fails configuration`, () => {
    const read = (): never => decodeLoosely<never>(`builtins.${kind}Plugin`, config.fields);
    return maker(kind === 'NamespaceTransformer' ? prefixed('unmarshalling NamespaceTransformer config', read) : read(), context);
  });
}
