/** The names in a pod's spec of what its kubelet has to read. Follows kubernetes pkg/api/v1/pod/util.go and pkg/api/v1/persistentvolume/util.go. */
import type { Container, PersistentVolume, Pod, PodSpec, Volume } from '../../api/generated/types.ts';
import { isObject } from '../../api/json.ts';

export interface PodReferences {
  readonly configMaps: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  readonly serviceAccounts: ReadonlySet<string>;
}

const NOTHING: PodReferences = { configMaps: new Set(), secrets: new Set(), claims: new Set(), serviceAccounts: new Set() };
const MIRROR = 'kubernetes.io/config.mirror';

/** By spec, which is shared by all versions of a pod between which it doesn't change. */
const known = new WeakMap<PodSpec, PodReferences>();

/** A mirror pod refers to nothing: its node has made it. */
export function referencesOf({ metadata, spec }: Pod): PodReferences {
  if (!spec || metadata?.annotations?.[MIRROR] !== undefined) return NOTHING;
  let references = known.get(spec);
  if (!references) known.set(spec, (references = collect(metadata?.name ?? '', spec)));
  return references;
}

function collect(pod: string, spec: PodSpec): PodReferences {
  const volumes = spec.volumes ?? [];
  const containers: readonly Container[] = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...((spec.ephemeralContainers ?? []) as readonly Container[])];
  const sources = [...containers.flatMap(environmentSources), ...volumes.flatMap(projectedSources)];
  return {
    configMaps: names([...sources.map(({ configMap }) => configMap), ...volumes.map(({ configMap }) => configMap?.name)]),
    secrets: names([...sources.map(({ secret }) => secret), ...volumes.flatMap(secretsOf), ...(spec.imagePullSecrets ?? []).map(({ name }) => name)]),
    claims: names(volumes.map((volume) => volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod}-${volume.name}` : undefined))),
    serviceAccounts: names([spec.serviceAccountName]),
  };
}

const names = (list: readonly (string | undefined)[]): ReadonlySet<string> => new Set(list.filter((name): name is string => Boolean(name)));

interface Source {
  readonly configMap?: string | undefined;
  readonly secret?: string | undefined;
}

function environmentSources({ env = [], envFrom = [] }: Container): Source[] {
  return [
    ...envFrom.map(({ configMapRef, secretRef }) => ({ configMap: configMapRef?.name, secret: secretRef?.name })),
    ...env.map(({ valueFrom }) => ({ configMap: valueFrom?.configMapKeyRef?.name, secret: valueFrom?.secretKeyRef?.name })),
  ];
}

const projectedSources = ({ projected }: Volume): Source[] => (projected?.sources ?? []).map(({ configMap, secret }) => ({ configMap: configMap?.name, secret: secret?.name }));

/** The volume's own secret, and the one that a plugin is given. */
function secretsOf(volume: Volume): (string | undefined)[] {
  return [volume.secret?.secretName, volume.azureFile?.secretName, ...Object.values(volume).map((source) => pluginSecret(source)?.name)];
}

/** The reference to a secret that volume plugins have under one of these names. */
function pluginSecret(source: unknown): { readonly name?: string; readonly namespace?: string } | undefined {
  if (!isObject(source)) return undefined;
  return (source.secretRef ?? source.nodePublishSecretRef) as { name?: string; namespace?: string } | undefined;
}

const CSI_SECRETS = ['nodePublishSecretRef', 'nodeStageSecretRef', 'nodeExpandSecretRef'] as const;

/** The secrets of a volume that its node may see; those without a namespace are in their claim's. */
export function volumeSecrets({ spec }: PersistentVolume): { readonly namespace: string; readonly name: string }[] {
  if (!spec) return [];
  const azure = spec.azureFile && { name: spec.azureFile.secretName, namespace: spec.azureFile.secretNamespace };
  const references = [azure, ...Object.values(spec).map(pluginSecret), ...CSI_SECRETS.map((field) => spec.csi?.[field])];
  return references.flatMap((reference) => (reference?.name ? [{ namespace: reference.namespace || (spec.claimRef?.namespace ?? ''), name: reference.name }] : []));
}
