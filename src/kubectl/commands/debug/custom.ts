/** The file that --custom names: parts of a container, as Go's struct reads them (kubectl pkg/cmd/debug/debug.go: Complete). */
import { readFileSync } from 'node:fs';
import { decodeObject } from '../../../api/decode/decoder.ts';
import { structOf, type Shape } from '../../../api/decode/table.ts';
import { isObject, jsonKind, type JsonObject, type JsonValue } from '../../../api/json.ts';
import { systemText } from '../../builder/files.ts';
import { readYaml, YamlError } from '../../builder/yaml-reader.ts';
import { CommandError } from '../../errors.ts';
import type { PartialContainer } from './wish.ts';

/** Structs within a container that embed another one: its name, and its fields. sigs.k8s.io/yaml does not know the types of these, and Go's faults name it. */
const EMBEDDED: Readonly<Record<string, readonly [name: string, ...fields: string[]]>> = {
  Probe: ['ProbeHandler', 'exec', 'httpGet', 'tcpSocket', 'grpc'],
  ConfigMapKeySelector: ['LocalObjectReference', 'name'], SecretKeySelector: ['LocalObjectReference', 'name'],
  ConfigMapEnvSource: ['LocalObjectReference', 'name'], SecretEnvSource: ['LocalObjectReference', 'name'],
};

const embeddedIn = (model: string, field: string): string | undefined => (EMBEDDED[model]?.includes(field, 1) ? EMBEDDED[model][0] : undefined);

const CONTAINER = { type: 'struct', model: 'Container', goType: 'v1.Container' } as const satisfies Shape;

/** undefined for a file that says nothing. */
export function readCustom(path: string): PartialContainer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`must pass a container spec json file for custom profile: ${systemText(error, path)}`);
  }
  const invalid = (why: string): CommandError => new CommandError(`${path} does not contain a valid container spec: ${why}`);
  let value: JsonValue | undefined;
  try {
    value = readYaml(text);
  } catch (error) {
    if (error instanceof YamlError) throw invalid(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
  if (value === undefined || value === null) return undefined;
  const struct = structOf(CONTAINER.model);
  if (!struct) throw new Error('there is no struct of containers');
  const { value: container, error } = isObject(value) ? decodeObject(struct, withTexts(value, CONTAINER) as JsonObject, 'json') : { value: {}, error: `json: cannot unmarshal ${jsonKind(value)} into Go value of type v1.Container` };
  if (error !== undefined) throw invalid(`error unmarshaling JSON: while decoding JSON: ${withEmbedded(error)}`);
  return container as PartialContainer;
}

/** Numbers and truth values become text where text is wanted, as in YAML that is read for a struct (sigs.k8s.io/yaml: convertToJSONableObject). */
function withTexts(value: JsonValue, shape: Shape | undefined): JsonValue {
  if (shape?.type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (Array.isArray(value)) return shape?.type === 'list' ? value.map((item: JsonValue) => withTexts(item, shape.items)) : value;
  if (!isObject(value)) return value;
  if (shape?.type === 'map') return Object.fromEntries(Object.entries(value as JsonObject).map(([key, item]) => [key, withTexts(item as JsonValue, shape.values)]));
  const { model = '' } = shape?.type === 'struct' ? shape : {};
  const fields = structOf(model)?.fields;
  return Object.fromEntries(Object.entries(value as JsonObject).map(([name, item]) => [name, embeddedIn(model, name) === undefined ? withTexts(item as JsonValue, fields?.get(name)?.shape) : item as JsonValue]));
}

/** The fault with the embedded structs on its way, as encoding/json names them since Go 1.24. */
function withEmbedded(fault: string): string {
  return fault.replace(/(?<= Go struct field \w+\.)\S+/, (path) => {
    let shape: Shape | undefined = CONTAINER;
    return path.split('.').flatMap((name) => {
      while (shape?.type === 'list') shape = shape.items;
      const { model = '' }: { model?: string } = shape?.type === 'struct' ? shape : {};
      shape = structOf(model)?.fields.get(name)?.shape;
      const embedded = embeddedIn(model, name);
      return embedded === undefined ? [name] : [embedded, name];
    }).join('.');
  });
}
