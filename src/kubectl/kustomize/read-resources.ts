/** Resources out of texts: YAML documents, Lists taken apart (kustomize api/resource/factory.go). */
import { isObject, type JsonValue } from '../../api/json.ts';
import { readYaml, YamlError } from '../builder/yaml-reader.ts';
import { KustomizeError, MalformedError } from './errors.ts';
import { isFields, Resource, text, type Fields } from './resource.ts';

/** Throws MalformedError for what is no YAML, KustomizeError for what is no resource. */
export function readResources(source: string, file = ''): Resource[] {
  const resources: Resource[] = [];
  const pending = documents(source, file).map(toFields);
  for (let next = pending.shift(); next; next = pending.shift()) {
    const items = text(next['kind']).endsWith('List') ? next['items'] : undefined;
    if (items === undefined) resources.push(new Resource(next));
    else if (Array.isArray(items)) pending.push(...(items as unknown as JsonValue[]).filter((item) => item !== null).map(toFields));
    else if (items !== null) throw new KustomizeError(`expected array in ${text(next['kind'])}/items, but found ${isObject(items) ? 'map[string]interface {}' : typeof items}`);
  }
  return resources;
}

function documents(source: string, file: string): JsonValue[] {
  try {
    return source
      .split(/^---(?=\s|$).*$/m)
      .map((part) => readYaml(part, 'true-false'))
      .filter((value): value is JsonValue => value !== undefined && value !== null && !(typeof value === 'object' && Object.keys(value).length === 0));
  } catch (error) {
    if (error instanceof YamlError) throw new MalformedError(`MalformedYAMLError: ${error.message}${file === '' ? '' : ` in File: ${file}`}`);
    throw error;
  }
}

function toFields(value: JsonValue): Fields {
  if (!isFields(value)) throw new KustomizeError('missing Resource metadata');
  const fields = structuredClone(value) as Fields;
  const kind = text(fields['kind']);
  const metadata = isFields(fields['metadata']) ? fields['metadata'] : {};
  const says = (given: Fields, ...names: readonly string[]): boolean => names.some((name) => Object.hasOwn(given, name));
  if (!says(fields, 'apiVersion', 'kind') && !says(metadata, 'name', 'namespace', 'labels', 'annotations')) throw new KustomizeError('missing Resource metadata');
  if (kind === '') throw new KustomizeError(`missing kind in object ${shown(fields, metadata)}`);
  if (text(metadata['name']) === '' && !kind.endsWith('List')) throw new KustomizeError(`missing metadata.name in object ${shown(fields, metadata)}`);
  return fields;
}

/** Go's %v of yaml.ResourceMeta. */
function shown(fields: Fields, metadata: Fields): string {
  const map = (value: unknown): string => `map[${isFields(value) ? Object.keys(value).sort().map((key) => `${key}:${text(value[key])}`).join(' ') : ''}]`;
  return `{{${text(fields['apiVersion'])} ${text(fields['kind'])}} {{${text(metadata['name'])} ${text(metadata['namespace'])}} ${map(metadata['labels'])} ${map(metadata['annotations'])}}}`;
}
