/** A pod's volumes: whether what they are made of is there, and the files that containers then see. Follows kubernetes pkg/volume/{configmap,secret,projected}. */
import type { Container, KeyToPath, Pod, Volume } from '../api/generated/types.ts';
import type { Stored } from '../api/object.ts';
import { FileHistory } from './cri/process/files.ts';
import { Asking, fieldValue, resourceValue, type EnvironmentSource } from './environment.ts';

/** Why a volume can't be mounted; the message is the FailedMount event's. */
export class MountError extends Error {}

/** Path under the volume -> content; undefined for volumes whose files aren't known from the API. */
export type VolumeFiles = ReadonlyMap<string, string>;

/** The volume that admission adds for service account tokens; its certificate comes with the cluster. */
const isTokenVolume = (volume: Volume): boolean => volume.name.startsWith('kube-api-access-');

/** Checks every volume and puts together their files. Throws MountError, or Asking where an answer is under way. */
export function setUpVolumes(pod: Stored<Pod>, source: EnvironmentSource): ReadonlyMap<string, VolumeFiles> {
  const mounted = new Map<string, VolumeFiles>();
  for (const volume of pod.spec?.volumes ?? []) mounted.set(volume.name, filesOf(pod, volume, source));
  return mounted;
}

function filesOf(pod: Stored<Pod>, volume: Volume, source: EnvironmentSource): VolumeFiles {
  const namespace = pod.metadata.namespace ?? '';
  const fail = (why: string): MountError => new MountError(`MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${why}`);
  if (volume.configMap) return objectFiles(source, 'configmap', namespace, volume.configMap.name ?? '', volume.configMap.items, volume.configMap.optional, fail);
  if (volume.secret) return objectFiles(source, 'secret', namespace, volume.secret.secretName ?? '', volume.secret.items, volume.secret.optional, fail);
  if (volume.downwardAPI) return downward(pod, volume.downwardAPI.items ?? [], source);
  if (volume.persistentVolumeClaim || volume.ephemeral) {
    const name = volume.persistentVolumeClaim?.claimName ?? `${pod.metadata.name}-${volume.name}`;
    const found = source.references.claim(namespace, name, source.waiter);
    if (found === 'asking') throw new Asking();
    const unmounted = (why: string): MountError => new MountError(`Unable to attach or mount volumes: unmounted volumes=[${volume.name}], unattached volumes=[], failed to process volumes=[${volume.name}]: ${why}`);
    if (found === 'missing') throw unmounted(`error processing PVC ${namespace}/${name}: failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`);
    if (found.object.status?.phase !== 'Bound') {
      source.references.watch('persistentvolumeclaim', namespace, name, source.waiter);
      throw unmounted(`error processing PVC ${namespace}/${name}: PVC is not bound`);
    }
    return new Map();
  }
  if (volume.projected) {
    const files = new Map<string, string>();
    if (isTokenVolume(volume)) return files.set('token', '').set('namespace', namespace).set('ca.crt', '');
    for (const { configMap, secret, downwardAPI, serviceAccountToken } of volume.projected.sources ?? []) {
      const part = configMap
        ? objectFiles(source, 'configmap', namespace, configMap.name ?? '', configMap.items, configMap.optional, fail)
        : secret
          ? objectFiles(source, 'secret', namespace, secret.name ?? '', secret.items, secret.optional, fail)
          : downwardAPI
            ? downward(pod, downwardAPI.items ?? [], source)
            : new Map(serviceAccountToken ? [[serviceAccountToken.path, '']] : []);
      for (const [path, content] of part) files.set(path, content);
    }
    return files;
  }
  return new Map();
}

function objectFiles(source: EnvironmentSource, kind: 'configmap' | 'secret', namespace: string, name: string, items: readonly KeyToPath[] | undefined, optional: boolean | undefined, fail: (why: string) => MountError): VolumeFiles {
  const found = kind === 'configmap' ? source.references.configMap(namespace, name, source.waiter) : source.references.secret(namespace, name, source.waiter);
  if (found === 'asking') throw new Asking();
  if (found === 'missing') {
    if (optional) return new Map();
    throw fail(`${kind} "${name}" not found`);
  }
  const { data = {} } = found.object;
  const content = (key: string): string | undefined => (data[key] === undefined ? undefined : kind === 'secret' ? Buffer.from(data[key], 'base64').toString('utf8') : data[key]);
  const files = new Map<string, string>();
  for (const { key, path } of items ?? Object.keys(data).map((each) => ({ key: each, path: each }))) {
    const text = content(key);
    if (text !== undefined) files.set(path, text);
    else if (!optional) {
      source.references.watch(kind, namespace, name, source.waiter);
      throw fail(kind === 'configmap' ? `configmap references non-existent config key: ${key}` : `references non-existent secret key: ${key}`);
    }
  }
  return files;
}

function downward(pod: Stored<Pod>, items: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string }; readonly resourceFieldRef?: { readonly resource: string; readonly containerName?: string; readonly divisor?: string } }[], source: EnvironmentSource): VolumeFiles {
  const files = new Map<string, string>();
  for (const { path, fieldRef, resourceFieldRef } of items) {
    files.set(path, fieldRef ? fieldValue(pod, fieldRef.fieldPath, source) : resourceValue(pod, resourceFieldRef?.containerName ?? '', resourceFieldRef?.resource ?? '', resourceFieldRef?.divisor, source));
  }
  return files;
}

/** What a container sees at its mount paths when it starts. `kept` holds what containers of the pod left in its volumes. */
export function containerFiles(container: Container, volumes: ReadonlyMap<string, VolumeFiles>, kept: ReadonlyMap<string, VolumeFiles>): FileHistory {
  const files = new FileHistory();
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const folder = mountPath.replace(/\/+$/, '');
    const all = new Map([...(volumes.get(name) ?? []), ...(kept.get(name) ?? [])]);
    const single = subPath === undefined ? undefined : all.get(subPath);
    if (single !== undefined) files.write(folder, single, 0);
    else {
      files.makeFolder(folder);
      const prefix = subPath ? `${subPath.replace(/\/+$/, '')}/` : '';
      for (const [path, content] of all) if (path.startsWith(prefix)) files.write(`${folder}/${path.slice(prefix.length)}`, content, 0);
    }
  }
  return files;
}
