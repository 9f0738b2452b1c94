/** The kustomization file: its fields, the old ones turned into the new (kustomize api/types/kustomization.go). */
import { compareBytes } from '../../api/go-json.ts';
import { isObject, type JsonObject, type JsonValue } from '../../api/json.ts';
import { readYaml, YamlError } from '../builder/yaml-reader.ts';
import { KustomizeError } from './errors.ts';
import type { FieldSpec } from './field-spec.ts';
import type { Loader } from './loader.ts';
import type { ResId } from './resid.ts';
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
  readonly name: string;
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

export interface Variable {
  readonly name: string;
  readonly objref: { readonly apiVersion?: string; readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly fieldref?: { readonly fieldpath?: string; readonly fieldPath?: string };
}

export interface SortOptions {
  readonly order?: string;
  readonly legacySortOptions?: { readonly orderFirst?: readonly string[]; readonly orderLast?: readonly string[] };
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
  readonly replacements: readonly (Replacement & { readonly path?: string })[];
  readonly replicas: readonly { readonly name: string; readonly count: number }[];
  readonly vars: readonly Variable[];
  readonly sortOptions?: SortOptions;
  readonly resources: readonly string[];
  readonly components: readonly string[];
  readonly configMapGenerator: readonly GeneratorArgs[];
  readonly secretGenerator: readonly GeneratorArgs[];
  readonly generatorOptions?: GeneratorOptions;
  readonly configurations: readonly string[];
  readonly buildMetadata: readonly string[];
  readonly fileName: string;
}

/** The type of each field, as Go names it where a value does not fit. */
const FIELDS: Readonly<Record<string, 'text' | 'map' | 'list' | 'texts'>> = {
  apiVersion: 'text', kind: 'text', metadata: 'map', openapi: 'map', namePrefix: 'text', nameSuffix: 'text', namespace: 'text', commonLabels: 'map', labels: 'list', commonAnnotations: 'map',
  patchesStrategicMerge: 'texts', patchesJson6902: 'list', patches: 'list', images: 'list', imageTags: 'list', replacements: 'list', replicas: 'list', vars: 'list', sortOptions: 'map', resources: 'texts',
  components: 'texts', crds: 'texts', bases: 'texts', configMapGenerator: 'list', secretGenerator: 'list', helmGlobals: 'map', helmCharts: 'list', helmChartInflationGenerator: 'list', generatorOptions: 'map',
  configurations: 'texts', generators: 'texts', transformers: 'texts', validators: 'texts', buildMetadata: 'texts',
};

const FIX = "Run 'kustomize edit fix' to update your Kustomization automatically.";
/** Old fields, in the order in which they are warned of, and what took their place. */
const DEPRECATED = [['bases', 'resources', ''], ['commonLabels', 'labels', ''], ['imageTags', 'images', ''], ['patchesJson6902', 'patches', ''], ['patchesStrategicMerge', 'patches', ''], ['vars', 'replacements', '[EXPERIMENTAL] ']] as const;

/** What only plugins, a Helm binary or another cluster's schema could do. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  helmCharts: 'must specify --enable-helm', helmChartInflationGenerator: 'must specify --enable-helm', openapi: 'openapi: other schemas than that of Kubernetes are not supported', crds: 'crds: schemas of custom resources are not supported',
  generators: 'generators: plugins are not supported', transformers: 'transformers: plugins are not supported', validators: 'validators: plugins are not supported',
};

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
  for (const [old, now, note] of DEPRECATED) if (fields[old] !== undefined && fields[old] !== null) warn(`# Warning: '${old}' is deprecated. Please use '${now}' instead. ${note}${FIX}`);
  if (Object.keys(fields).every((name) => name === 'apiVersion' || name === 'kind' || (fields[name] ?? '') === '')) throw new KustomizeError('kustomization.yaml is empty');
  const kustomization = fixed(fields, file.name);
  checkKind(kustomization, loader.root);
  for (const [name, why] of Object.entries(UNSUPPORTED)) if (!isEmpty(fields[name])) throw new KustomizeError(why);
  return kustomization;
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
}

function parse(text: string): JsonObject {
  let value: JsonValue | undefined;
  try {
    value = readYaml(text);
  } catch (error) {
    if (error instanceof YamlError) throw new KustomizeError(`invalid Kustomization: yaml: ${error.message.replace(/^yaml: /, '')}`);
    throw error;
  }
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new KustomizeError(`invalid Kustomization: json: cannot unmarshal ${goKind(value)} into Go value of type types.Kustomization`);
  // YAML becomes JSON with sorted keys first: the first fault in that order is told.
  for (const [name, given] of Object.entries(value as JsonObject).sort(([a], [b]) => compareBytes(a, b))) {
    // Go's decoder takes names in any case.
    const type = FIELDS[name] ?? FIELDS[Object.keys(FIELDS).find((field) => field.toLowerCase() === name.toLowerCase()) ?? ''];
    if (!type) throw new KustomizeError(`invalid Kustomization: json: unknown field "${name}"`);
    if (given === null || given === undefined) continue;
    const fits = { text: typeof given === 'string', map: isObject(given), list: Array.isArray(given), texts: Array.isArray(given) && given.every((item) => typeof item === 'string') }[type];
    if (!fits) throw new KustomizeError(`invalid Kustomization: json: cannot unmarshal ${goKind(type === 'texts' && Array.isArray(given) ? given.find((item) => typeof item !== 'string') : given)} into Go struct field Kustomization.${name} of type ${goType(name, type, given)}`);
    checkInside(name, given);
  }
  return value as JsonObject;
}

/** The types of what is inside: labels and annotations are texts (`yes` and 1 are not), counts are numbers. */
function checkInside(name: string, given: JsonValue): void {
  const misfit = (value: unknown, where: string, type: string): never => {
    throw new KustomizeError(`invalid Kustomization: json: cannot unmarshal ${goKind(value)} into Go struct field ${where} of type ${type}`);
  };
  const texts = (map: unknown, where: string): void => {
    const wrong = isObject(map) ? Object.values(map).find((each) => typeof each !== 'string' && each !== null) : undefined;
    if (wrong !== undefined) misfit(wrong, where, 'string');
  };
  if (name === 'commonLabels' || name === 'commonAnnotations') texts(given, `Kustomization.${name}`);
  for (const item of Array.isArray(given) ? (given as readonly JsonValue[]) : []) {
    if (!isObject(item)) continue;
    const { pairs, count } = item as JsonObject;
    if (name === 'labels') texts(pairs, 'Label.labels.pairs');
    if (name === 'replicas' && count !== undefined && count !== null && typeof count !== 'number') misfit(count, 'Replica.replicas.count', 'int64');
  }
}

const goKind = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value);

function goType(name: string, type: string, given: JsonValue): string {
  if (type === 'text') return 'string';
  if (type === 'texts') return Array.isArray(given) ? (name === 'patchesStrategicMerge' ? 'types.PatchStrategicMerge' : 'string') : name === 'patchesStrategicMerge' ? '[]types.PatchStrategicMerge' : '[]string';
  const types: Readonly<Record<string, string>> = { labels: '[]types.Label', patches: '[]types.Patch', patchesJson6902: '[]types.Patch', images: '[]types.Image', replacements: '[]types.ReplacementField', replicas: '[]types.Replica', vars: '[]types.Var', configMapGenerator: '[]types.ConfigMapArgs', secretGenerator: '[]types.SecretArgs', generatorOptions: 'types.GeneratorOptions', sortOptions: 'types.SortOptions' };
  return types[name] ?? 'map[string]string';
}

function fixed(fields: JsonObject, fileName: string): Kustomization {
  const kind = (fields['kind'] as string | null | undefined) || 'Kustomization';
  const list = (name: string): readonly JsonValue[] => (fields[name] as readonly JsonValue[] | null | undefined) ?? [];
  const text = (name: string): string => (fields[name] as string | null | undefined) ?? '';
  const map = (name: string): JsonObject => (fields[name] as JsonObject | null | undefined) ?? {};
  const optional = (name: string): JsonObject => (isObject(fields[name]) ? { [name]: fields[name] } : {});
  return {
    apiVersion: text('apiVersion') || (kind === 'Component' ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1'),
    kind, fileName,
    namePrefix: text('namePrefix'), nameSuffix: text('nameSuffix'), namespace: text('namespace'),
    commonLabels: map('commonLabels'), labels: list('labels'), commonAnnotations: map('commonAnnotations'),
    patchesStrategicMerge: list('patchesStrategicMerge'), patchesJson6902: list('patchesJson6902'), patches: list('patches'),
    images: [...list('images'), ...list('imageTags')], replacements: list('replacements'), replicas: list('replicas'), vars: list('vars'),
    resources: [...list('resources'), ...list('bases')], components: list('components'),
    configMapGenerator: list('configMapGenerator'), secretGenerator: list('secretGenerator'),
    configurations: list('configurations'), buildMetadata: list('buildMetadata'),
    ...optional('sortOptions'), ...optional('generatorOptions'),
  } as unknown as Kustomization;
}

function checkKind({ kind, apiVersion }: Kustomization, root: string): void {
  const errors: string[] = [];
  if (kind !== 'Kustomization' && kind !== 'Component') errors.push('kind should be Kustomization or Component');
  const wanted = kind === 'Component' ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1';
  if (apiVersion !== wanted) errors.push(`apiVersion for ${kind} should be ${wanted}`);
  if (errors.length > 0) throw new KustomizeError(`Failed to read kustomization file under ${root}:\n${errors.join('\n')}`);
}
