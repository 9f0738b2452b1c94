/** One kustomization at work: what it reads, makes and changes. Follows kustomize api/internal/target (api v0.19.0). */
import { Accumulator } from './accumulator.ts';
import type { PluginOptions } from './build.ts';
import { loadCrds } from './crds.ts';
import { decodeYaml } from './decode.ts';
import { KustomizeError, MalformedError, prefixed } from './errors.ts';
import { DEFAULT_CONFIG, EMPTY_CONFIG, mergeConfigs, type TransformerConfig } from './field-specs.ts';
import { mergeOptions } from './generators/data.ts';
import { loadKustomization, type GeneratorArgs, type Kustomization } from './kustomization.ts';
import type { Loader } from './loader.ts';
import { addOrigin, addTransformation, originPath, setOrigin, type Origin } from './origin.ts';
import type { Generator, Transformer } from './plugin.ts';
import { builtinGenerator, builtinTransformer, loadGenerator, loadTransformer, type PluginSurroundings } from './plugins.ts';
import { readResources } from './read-resources.ts';
import type { Resource } from './resource.ts';
import { ResourceList } from './resource-list.ts';
import type { TransformerConfigs, TransformerKind } from './transformers/index.ts';
import { labelSpecs } from './transformers/metadata.ts';
import { bindVariables } from './transformers/variables.ts';
import { validate } from './validators.ts';

/** A plugin, and what its work is told to come from. */
interface Step<Plugin> {
  readonly plugin: Plugin;
  readonly origin?: Origin;
}

export class Target {
  readonly #around: PluginSurroundings;

  constructor(
    private readonly loader: Loader,
    private readonly kustomization: Kustomization,
    private readonly options: PluginOptions,
    /** The folder as seen from the first one; undefined where origins are not kept. */
    private readonly path: string | undefined,
  ) {
    this.#around = { loader, options };
  }

  /** Adds what this kustomization stands for. A component works on what is already there. */
  accumulate(into: Accumulator): Accumulator {
    const { kustomization, loader } = this;
    prefixed('accumulating resources', () => this.#addResources(into, kustomization.resources));
    into.config = mergeConfigs(into.config, mergeConfigs(DEFAULT_CONFIG, loadConfigurations(loader, kustomization.configurations)));
    into.config = mergeConfigs(into.config, prefixed(`loading CRDs [${kustomization.crds.join(' ')}]`, () => loadCrds(loader, kustomization.crds)));
    this.#generate(into.list);
    const all = prefixed('accumulating components', () => kustomization.components.reduce((gathered, path) => this.#addComponent(gathered, path), into));
    this.#transform(all);
    this.#validate(all.list);
    bindVariables(all.list, kustomization.vars);
    all.addVariables(kustomization.vars);
    return all;
  }

  #addResources(into: Accumulator, paths: readonly string[]): void {
    for (const path of paths) this.#addResource(into, path);
  }

  /** A file, or else a folder with a kustomization of its own. */
  #addResource(into: Accumulator, path: string): void {
    let fault: KustomizeError;
    try {
      return this.#addFile(into, path);
    } catch (error) {
      if (!(error instanceof KustomizeError)) throw error;
      fault = error;
    }
    let loader: Loader;
    try {
      loader = this.loader.descend(path);
    } catch (error) {
      if (!(error instanceof KustomizeError)) throw error;
      if (fault instanceof MalformedError) throw fault;
      throw new KustomizeError(`accumulation err='${fault.message}': ${error.message}`);
    }
    prefixed(`accumulation err='${fault.message}'`, () => into.merge(this.#folder(loader, path, false, () => new Accumulator())));
  }

  #addFile(into: Accumulator, path: string): void {
    const resources = prefixed(`accumulating resources from '${path}'`, () => {
      const read = new ResourceList();
      read.appendAll(readResources(this.loader.load(path).toString('utf8'), path));
      return read.resources;
    });
    if (this.path !== undefined) for (const resource of resources) setOrigin(resource, { path: joined(this.path, path) });
    prefixed(`merging resources from '${path}'`, () => into.list.appendAll(resources));
  }

  #addComponent(into: Accumulator, path: string): Accumulator {
    let loader: Loader;
    try {
      loader = this.loader.descend(path);
    } catch (error) {
      throw error instanceof KustomizeError ? new KustomizeError(`loader.New ${JSON.stringify(error.message)}`) : error;
    }
    try {
      const merged = new Accumulator();
      merged.merge(this.#folder(loader, path, true, () => into));
      return merged;
    } catch (error) {
      throw error instanceof KustomizeError ? new KustomizeError(`accumulateDirectory: ${JSON.stringify(error.message)}`) : error;
    }
  }

  #folder(loader: Loader, path: string, component: boolean, start: () => Accumulator): Accumulator {
    const kustomization = prefixed(`couldn't make target for path '${loader.root}'`, () => loadKustomization(loader, this.options.warn));
    this.options.openApi.tell(kustomization.openapi, loader, false);
    const isComponent = kustomization.kind === 'Component';
    if (component && !isComponent) throw new KustomizeError(`expected kind 'Component' for path '${loader.root}' but got '${kustomization.kind}'`);
    if (!component && isComponent) throw new KustomizeError(`expected kind != 'Component' for path '${loader.root}'`);
    const target = new Target(loader, kustomization, this.options, this.path === undefined ? undefined : joined(this.path, path));
    return prefixed(`recursed accumulation of path '${loader.root}'`, () => target.accumulate(start()));
  }

  #generate(list: ResourceList): void {
    const steps = [...this.#builtinGenerators(), ...prefixed('loading generator plugins', () => this.#loaded(this.kustomization.generators, loadGenerator, 'configuring external generator'))];
    for (const { plugin, origin } of steps) {
      const made = new ResourceList();
      made.appendAll(plugin.generate());
      if (origin) for (const resource of made.resources) addOrigin(resource, origin);
      for (const resource of made.resources) prefixed('merging from generator', () => list.absorb(resource));
    }
  }

  #builtinGenerators(): readonly Step<Generator>[] {
    const { configMapGenerator, secretGenerator, generatorOptions, helmCharts, helmGlobals } = this.kustomization;
    const withOptions = (args: GeneratorArgs): GeneratorArgs => {
      const options = mergeOptions(args.options, generatorOptions);
      return { ...args, ...(options ? { options } : {}) };
    };
    return [
      ...configMapGenerator.map((args) => this.#builtin('ConfigMapGenerator', builtinGenerator('ConfigMapGenerator', withOptions(args), this.#around))),
      ...secretGenerator.map((args) => this.#builtin('SecretGenerator', builtinGenerator('SecretGenerator', withOptions(args), this.#around))),
      ...helmCharts.map((chart) => this.#builtin('HelmChartInflationGenerator', builtinGenerator('HelmChartInflationGenerator', { ...helmGlobals, ...chart }, this.#around))),
    ];
  }

  /** All are told what to do before the first does it. */
  #transform({ list, config }: Accumulator): void {
    const steps = [...this.#builtinTransformers(config), ...this.#loaded(this.kustomization.transformers, loadTransformer, 'configuring external transformer')];
    for (const { plugin, origin } of steps) {
      plugin.transform(list);
      if (origin) for (const resource of list.resources) addTransformation(resource, origin);
      list.dropEmpty();
    }
  }

  /** What the kustomization's own fields ask for, in the order in which it is done. */
  #builtinTransformers(config: TransformerConfig): readonly Step<Transformer>[] {
    const { patchesStrategicMerge, patches, namespace, namePrefix, nameSuffix, labels, commonLabels, commonAnnotations, patchesJson6902, replicas, images, replacements } = this.kustomization;
    const step = <Kind extends TransformerKind>(kind: Kind, told: TransformerConfigs[Kind]): Step<Transformer> => this.#builtin(kind, builtinTransformer(kind, told, this.#around));
    const isEmpty = (map: object): boolean => Object.keys(map).length === 0;
    return [
      ...(patchesStrategicMerge.length > 0 ? [step('PatchStrategicMergeTransformer', { paths: patchesStrategicMerge })] : []),
      ...patches.map((patch) => step('PatchTransformer', patch)),
      ...(namespace === '' ? [] : [step('NamespaceTransformer', { metadata: { namespace }, fieldSpecs: config.namespace })]),
      ...(namePrefix === '' ? [] : [step('PrefixTransformer', { prefix: namePrefix, fieldSpecs: config.namePrefix })]),
      ...(nameSuffix === '' ? [] : [step('SuffixTransformer', { suffix: nameSuffix, fieldSpecs: config.nameSuffix })]),
      ...labels.map((label) => step('LabelTransformer', { labels: label.pairs ?? {}, fieldSpecs: labelSpecs(label, config) })),
      ...(labels.length === 0 && isEmpty(commonLabels) ? [] : [step('LabelTransformer', { labels: commonLabels, fieldSpecs: config.commonLabels })]),
      ...(isEmpty(commonAnnotations) ? [] : [step('AnnotationsTransformer', { annotations: commonAnnotations, fieldSpecs: config.commonAnnotations })]),
      ...patchesJson6902.map(({ target, path, patch }) => step('PatchJson6902Transformer', { ...(target ? { target } : {}), ...(path ? { path } : {}), ...(patch ? { jsonOp: patch } : {}) })),
      ...replicas.map((replica) => step('ReplicaCountTransformer', { replica, fieldSpecs: config.replicas })),
      ...images.map((imageTag) => step('ImageTagTransformer', { imageTag, fieldSpecs: config.images })),
      ...(replacements.length > 0 ? [step('ReplacementTransformer', { replacements })] : []),
    ];
  }

  #validate(list: ResourceList): void {
    for (const { plugin } of this.#loaded(this.kustomization.validators, loadTransformer, 'configuring external transformer')) validate(list, plugin);
  }

  #builtin<Plugin>(kind: string, plugin: Plugin): Step<Plugin> {
    return { plugin, ...(this.path === undefined ? {} : { origin: { configuredIn: joined(this.path, this.kustomization.fileName), configuredBy: { apiVersion: 'builtin', kind } } }) };
  }

  /** Plugins whose configurations are texts, files or folders. */
  #loaded<Plugin>(sources: readonly string[], load: (config: Resource, around: PluginSurroundings) => Plugin, words: string): readonly Step<Plugin>[] {
    const configs = new Accumulator();
    const paths = sources.filter((source) => !this.#addInline(configs, source, words));
    this.#addResources(configs, paths);
    return configs.list.resources.map((config) => {
      const { name, namespace, apiVersion, kind } = config;
      return { plugin: load(config, this.#around), ...(this.path === undefined ? {} : { origin: { configuredIn: originPath(config), configuredBy: { apiVersion, kind, name, namespace } } }) };
    });
  }

  /** Whether the source holds the configuration itself. */
  #addInline(configs: Accumulator, source: string, words: string): boolean {
    const inline = new ResourceList();
    try {
      inline.appendAll(readResources(source));
    } catch (error) {
      if (error instanceof KustomizeError) return false;
      throw error;
    }
    for (const config of inline.resources) if (this.path !== undefined) setOrigin(config, { path: joined(this.path, this.kustomization.fileName) });
    prefixed(words, () => configs.list.appendAll(inline.resources));
    return true;
  }
}

/** A path under a folder, without detours. */
function joined(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function loadConfigurations(loader: Loader, paths: readonly string[]): TransformerConfig {
  return paths.reduce((config, path) => mergeConfigs(config, { ...EMPTY_CONFIG, ...decodeYaml<Partial<TransformerConfig>>('builtinconfig.TransformerConfig', loader.load(path).toString('utf8'), true) }), EMPTY_CONFIG);
}
