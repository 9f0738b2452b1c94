/**
 * Which fields of which kinds hold labels, names of others, images and so on: what kustomize knows without being told
 * (kustomize api/internal/konfig/builtinpluginconsts), and what a kustomization's `configurations` add.
 */
import { prefixed } from './errors.ts';
import { mergeSpecs, type FieldSpec } from './field-spec.ts';
import { gvkSortText, kindOrder, sameGvk, type Gvk } from './resid.ts';

/** Fields that hold the name of a kind of resource. */
export interface NameReference extends Gvk {
  readonly fieldSpecs: readonly FieldSpec[];
}

export interface TransformerConfig {
  readonly namePrefix: readonly FieldSpec[];
  readonly nameSuffix: readonly FieldSpec[];
  readonly namespace: readonly FieldSpec[];
  readonly commonLabels: readonly FieldSpec[];
  readonly labels: readonly FieldSpec[];
  readonly templateLabels: readonly FieldSpec[];
  readonly commonAnnotations: readonly FieldSpec[];
  readonly nameReference: readonly NameReference[];
  readonly varReference: readonly FieldSpec[];
  readonly images: readonly FieldSpec[];
  readonly replicas: readonly FieldSpec[];
}

export const EMPTY_CONFIG: TransformerConfig = {
  namePrefix: [], nameSuffix: [], namespace: [], commonLabels: [], labels: [], templateLabels: [], commonAnnotations: [], nameReference: [], varReference: [], images: [], replicas: [],
};

/** Where kinds keep their pod's spec. */
const POD_SPECS: readonly (FieldSpec & { readonly kind: string })[] = [
  { kind: 'Pod', version: 'v1', path: 'spec' }, { kind: 'PodTemplate', path: 'template/spec' }, ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job'].map((kind) => ({ kind, path: 'spec/template/spec' })),
  { kind: 'CronJob', path: 'spec/jobTemplate/spec/template/spec' },
];
/** With ReplicationControllers, and without what has no `replicas` of its own. */
const ACCOUNT_HOLDERS: readonly FieldSpec[] = [
  { kind: 'Pod', path: 'spec' }, ...['StatefulSet', 'Deployment', 'ReplicationController', 'Job', 'DaemonSet'].map((kind) => ({ kind, path: 'spec/template/spec' })), { kind: 'CronJob', path: 'spec/jobTemplate/spec/template/spec' },
];

const inPods = (pods: readonly FieldSpec[], ...fields: string[]): FieldSpec[] => pods.flatMap(({ path, ...gvk }) => fields.map((field) => ({ ...gvk, path: `${path}/${field}` })));
const scalers = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'];
const RBAC = 'rbac.authorization.k8s.io';

const METADATA_LABELS: readonly FieldSpec[] = [
  { path: 'metadata/labels', create: true },
  { path: 'spec/template/metadata/labels', create: true, version: 'v1', kind: 'ReplicationController' },
  ...['Deployment', 'ReplicaSet', 'DaemonSet'].map((kind) => ({ path: 'spec/template/metadata/labels', create: true, kind })),
  { path: 'spec/template/metadata/labels', create: true, group: 'apps', kind: 'StatefulSet' },
  { path: 'spec/volumeClaimTemplates[]/metadata/labels', create: true, group: 'apps', kind: 'StatefulSet' },
  { path: 'spec/template/metadata/labels', create: true, group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/metadata/labels', create: true, group: 'batch', kind: 'CronJob' },
  { path: 'spec/jobTemplate/spec/template/metadata/labels', create: true, group: 'batch', kind: 'CronJob' },
];

const AFFINITY = [
  'affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm', 'affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution',
  'affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm', 'affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution', 'topologySpreadConstraints',
].map((place) => `spec/template/spec/${place}/labelSelector/matchLabels`);

const COMMON_LABELS: readonly FieldSpec[] = [
  { path: 'spec/selector', create: true, version: 'v1', kind: 'Service' },
  { path: 'spec/selector', create: true, version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'Deployment' },
  ...AFFINITY.map((path) => ({ path, group: 'apps', kind: 'Deployment' })),
  { path: 'spec/selector/matchLabels', create: true, kind: 'ReplicaSet' },
  { path: 'spec/selector/matchLabels', create: true, kind: 'DaemonSet' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'StatefulSet' },
  ...AFFINITY.map((path) => ({ path, group: 'apps', kind: 'StatefulSet' })),
  { path: 'spec/selector/matchLabels', group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', group: 'batch', kind: 'CronJob' },
  { path: 'spec/selector/matchLabels', group: 'policy', kind: 'PodDisruptionBudget' },
  ...['spec/podSelector/matchLabels', 'spec/ingress/from/podSelector/matchLabels', 'spec/egress/to/podSelector/matchLabels'].map((path) => ({ path, group: 'networking.k8s.io', kind: 'NetworkPolicy' })),
  ...METADATA_LABELS,
];

const COMMON_ANNOTATIONS: readonly FieldSpec[] = [
  { path: 'metadata/annotations', create: true },
  { path: 'spec/template/metadata/annotations', create: true, version: 'v1', kind: 'ReplicationController' },
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'].map((kind) => ({ path: 'spec/template/metadata/annotations', create: true, kind })),
  { path: 'spec/template/metadata/annotations', create: true, group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/metadata/annotations', create: true, group: 'batch', kind: 'CronJob' },
  { path: 'spec/jobTemplate/spec/template/metadata/annotations', create: true, group: 'batch', kind: 'CronJob' },
];

const ROLES = ['Role', 'ClusterRole'].map((kind) => ({ path: 'rules/resourceNames', kind }));

const NAME_REFERENCES: readonly NameReference[] = [
  ...scalers.map((kind) => ({ kind, fieldSpecs: [{ path: 'spec/scaleTargetRef/name', kind: 'HorizontalPodAutoscaler' }] })),
  {
    kind: 'ConfigMap', version: 'v1',
    fieldSpecs: [
      ...inPods(POD_SPECS, 'volumes/configMap/name', 'containers/env/valueFrom/configMapKeyRef/name', 'initContainers/env/valueFrom/configMapKeyRef/name', 'containers/envFrom/configMapRef/name', 'initContainers/envFrom/configMapRef/name', 'volumes/projected/sources/configMap/name'),
      { path: 'spec/configSource/configMap', kind: 'Node' }, ...ROLES, { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap', kind: 'Ingress' },
    ],
  },
  {
    kind: 'Secret', version: 'v1',
    fieldSpecs: [
      ...inPods(POD_SPECS, 'volumes/secret/secretName', 'containers/env/valueFrom/secretKeyRef/name', 'initContainers/env/valueFrom/secretKeyRef/name', 'containers/envFrom/secretRef/name', 'initContainers/envFrom/secretRef/name', 'imagePullSecrets/name', 'volumes/projected/sources/secret/name'),
      ...['spec/tls/secretName', 'metadata/annotations/ingress.kubernetes.io\\/auth-secret', 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret', 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret'].map((path) => ({ path, kind: 'Ingress' })),
      { path: 'imagePullSecrets/name', kind: 'ServiceAccount' }, ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((name) => ({ path: `parameters/${name}`, kind: 'StorageClass' })), ...ROLES,
      { path: 'spec/template/spec/containers/env/valueFrom/secretKeyRef/name', group: 'serving.knative.dev', version: 'v1', kind: 'Service' }, { path: 'spec/azureFile/secretName', kind: 'PersistentVolume' },
    ],
  },
  {
    kind: 'Service', version: 'v1',
    fieldSpecs: [
      { path: 'spec/serviceName', kind: 'StatefulSet', group: 'apps' },
      ...['spec/rules/http/paths/backend/serviceName', 'spec/backend/serviceName', 'spec/rules/http/paths/backend/service/name', 'spec/defaultBackend/service/name'].map((path) => ({ path, kind: 'Ingress' })),
      { path: 'spec/service/name', kind: 'APIService', group: 'apiregistration.k8s.io' },
      ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) => ({ path: 'webhooks/clientConfig/service', kind, group: 'admissionregistration.k8s.io' })),
    ],
  },
  { kind: 'Role', group: RBAC, fieldSpecs: [{ path: 'roleRef/name', kind: 'RoleBinding', group: RBAC }] },
  { kind: 'ClusterRole', group: RBAC, fieldSpecs: ['RoleBinding', 'ClusterRoleBinding'].map((kind) => ({ path: 'roleRef/name', kind, group: RBAC })) },
  { kind: 'ServiceAccount', version: 'v1', fieldSpecs: [...['RoleBinding', 'ClusterRoleBinding'].map((kind) => ({ path: 'subjects', kind, group: RBAC })), ...inPods(ACCOUNT_HOLDERS, 'serviceAccountName')] },
  { kind: 'PersistentVolumeClaim', version: 'v1', fieldSpecs: inPods(ACCOUNT_HOLDERS, 'volumes/persistentVolumeClaim/claimName') },
  { kind: 'PersistentVolume', version: 'v1', fieldSpecs: [{ path: 'spec/volumeName', kind: 'PersistentVolumeClaim' }, { path: 'rules/resourceNames', kind: 'ClusterRole' }] },
  {
    kind: 'StorageClass', version: 'v1', group: 'storage.k8s.io',
    fieldSpecs: [{ path: 'spec/storageClassName', kind: 'PersistentVolume' }, { path: 'spec/storageClassName', kind: 'PersistentVolumeClaim' }, { path: 'spec/volumeClaimTemplates/spec/storageClassName', kind: 'StatefulSet' }],
  },
  { kind: 'PriorityClass', version: 'v1', group: 'scheduling.k8s.io', fieldSpecs: inPods(ACCOUNT_HOLDERS, 'priorityClassName') },
  { kind: 'IngressClass', version: 'v1', group: 'networking.k8s.io/v1', fieldSpecs: [{ path: 'spec/ingressClassName', kind: 'Ingress' }] },
  { kind: 'ValidatingAdmissionPolicy', group: 'admissionregistration.k8s.io', fieldSpecs: [{ path: 'spec/policyName', kind: 'ValidatingAdmissionPolicyBinding', group: 'admissionregistration.k8s.io' }] },
];

const CONTAINER_VARS = ['args', 'command', 'env/value', 'volumeMounts/mountPath'].flatMap((field) => [`containers/${field}`, `initContainers/${field}`]);
const VAR_REFERENCES: readonly FieldSpec[] = [
  ...inPods([{ kind: 'CronJob', path: 'spec/jobTemplate/spec/template/spec' }], ...CONTAINER_VARS), { kind: 'CronJob', path: 'spec/jobTemplate/spec/template/volumes/nfs/server' },
  ...['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'StatefulSet'].flatMap((kind) => inPods([{ kind, path: 'spec/template/spec' }], ...CONTAINER_VARS)),
  ...['DaemonSet', 'Deployment', 'Job', 'ReplicaSet'].map((kind) => ({ kind, path: 'spec/template/spec/volumes/nfs/server' })),
  { kind: 'Deployment', path: 'spec/template/metadata/annotations' },
  ...['spec/rules/host', 'spec/tls/hosts', 'spec/tls/secretName'].map((path) => ({ kind: 'Ingress', path })),
  ...inPods([{ kind: 'Pod', path: 'spec' }], ...CONTAINER_VARS, 'volumes/nfs/server'),
  { kind: 'Service', path: 'spec/ports/port' }, { kind: 'Service', path: 'spec/ports/targetPort' },
  { kind: 'StatefulSet', path: 'spec/volumeClaimTemplates/spec/nfs/server' }, { kind: 'PersistentVolume', path: 'spec/nfs/server' }, { path: 'metadata/labels' }, { path: 'metadata/annotations' },
];

export const DEFAULT_CONFIG: TransformerConfig = sorted({
  ...EMPTY_CONFIG,
  namePrefix: [{ path: 'metadata/name' }],
  nameSuffix: [{ path: 'metadata/name' }],
  namespace: [
    { path: 'metadata/name', kind: 'Namespace', create: true },
    { path: 'spec/service/namespace', group: 'apiregistration.k8s.io', kind: 'APIService', create: true },
    { path: 'spec/conversion/webhook/clientConfig/service/namespace', group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
  ],
  commonLabels: COMMON_LABELS,
  templateLabels: METADATA_LABELS,
  commonAnnotations: COMMON_ANNOTATIONS,
  nameReference: NAME_REFERENCES,
  varReference: VAR_REFERENCES,
  images: ['spec', 'spec/template/spec'].flatMap((spec) => ['containers[]/image', 'initContainers[]/image'].map((field) => ({ path: `${spec}/${field}`, create: true }))),
  replicas: scalers.map((kind) => ({ path: 'spec/replicas', create: true, kind })),
});

/** One configuration with what another has more. Throws KustomizeError where they contradict each other. */
export function mergeConfigs(config: TransformerConfig, more: TransformerConfig): TransformerConfig {
  const merged = <T>(key: string, merge: () => T): T => prefixed(`failed to merge ${key === 'namespace' ? 'NameSpace' : key[0]?.toUpperCase() + key.slice(1)} fieldSpec`, merge);
  const specs = Object.fromEntries(
    (Object.keys(EMPTY_CONFIG) as (keyof TransformerConfig)[]).filter((key) => key !== 'nameReference').map((key) => [key, merged(key, () => mergeSpecs(config[key as 'images'], more[key as 'images']))]),
  ) as unknown as TransformerConfig;
  return sorted({ ...specs, nameReference: merged('nameReference', () => mergeReferences(config.nameReference, more.nameReference)) });
}

function mergeReferences(references: readonly NameReference[], more: readonly NameReference[]): readonly NameReference[] {
  const merged = [...references];
  for (const reference of more) {
    const at = merged.findIndex((other) => sameGvk(other, reference));
    const known = merged[at];
    if (known) merged[at] = { ...known, fieldSpecs: mergeSpecs(known.fieldSpecs, reference.fieldSpecs) };
    else merged.push(reference);
  }
  return merged;
}

function sorted(config: TransformerConfig): TransformerConfig {
  const place = kindOrder();
  const compare = (a: Gvk, b: Gvk): number => {
    const order = place(a.kind ?? '') - place(b.kind ?? '');
    if (order !== 0) return order;
    const [left, right] = [gvkSortText(a), gvkSortText(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
  return Object.fromEntries(Object.entries(config).map(([key, specs]) => [key, [...(specs as readonly Gvk[])].sort(compare)])) as unknown as TransformerConfig;
}
