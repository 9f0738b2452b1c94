/** Where a variable's value comes from, and what it is (kubectl pkg/cmd/set/env/env_resolve.go). */
import type { ConfigMap, EnvVarSource, Secret } from '../../../api/generated/types.ts';
import { CONFIGMAPS, SECRETS } from '../../../api/kinds.ts';
import { labelKeyErrors } from '../../../api/names.ts';
import { goQuote } from '../../../api/quote.ts';
import type { UnstructuredObject } from '../../builder/info.ts';
import type { CommandContext } from '../../command.ts';
import { containerResourceValue } from '../../describe/container-value.ts';
import { compareBytes } from '../../../api/go-json.ts';
import type { ContainerDraft } from './pod-spec.ts';

/** "secret db, key password" */
export function referenceText({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: EnvVarSource): string {
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name ?? ''}, key ${configMapKeyRef.key}`;
  if (secretKeyRef) return `secret ${secretKeyRef.name ?? ''}, key ${secretKeyRef.key}`;
  if (fieldRef) return `field path ${fieldRef.fieldPath}`;
  if (resourceFieldRef) return `resource field ${resourceFieldRef.containerName ? `${resourceFieldRef.containerName}/` : ''}${resourceFieldRef.resource}`;
  return 'invalid valueFrom';
}

/** Looks references up; each config map and secret is read once. */
export class ValueStore {
  readonly #configMaps = new Map<string, ConfigMap>();
  readonly #secrets = new Map<string, Secret>();

  constructor(private readonly ctx: CommandContext) {}

  /** The value. Throws where it cannot be had. */
  async value({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: EnvVarSource, object: UnstructuredObject, container: ContainerDraft): Promise<string> {
    if (secretKeyRef) {
      const { name = '', key } = secretKeyRef;
      const secret = this.#secrets.get(name) ?? (await (await this.ctx.client()).of(SECRETS).get(await this.ctx.namespace(), name));
      this.#secrets.set(name, secret);
      const data = secret.data?.[key];
      if (data === undefined) throw new Error(`key ${key} not found in secret ${name}`);
      return Buffer.from(data, 'base64').toString();
    }
    if (configMapKeyRef) {
      const { name = '', key } = configMapKeyRef;
      const configMap = this.#configMaps.get(name) ?? (await (await this.ctx.client()).of(CONFIGMAPS).get(await this.ctx.namespace(), name));
      this.#configMaps.set(name, configMap);
      const data = configMap.data?.[key];
      if (data === undefined) throw new Error(`key ${key} not found in config map ${name}`);
      return data;
    }
    if (fieldRef) return fieldValue(object, fieldRef.fieldPath);
    if (resourceFieldRef) return containerResourceValue(resourceFieldRef, container);
    throw new Error('invalid valueFrom');
  }
}

function fieldValue({ metadata = {} }: UnstructuredObject, path: string): string {
  const [, field, subscript] = /^(.+?)\['(.*)'\]$/s.exec(path) ?? [];
  if (field !== undefined && subscript !== undefined) {
    if (field !== 'metadata.annotations' && field !== 'metadata.labels') throw new Error(`fieldPath ${goQuote(path)} does not support subscript`);
    const annotations = field === 'metadata.annotations';
    const errors = labelKeyErrors(annotations ? subscript.toLowerCase() : subscript);
    if (errors.length > 0) throw new Error(`invalid key subscript in ${path}: ${errors.join(';')}`);
    return (annotations ? metadata.annotations : metadata.labels)?.[subscript] ?? '';
  }
  switch (path) {
    case 'metadata.annotations':
      return mapText(metadata.annotations);
    case 'metadata.labels':
      return mapText(metadata.labels);
    case 'metadata.name':
      return metadata.name ?? '';
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid ?? '';
  }
  throw new Error(`unsupported fieldPath: ${path}`);
}

function mapText(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map).sort(compareBytes).map((key) => `${key}=${goQuote(map[key] ?? '')}`).join('\n');
}
