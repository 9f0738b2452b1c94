/**
 * The structs that kustomize reads (kustomize api/types, and those of its builtin plugins), field by field as Go writes their
 * types. What stands behind "+" is embedded: its fields are the struct's own.
 */
export type Struct = Readonly<Record<string, string>>;

const OBJECT_META: Struct = { name: 'string', namespace: 'string', labels: 'map[string]string', annotations: 'map[string]string' };
const FIELD_SPECS = '[]types.FieldSpec';

export const STRUCTS: Readonly<Record<string, Struct>> = {
  TypeMeta: { kind: 'string', apiVersion: 'string' },
  ObjectMeta: OBJECT_META,
  Kustomization: {
    '+TypeMeta': 'types.TypeMeta', metadata: '*types.ObjectMeta', openapi: 'map[string]string', namePrefix: 'string', nameSuffix: 'string', namespace: 'string', commonLabels: 'map[string]string', labels: '[]types.Label',
    commonAnnotations: 'map[string]string', patchesStrategicMerge: '[]types.PatchStrategicMerge', patchesJson6902: '[]types.Patch', patches: '[]types.Patch', images: '[]types.Image', imageTags: '[]types.Image',
    replacements: '[]types.ReplacementField', replicas: '[]types.Replica', vars: '[]types.Var', sortOptions: '*types.SortOptions', resources: '[]string', components: '[]string', crds: '[]string', bases: '[]string',
    configMapGenerator: '[]types.ConfigMapArgs', secretGenerator: '[]types.SecretArgs', helmGlobals: '*types.HelmGlobals', helmCharts: '[]types.HelmChart', helmChartInflationGenerator: '[]types.HelmChartArgs',
    generatorOptions: '*types.GeneratorOptions', configurations: '[]string', generators: '[]string', transformers: '[]string', validators: '[]string', buildMetadata: '[]string',
  },
  Label: { pairs: 'map[string]string', includeSelectors: 'bool', includeTemplates: 'bool', fields: FIELD_SPECS },
  Gvk: { group: 'string', version: 'string', kind: 'string' },
  ResId: { '+Gvk': 'resid.Gvk', name: 'string', namespace: 'string' },
  FieldSpec: { '+Gvk': 'resid.Gvk', path: 'string', create: 'bool' },
  Selector: { '+ResId': 'resid.ResId', annotationSelector: 'string', labelSelector: 'string' },
  Patch: { path: 'string', patch: 'string', target: '*types.Selector', options: 'map[string]bool' },
  Image: { name: 'string', newName: 'string', tagSuffix: 'string', newTag: 'string', digest: 'string' },
  Replica: { name: 'string', count: 'int64' },
  Replacement: { source: '*types.SourceSelector', targets: '[]*types.TargetSelector' },
  ReplacementField: { '+Replacement': 'types.Replacement', path: 'string' },
  SourceSelector: { '+ResId': 'resid.ResId', fieldPath: 'string', options: '*types.FieldOptions' },
  TargetSelector: { select: '*types.Selector', reject: '[]*types.Selector', fieldPaths: '[]string', options: '*types.FieldOptions' },
  FieldOptions: { delimiter: 'string', index: 'int', encoding: 'string', create: 'bool' },
  Var: { name: 'string', objref: 'types.Target', fieldref: 'types.FieldSelector' },
  Target: { apiVersion: 'string', '+Gvk': 'resid.Gvk', name: 'string', namespace: 'string' },
  FieldSelector: { fieldPath: 'string' },
  SortOptions: { order: 'types.SortOrder', legacySortOptions: '*types.LegacySortOptions' },
  LegacySortOptions: { orderFirst: '[]string', orderLast: '[]string' },
  KvPairSources: { literals: '[]string', files: '[]string', envs: '[]string', env: 'string' },
  GeneratorOptions: { labels: 'map[string]string', annotations: 'map[string]string', disableNameSuffixHash: 'bool', immutable: 'bool' },
  GeneratorArgs: { namespace: 'string', name: 'string', behavior: 'string', '+KvPairSources': 'types.KvPairSources', options: '*types.GeneratorOptions' },
  ConfigMapArgs: { '+GeneratorArgs': 'types.GeneratorArgs' },
  SecretArgs: { '+GeneratorArgs': 'types.GeneratorArgs', type: 'string' },
  HelmGlobals: { chartHome: 'string', configHome: 'string' },
  HelmChart: {
    name: 'string', version: 'string', repo: 'string', releaseName: 'string', namespace: 'string', additionalValuesFiles: '[]string', valuesFile: 'string', valuesInline: 'map[string]interface {}', valuesMerge: 'string',
    includeCRDs: 'bool', skipHooks: 'bool', apiVersions: '[]string', kubeVersion: 'string', nameTemplate: 'string', skipTests: 'bool', debug: 'bool',
  },
  HelmChartArgs: {
    chartName: 'string', chartVersion: 'string', chartRepoUrl: 'string', chartHome: 'string', chartRepoName: 'string', helmBin: 'string', helmHome: 'string', values: 'string', valuesLocal: 'map[string]interface {}',
    valuesMerge: 'string', releaseName: 'string', releaseNamespace: 'string', extraArgs: '[]string',
  },
  NameBackReferences: { '+Gvk': 'resid.Gvk', fieldSpecs: 'types.FsSlice' },
  TransformerConfig: {
    namePrefix: 'types.FsSlice', nameSuffix: 'types.FsSlice', namespace: 'types.FsSlice', commonLabels: 'types.FsSlice', labels: 'types.FsSlice', templateLabels: 'types.FsSlice', commonAnnotations: 'types.FsSlice',
    nameReference: 'builtinconfig.nbrSlice', varReference: 'types.FsSlice', images: 'types.FsSlice', replicas: 'types.FsSlice',
  },
  Origin: { path: 'string', repo: 'string', ref: 'string', configuredIn: 'string', configuredBy: 'map[string]string' },
  OpenAPIDefinition: { Schema: 'interface {}', Dependencies: '[]string' },
  // The configuration of plugins.
  AnnotationsTransformerPlugin: { annotations: 'map[string]string', fieldSpecs: FIELD_SPECS },
  LabelTransformerPlugin: { labels: 'map[string]string', fieldSpecs: FIELD_SPECS },
  NamespaceTransformerPlugin: { metadata: 'types.ObjectMeta', fieldSpecs: FIELD_SPECS, unsetOnly: 'bool', setRoleBindingSubjects: 'namespace.RoleBindingSubjectMode' },
  HashTransformerPlugin: {},
  PrefixSuffixTransformerPlugin: { prefix: 'string', suffix: 'string', fieldSpecs: 'types.FsSlice' },
  PrefixTransformerPlugin: { prefix: 'string', fieldSpecs: 'types.FsSlice' },
  SuffixTransformerPlugin: { suffix: 'string', fieldSpecs: 'types.FsSlice' },
  ImageTagTransformerPlugin: { imageTag: 'types.Image', fieldSpecs: FIELD_SPECS },
  ReplicaCountTransformerPlugin: { replica: 'types.Replica', fieldSpecs: FIELD_SPECS },
  PatchTransformerPlugin: { path: 'string', patch: 'string', target: '*types.Selector', options: 'map[string]bool' },
  PatchStrategicMergeTransformerPlugin: { paths: '[]types.PatchStrategicMerge', patches: 'string' },
  PatchJson6902TransformerPlugin: { target: '*types.Selector', path: 'string', jsonOp: 'string' },
  ReplacementTransformerPlugin: { replacements: '[]types.ReplacementField' },
  ValueAddTransformerPlugin: { value: 'string', targets: '[]builtins.Target', targetFilePath: 'string' },
  'struct { Targets []builtins.Target }': { targets: '[]builtins.Target' },
  'builtins.Target': { selector: '*types.Selector', fieldPath: 'string', filePathPosition: 'int' },
  ConfigMapGeneratorPlugin: { metadata: 'types.ObjectMeta', '+ConfigMapArgs': 'types.ConfigMapArgs' },
  SecretGeneratorPlugin: { metadata: 'types.ObjectMeta', '+SecretArgs': 'types.SecretArgs' },
  IAMPolicyGeneratorPlugin: { '+IAMPolicyGeneratorArgs': 'types.IAMPolicyGeneratorArgs' },
  IAMPolicyGeneratorArgs: { cloud: 'types.Cloud', kubernetesService: 'types.KubernetesService', serviceAccount: 'types.ServiceAccount' },
  FunctionSpec: { deferFailure: 'bool', container: 'runtimeutil.ContainerSpec', exec: 'runtimeutil.ExecSpec' },
  ContainerSpec: { image: 'string', network: 'bool', mounts: '[]runtimeutil.StorageMount', envs: '[]string' },
  StorageMount: { type: 'string', src: 'string', dst: 'string', rw: 'bool' },
  ExecSpec: { path: 'string' },
  argsConfig: { argsOneLiner: 'string', argsFromFile: 'string' },
  KubernetesService: { name: 'string', namespace: 'string' },
  ServiceAccount: { name: 'string', projectId: 'string' },
  HelmChartInflationGeneratorPlugin: { '+HelmGlobals': 'types.HelmGlobals', '+HelmChart': 'types.HelmChart' },
};

/** Types by another name. */
export const ALIASES: Readonly<Record<string, string>> = {
  'types.PatchStrategicMerge': 'string', 'types.SortOrder': 'string', 'types.Cloud': 'string', 'namespace.RoleBindingSubjectMode': 'string', 'types.FsSlice': FIELD_SPECS, 'resource.Transformations': '[]*resource.Origin', 'accumulator.nameToApiMap': 'map[string]accumulator.OpenAPIDefinition', 'builtinconfig.nbrSlice': '[]builtinconfig.NameBackReferences',
};
