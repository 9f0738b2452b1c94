/**
 * From a folder with a kustomization to the resources that it stands for. Follows kustomize api/internal/target/kusttarget.go
 * and api/krusty/kustomizer.go (v5.6.0, which kubectl v1.33 has inside).
 */
import { isObject, type JsonObject } from '../../api/json.ts';
import { readYaml } from '../builder/yaml-reader.ts';
import { klogLine } from '../klog.ts';
import { toYaml } from '../printers/yaml.ts';
import { KustomizeError, MalformedError, prefixed } from './errors.ts';
import { DEFAULT_CONFIG, EMPTY_CONFIG, mergeConfigs, type TransformerConfig } from './field-specs.ts';
import { generate, mergeOptions } from './generators.ts';
import { loadKustomization, type GeneratorArgs, type Kustomization, type SortOptions, type Variable } from './kustomization.ts';
import { Loader } from './loader.ts';
import { readResources } from './read-resources.ts';
import { gvkSortText, gvkText, kindOrder } from './resid.ts';
import type { Origin, Resource } from './resource.ts';
import { ResourceList } from './resource-list.ts';
import { setImages } from './transformers/images.ts';
import { addLabels, setEntries } from './transformers/metadata.ts';
import { addAffix, addHashes, setNamespace } from './transformers/names.ts';
import { fixNameReferences } from './transformers/name-references.ts';
import { applyJsonPatches, applyPatches, applyStrategicMerges } from './transformers/patches.ts';
import { applyReplacements } from './transformers/replacements.ts';
import { setReplicas } from './transformers/replicas.ts';
import { bindVariables, resolveVariables } from './transformers/variables.ts';

export interface BuildOptions {
  /** Files outside of the kustomization's folder may be read. */
  readonly anywhere?: boolean;
  /** Whether resources are sorted ("legacy") or not ("none") where the kustomization does not say. */
  readonly order?: string;
  /** Every resource says by its label that kustomize has made it. */
  readonly managedByLabel?: boolean;
  /** Hears of what is old or odd. */
  warn(line: string): void;
}

/** The label "managed-by", with the version that kustomize takes itself for inside of kubectl. */
const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'kustomize-(devel)' };
const ORIGIN = 'config.kubernetes.io/origin';
const LOCAL_CONFIG = 'config.kubernetes.io/local-config';

/** The resources as YAML documents. */
export const textOf = (resources: readonly Resource[]): string => resources.map(({ fields }) => toYaml(fields)).join('---\n');

/** Throws KustomizeError. */
export function build(path: string, options: BuildOptions): readonly Resource[] {
  const loader = Loader.open(path, options.anywhere ?? false);
  const kustomization = loadKustomization(loader, options.warn);
  const { buildMetadata } = kustomization;
  if (buildMetadata.includes('transformerAnnotations')) throw new KustomizeError('buildMetadata: transformerAnnotations is not supported');
  const target = new Target(loader, kustomization, options, '');
  const gathered = target.accumulate(new Accumulator());
  const { list } = gathered;
  addHashes(list);
  fixNameReferences(list, gathered.config.nameReference);
  resolveVariables(list, gathered.variables, gathered.config.varReference, options.warn);
  list.resources = list.resources.filter((resource) => (resource.stringMap('annotations')[LOCAL_CONFIG] ?? 'false') === 'false');
  const { sortOptions } = kustomization;
  if (sortOptions && options.order !== undefined) options.warn(klogLine('I', 'log.go:245', "Warning: Sorting order is set both in 'kustomization.yaml' ('sortOptions') and in a CLI flag ('--reorder'). Using the kustomization file over the CLI flag.").trimEnd());
  // Unless told otherwise, in the order in which a cluster takes them.
  sort(list, sortOptions ?? { order: options.order === 'none' ? 'fifo' : 'legacy' });
  for (const resource of list.resources) resource.tidyAnnotations();
  if (options.managedByLabel || buildMetadata.includes('managedByLabel')) setEntries(list, MANAGED_BY, [{ path: 'metadata/labels', create: true }]);
  if (buildMetadata.includes('originAnnotations')) for (const resource of list.resources) annotateOrigin(resource);
  return list.resources;
}

function annotateOrigin(resource: Resource): void {
  if (resource.origin) resource.setStringMap('annotations', { ...resource.stringMap('annotations'), [ORIGIN]: originText(resource.origin) });
}

/** In the order of Go's struct. */
function originText({ path, configuredIn, configuredBy }: Origin): string {
  return [
    ...(path ? [`path: ${path}\n`] : []), ...(configuredIn ? [`configuredIn: ${configuredIn}\n`] : []),
    ...(configuredBy ? [`configuredBy:\n  apiVersion: ${configuredBy.apiVersion}\n  kind: ${configuredBy.kind}\n`] : []),
  ].join('');
}

/** What has been gathered so far: resources, and what is known about their fields. */
class Accumulator {
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

class Target {
  constructor(
    private readonly loader: Loader,
    private readonly kustomization: Kustomization,
    private readonly options: BuildOptions,
    /** The folder as seen from the first one. */
    private readonly path: string,
  ) {}

  /** Adds what this kustomization stands for. A component works on what is already there. */
  accumulate(into: Accumulator): Accumulator {
    const { kustomization, loader } = this;
    prefixed('accumulating resources', () => kustomization.resources.forEach((path) => this.#addResource(into, path)));
    into.config = mergeConfigs(into.config, mergeConfigs(DEFAULT_CONFIG, loadConfigurations(loader, kustomization.configurations)));
    this.#generate(into.list);
    const all = prefixed('accumulating components', () => kustomization.components.reduce((gathered, path) => this.#addComponent(gathered, path), into));
    this.#transform(all);
    bindVariables(all.list, kustomization.vars);
    all.addVariables(kustomization.vars);
    return all;
  }

  /** A file, or else a folder with a kustomization of its own. */
  #addResource(into: Accumulator, path: string): void {
    let fault: KustomizeError;
    try {
      const resources = prefixed(`accumulating resources from '${path}'`, () => {
        const read = new ResourceList();
        read.appendAll(readResources(this.loader.load(path).toString('utf8'), path));
        return read.resources;
      });
      for (const resource of resources) resource.origin = { path: joined(this.path, path) };
      prefixed(`merging resources from '${path}'`, () => into.list.appendAll(resources));
      return;
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
    const isComponent = kustomization.kind === 'Component';
    if (component && !isComponent) throw new KustomizeError(`expected kind 'Component' for path '${loader.root}' but got '${kustomization.kind}'`);
    if (!component && isComponent) throw new KustomizeError(`expected kind != 'Component' for path '${loader.root}'`);
    const target = new Target(loader, kustomization, this.options, joined(this.path, path));
    return prefixed(`recursed accumulation of path '${loader.root}'`, () => target.accumulate(start()));
  }

  #generate(list: ResourceList): void {
    const { configMapGenerator, secretGenerator, generatorOptions, fileName } = this.kustomization;
    const add = (kind: 'ConfigMap' | 'Secret', args: GeneratorArgs): void => {
      const options = mergeOptions(args.options, generatorOptions);
      const resource = generate(kind, { ...args, ...(options ? { options } : {}) }, this.loader);
      resource.origin = generatedBy(`${kind}Generator`, joined(this.path, fileName));
      prefixed('merging from generator', () => list.absorb(resource));
    };
    for (const args of configMapGenerator) add('ConfigMap', args);
    for (const args of secretGenerator) add('Secret', args);
  }

  #transform({ list, config }: Accumulator): void {
    const { kustomization, loader } = this;
    applyStrategicMerges(list, kustomization.patchesStrategicMerge, loader);
    applyPatches(list, kustomization.patches, loader, generatedBy('PatchTransformer', joined(this.path, kustomization.fileName)));
    setNamespace(list, kustomization.namespace, config.namespace);
    addAffix(list, 'prefix', kustomization.namePrefix, config.namePrefix);
    addAffix(list, 'suffix', kustomization.nameSuffix, config.nameSuffix);
    addLabels(list, kustomization, config);
    setEntries(list, kustomization.commonAnnotations, config.commonAnnotations);
    applyJsonPatches(list, kustomization.patchesJson6902, loader);
    setReplicas(list, kustomization.replicas, config.replicas);
    setImages(list, kustomization.images, config.images);
    applyReplacements(list, kustomization.replacements, loader);
  }
}

const generatedBy = (kind: string, configuredIn: string): Origin => ({ configuredIn, configuredBy: { apiVersion: 'builtin', kind } });

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
  return paths.reduce((config, path) => {
    const value = readYaml(loader.load(path).toString('utf8'));
    return isObject(value) ? mergeConfigs(config, { ...EMPTY_CONFIG, ...(value as JsonObject as unknown as Partial<TransformerConfig>) }) : config;
  }, EMPTY_CONFIG);
}

/** SortOrderTransformer. */
function sort(list: ResourceList, options: SortOptions): void {
  const { order = '', legacySortOptions } = options;
  if (order !== 'legacy' && order !== 'fifo') throw new KustomizeError(`the field 'sortOptions.order' must be one of [fifo, legacy]`);
  if (legacySortOptions && order !== 'legacy') throw new KustomizeError(`the field 'sortOptions.legacySortOptions' is set but the selected sort order is '${order}', not 'legacy'`);
  if (order !== 'legacy') return;
  const place = kindOrder(legacySortOptions?.orderFirst, legacySortOptions?.orderLast);
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  list.resources.sort(({ id: a }, { id: b }) => {
    const order = place(a.kind ?? '') - place(b.kind ?? '') || compare(gvkSortText(a), gvkSortText(b));
    const key = ({ name, namespace, ...gvk }: typeof a): string => `${gvkText(gvk)}|${namespace || '~X'}|${name || '~N'}`;
    return order || compare(key(a), key(b));
  });
}
