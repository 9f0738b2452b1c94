/**
 * From a folder with a kustomization to the resources that it stands for. Follows kustomize api/internal/target/kusttarget.go
 * and api/krusty/kustomizer.go (v5.6.0, which kubectl v1.33 has inside).
 */
import { klogLine } from '../klog.ts';
import { toYaml } from '../printers/yaml.ts';
import { Accumulator } from './accumulator.ts';
import { KustomizeError } from './errors.ts';
import { loadKustomization, type SortOptions } from './kustomization.ts';
import { Loader } from './loader.ts';
import { OpenApi } from './openapi.ts';
import { removeOrigins } from './origin.ts';
import { gvkSortText, gvkText, kindOrder } from './resid.ts';
import type { Resource } from './resource.ts';
import type { ResourceList } from './resource-list.ts';
import { Target } from './target.ts';
import { setEntries } from './transformers/metadata.ts';
import { addHashes } from './transformers/names.ts';
import { fixNameReferences } from './transformers/name-references.ts';
import { resolveVariables } from './transformers/variables.ts';

export interface BuildOptions {
  /** Files outside of the kustomization's folder may be read. */
  readonly anywhere?: boolean;
  /** Whether resources are sorted ("legacy") or not ("none") where the kustomization does not say. */
  readonly order?: string;
  /** Every resource says by its label that kustomize has made it. */
  readonly managedByLabel?: boolean;
  /** Plugins that are not built in may be run. */
  readonly external?: boolean;
  readonly helm?: Partial<HelmOptions>;
  readonly functions?: Partial<FunctionOptions>;
  /** The environment of programs. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears of what is old or odd. */
  warn(line: string): void;
}

export interface HelmOptions {
  readonly enabled: boolean;
  readonly command: string;
  readonly apiVersions: readonly string[];
  readonly kubeVersion: string;
  readonly debug: boolean;
}

/** How containers of functions are run. */
export interface FunctionOptions {
  readonly network: boolean;
  readonly mounts: readonly string[];
  readonly env: readonly string[];
  readonly asCurrentUser: boolean;
}

/** What the plugins of a build are told. */
export interface PluginOptions extends Required<Pick<BuildOptions, 'external' | 'env' | 'warn'>> {
  readonly helm: HelmOptions;
  readonly functions: FunctionOptions;
  readonly openApi: OpenApi;
}

/** The label "managed-by", with the version that kustomize takes itself for inside of kubectl. */
const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'kustomize-(devel)' };
const LOCAL_CONFIG = 'config.kubernetes.io/local-config';

/** The resources as YAML documents. */
export const textOf = (resources: readonly Resource[]): string => resources.map(({ fields }) => toYaml(fields)).join('---\n');

/** Throws KustomizeError. */
export function build(path: string, options: BuildOptions): readonly Resource[] {
  const loader = Loader.open(path, options.anywhere ?? false);
  const kustomization = loadKustomization(loader, options.warn);
  const { buildMetadata } = kustomization;
  const told = pluginOptions(options);
  told.openApi.tell(kustomization.openapi, loader, true);
  const target = new Target(loader, kustomization, told, buildMetadata.length === 0 ? undefined : '');
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
  if (options.managedByLabel || buildMetadata.includes('managedByLabel')) setEntries(list, MANAGED_BY, [{ path: 'metadata/labels', create: true }]);
  for (const resource of list.resources) {
    resource.tidyAnnotations();
    removeOrigins(resource, { origins: buildMetadata.includes('originAnnotations'), transformations: buildMetadata.includes('transformerAnnotations') });
  }
  return list.resources;
}

function pluginOptions({ external = false, helm = {}, functions = {}, env = {}, warn }: BuildOptions): PluginOptions {
  return {
    external, env, warn, openApi: new OpenApi(),
    // Whoever may run any plugin may run Helm.
    helm: { command: 'helm', apiVersions: [], kubeVersion: '', debug: false, ...helm, enabled: external || (helm.enabled ?? false) },
    functions: { network: false, mounts: [], env: [], asCurrentUser: false, ...functions },
  };
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
