/** The kustomization file: its fields, the old ones turned into the new (kustomize api/types/kustomization.go). */
import { readYaml, YamlError } from '../builder/yaml-reader.ts';
import { decode, withoutEmpty } from './decode.ts';
import { KustomizeError, prefixed } from './errors.ts';
import type { FieldSpec } from './field-spec.ts';
import type { Loader } from './loader.ts';
import type { ResId } from './resid.ts';
import type { Fields } from './resource.ts';
import type { Selector } from './resource-list.ts';

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export interface GeneratorOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

/** A ConfigMap or a Secret to generate. */
export interface GeneratorArgs {
  readonly name?: string;
  readonly namespace?: string;
  readonly behavior?: string;
  readonly type?: string;
  readonly env?: string;
  readonly envs?: readonly string[];
  readonly files?: readonly string[];
  readonly literals?: readonly string[];
  readonly options?: GeneratorOptions;
}

export interface Patch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Selector;
  readonly options?: { readonly allowNameChange?: boolean; readonly allowKindChange?: boolean };
}

export interface Label {
  readonly pairs?: Readonly<Record<string, string>>;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
  readonly fields?: readonly FieldSpec[];
}

export interface Image {
  readonly name?: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly tagSuffix?: string;
  readonly digest?: string;
}

export interface FieldOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly create?: boolean;
}

export interface Replacement {
  readonly source?: ResId & { readonly fieldPath?: string; readonly options?: FieldOptions };
  readonly targets?: readonly { readonly select?: Selector; readonly reject?: readonly Selector[]; readonly fieldPaths?: readonly string[]; readonly options?: FieldOptions }[];
}

/** A replacement, or the file that holds it. */
export interface ReplacementField extends Replacement {
  readonly path?: string;
}

export interface Variable {
  readonly name: string;
  readonly objref: { readonly apiVersion?: string; readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly fieldref?: { readonly fieldPath?: string };
}

export interface SortOptions {
  readonly order?: string;
  readonly legacySortOptions?: { readonly orderFirst?: readonly string[]; readonly orderLast?: readonly string[] };
}

export interface HelmGlobals {
  readonly chartHome?: string;
  readonly configHome?: string;
}

/** A chart to inflate (types/helmchartargs.go). */
export interface HelmChart {
  readonly name?: string;
  readonly version?: string;
  readonly repo?: string;
  readonly releaseName?: string;
  readonly namespace?: string;
  readonly additionalValuesFiles?: readonly string[];
  readonly valuesFile?: string;
  readonly valuesInline?: Fields;
  readonly valuesMerge?: string;
  readonly includeCRDs?: boolean;
  readonly skipHooks?: boolean;
  readonly apiVersions?: readonly string[];
  readonly kubeVersion?: string;
  readonly nameTemplate?: string;
  readonly skipTests?: boolean;
  readonly debug?: boolean;
}

/** A chart as it was once written. */
interface OldHelmChart {
  readonly chartName?: string;
  readonly chartVersion?: string;
  readonly chartRepoUrl?: string;
  readonly chartHome?: string;
  readonly helmHome?: string;
  readonly values?: string;
  readonly valuesLocal?: Fields;
  readonly valuesMerge?: string;
  readonly releaseName?: string;
}

export interface Kustomization {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namePrefix: string;
  readonly nameSuffix: string;
  readonly namespace: string;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly labels: readonly Label[];
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly patchesStrategicMerge: readonly string[];
  readonly patchesJson6902: readonly Patch[];
  readonly patches: readonly Patch[];
  readonly images: readonly Image[];
  readonly replacements: readonly ReplacementField[];
  readonly replicas: readonly { readonly name?: string; readonly count?: number }[];
  readonly vars: readonly Variable[];
  readonly sortOptions?: SortOptions;
  readonly resources: readonly string[];
  readonly components: readonly string[];
  readonly configMapGenerator: readonly GeneratorArgs[];
  readonly secretGenerator: readonly GeneratorArgs[];
  readonly generatorOptions?: GeneratorOptions;
  readonly helmGlobals?: HelmGlobals;
  readonly helmCharts: readonly HelmChart[];
  readonly openapi: Readonly<Record<string, string>>;
  readonly crds: readonly string[];
  readonly configurations: readonly string[];
  readonly generators: readonly string[];
  readonly transformers: readonly string[];
  readonly validators: readonly string[];
  readonly buildMetadata: readonly string[];
  readonly fileName: string;
}

/** The file's own fields, those of old among them. */
type Raw = Omit<Kustomization, 'fileName'> & {
  readonly bases: readonly string[];
  readonly imageTags: readonly Image[];
  readonly helmChartInflationGenerator: readonly OldHelmChart[];
};

const FIX = "Run 'kustomize edit fix' to update your Kustomization automatically.";
/** Old fields, in the order in which they are warned of, and what took their place. */
const DEPRECATED = [['bases', 'resources', ''], ['commonLabels', 'labels', ''], ['imageTags', 'images', ''], ['patchesJson6902', 'patches', ''], ['patchesStrategicMerge', 'patches', ''], ['vars', 'replacements', '[EXPERIMENTAL] ']] as const;

/** Reads a folder's kustomization; warnings about old fields go to `warn`, line by line. */
export function loadKustomization(loader: Loader, warn: (line: string) => void): Kustomization {
  const found = FILE_NAMES.flatMap((name) => {
    try {
      return [{ name, text: loader.load(name).toString('utf8') }];
    } catch {
      return [];
    }
  });
  const [file] = found;
  if (!file) throw new KustomizeError(`unable to find one of '${FILE_NAMES[0]}', '${FILE_NAMES[1]}' or '${FILE_NAMES[2]}' in directory '${loader.root}'`);
  if (found.length > 1) throw new KustomizeError(`Found multiple kustomization files under: ${loader.root}\n`);
  const fields = parse(file.text);
  for (const [old, now, note] of DEPRECATED) if (fields[old] !== undefined) warn(`# Warning: '${old}' is deprecated. Please use '${now}' instead. ${note}${FIX}`);
  if (Object.entries(fields).every(([name, value]) => name === 'apiVersion' || name === 'kind' || value === '')) throw new KustomizeError('kustomization.yaml is empty');
  const kustomization = fixed(fields, file.name);
  checkKind(kustomization, loader.root);
  return kustomization;
}

function parse(text: string): Partial<Raw> {
  return prefixed('invalid Kustomization', () => {
    try {
      return decode<Partial<Raw>>('types.Kustomization', readYaml(text), { strict: true });
    } catch (error) {
      throw error instanceof YamlError ? new KustomizeError(`yaml: ${error.message.replace(/^yaml: /, '')}`) : error;
    }
  });
}

/** Kustomization.FixKustomization. */
function fixed(raw: Partial<Raw>, fileName: string): Kustomization {
  const kind = raw.kind || 'Kustomization';
  const { helmCharts, helmGlobals } = withOldCharts(raw);
  return {
    apiVersion: raw.apiVersion || (kind === 'Component' ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1'),
    kind, fileName,
    openapi: raw.openapi ?? {},
    namePrefix: raw.namePrefix ?? '', nameSuffix: raw.nameSuffix ?? '', namespace: raw.namespace ?? '',
    commonLabels: raw.commonLabels ?? {}, labels: raw.labels ?? [], commonAnnotations: raw.commonAnnotations ?? {},
    patchesStrategicMerge: raw.patchesStrategicMerge ?? [], patchesJson6902: raw.patchesJson6902 ?? [], patches: raw.patches ?? [],
    images: [...(raw.images ?? []), ...(raw.imageTags ?? [])], replacements: raw.replacements ?? [], replicas: raw.replicas ?? [], vars: raw.vars ?? [],
    resources: [...(raw.resources ?? []), ...(raw.bases ?? [])], components: raw.components ?? [], crds: raw.crds ?? [],
    configMapGenerator: (raw.configMapGenerator ?? []).map(withOldEnv), secretGenerator: (raw.secretGenerator ?? []).map(withOldEnv),
    helmCharts, ...(helmGlobals ? { helmGlobals } : {}),
    configurations: raw.configurations ?? [], generators: raw.generators ?? [], transformers: raw.transformers ?? [], validators: raw.validators ?? [], buildMetadata: raw.buildMetadata ?? [],
    ...(raw.sortOptions ? { sortOptions: raw.sortOptions } : {}), ...(raw.generatorOptions ? { generatorOptions: raw.generatorOptions } : {}),
  };
}

function withOldEnv({ env, ...args }: GeneratorArgs): GeneratorArgs {
  return env ? { ...args, envs: [...(args.envs ?? []), env] } : args;
}

/** Charts as they were once written (types.SplitHelmParameters). */
function withOldCharts({ helmCharts = [], helmGlobals, helmChartInflationGenerator: old = [] }: Partial<Raw>): Pick<Kustomization, 'helmCharts' | 'helmGlobals'> {
  const last = (field: 'chartHome' | 'helmHome'): string => old.findLast((args) => args[field])?.[field] ?? '';
  const [chartHome, configHome] = [last('chartHome'), last('helmHome')];
  const globals = helmGlobals ?? (chartHome || configHome ? { chartHome, configHome } : undefined);
  const charts = old.map(({ chartName, chartVersion, chartRepoUrl, values, valuesLocal, valuesMerge, releaseName }) => withoutEmpty({
    name: chartName, version: chartVersion, repo: chartRepoUrl, valuesFile: values, valuesInline: valuesLocal, valuesMerge, releaseName,
  }) as HelmChart);
  return { helmCharts: [...helmCharts, ...charts], ...(globals ? { helmGlobals: globals } : {}) };
}

function checkKind({ kind, apiVersion }: Kustomization, root: string): void {
  const errors: string[] = [];
  if (kind !== 'Kustomization' && kind !== 'Component') errors.push('kind should be Kustomization or Component');
  const wanted = kind === 'Component' ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1';
  if (apiVersion !== wanted) errors.push(`apiVersion for ${kind} should be ${wanted}`);
  if (errors.length > 0) throw new KustomizeError(`Failed to read kustomization file under ${root}:\n${errors.join('\n')}`);
}
