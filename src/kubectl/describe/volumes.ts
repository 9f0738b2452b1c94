/** Volumes of a pod or a template (kubectl pkg/describe/describe.go: describeVolumes). */
import type { Volume } from '../../api/generated/types.ts';
import { parseQuantity } from '../../api/quantity.ts';
import { compareBytes } from '../printers/json.ts';
import type { PrefixWriter } from './prefix-writer.ts';

type Source = Readonly<Record<string, unknown>>;
/** A line: its label, the field that it shows, and what is shown where there is none ('' by default). */
type Line = readonly [label: string, field: string, absent?: string];

/** Sources that are described by their fields, one per line. */
const PLAIN: Readonly<Record<string, readonly [type: string, ...lines: Line[]]>> = {
  hostPath: ['HostPath (bare host directory volume)', ['Path', 'path'], ['HostPathType', 'type', '<none>']],
  gitRepo: ['GitRepo (a volume that is pulled from git when the pod is created)', ['Repository', 'repository'], ['Revision', 'revision']],
  secret: ['Secret (a volume populated by a Secret)', ['SecretName', 'secretName'], ['Optional', 'optional', 'false']],
  configMap: ['ConfigMap (a volume populated by a ConfigMap)', ['Name', 'name'], ['Optional', 'optional', 'false']],
  nfs: ['NFS (an NFS mount that lasts the lifetime of a pod)', ['Server', 'server'], ['Path', 'path'], ['ReadOnly', 'readOnly', 'false']],
  persistentVolumeClaim: ['PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', ['ClaimName', 'claimName'], ['ReadOnly', 'readOnly', 'false']],
  csi: ['CSI (a Container Storage Interface (CSI) volume source)', ['Driver', 'driver'], ['FSType', 'fsType'], ['ReadOnly', 'readOnly', 'false']],
  image: ['Image (a container image or OCI artifact)', ['Reference', 'reference'], ['PullPolicy', 'pullPolicy']],
};

export function writeVolumes(writer: PrefixWriter, volumes: readonly Volume[] = [], space: string): void {
  if (volumes.length === 0) return writer.write(0, `${space}Volumes:\t<none>\n`);
  writer.write(0, `${space}Volumes:\n`);
  for (const volume of volumes) {
    writer.write(1, `${space === '' ? '' : ' '}${volume.name}:\n`);
    writeSource(writer, volume);
  }
}

function writeSource(writer: PrefixWriter, volume: Volume): void {
  const { emptyDir, projected, downwardAPI, csi } = volume;
  if (emptyDir) {
    const limit = emptyDir.sizeLimit !== undefined && !parseQuantity(emptyDir.sizeLimit).isZero() ? emptyDir.sizeLimit : '<unset>';
    writeFields(writer, "EmptyDir (a temporary directory that shares a pod's lifetime)", [['Medium', emptyDir.medium ?? ''], ['SizeLimit', limit]]);
    return;
  }
  if (projected) return writeProjected(writer, projected);
  if (downwardAPI) {
    writer.write(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:\n');
    for (const { fieldRef, resourceFieldRef, path } of downwardAPI.items ?? []) {
      if (fieldRef) writer.write(3, `${fieldRef.fieldPath} -> ${path}\n`);
      if (resourceFieldRef) writer.write(3, `${resourceFieldRef.resource} -> ${path}\n`);
    }
    return;
  }
  const kind = Object.keys(PLAIN).find((name) => (volume as unknown as Source)[name] !== undefined);
  const plain = kind === undefined ? undefined : PLAIN[kind];
  if (kind === undefined || !plain) return writer.write(1, '<unknown>\n');
  const [type, ...lines] = plain;
  const source = (volume as unknown as Source)[kind] as Source;
  writeFields(writer, type, lines.map(([label, field, absent = '']) => [label, String(source[field] ?? absent)]));
  if (csi) writeAttributes(writer, csi.volumeAttributes ?? {});
}

function writeFields(writer: PrefixWriter, type: string, lines: readonly (readonly [label: string, value: string])[]): void {
  writer.write(2, `Type:\t${type}\n${lines.map(([label, value]) => `    ${label}:\t${value}\n`).join('')}`);
}

function writeProjected(writer: PrefixWriter, { sources = [] }: NonNullable<Volume['projected']>): void {
  writer.write(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)\n');
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of sources) {
    if (secret) writer.write(2, `SecretName:\t${secret.name ?? ''}\n    Optional:\t${secret.optional ?? false}\n`);
    else if (downwardAPI) writer.write(2, 'DownwardAPI:\ttrue\n');
    else if (configMap) writer.write(2, `ConfigMapName:\t${configMap.name ?? ''}\n    Optional:\t${configMap.optional ?? false}\n`);
    else if (serviceAccountToken) writer.write(2, `TokenExpirationSeconds:\t${serviceAccountToken.expirationSeconds ?? 3600}\n`);
  }
}

const MAX_ATTRIBUTE = 140;

function writeAttributes(writer: PrefixWriter, attributes: Readonly<Record<string, string>>): void {
  writer.write(2, 'VolumeAttributes:\t');
  const keys = Object.keys(attributes).sort(compareBytes);
  if (keys.length === 0) return writer.raw('<none>\n');
  for (const [index, key] of keys.entries()) {
    if (index > 0) writer.write(2, '    \t');
    const line = `${key}=${attributes[key] ?? ''}`;
    writer.write(2, line.length > MAX_ATTRIBUTE ? `${line.slice(0, MAX_ATTRIBUTE)}...\n` : `${line}\n`);
  }
}
