/**
 * What a build knows of kinds: which lists merge by which keys, and which kinds have no namespace. It is Kubernetes' own
 * unless a kustomization's `openapi` names a file. Follows kyaml openapi.
 */
import { isObject, type JsonObject, type JsonValue } from '../../api/json.ts';
import { PatchError, schemaForKind, type PatchSchema } from '../../api/patch/index.ts';
import { readYaml, YamlError } from '../builder/yaml-reader.ts';
import { KustomizeError } from './errors.ts';
import type { Loader } from './loader.ts';

/** The version that kustomize has inside. */
const BUILTIN_VERSION = 'v1.21.2';

/** What is known of a field: its own schema, or that of its elements, and the keys by which these merge; [''] for scalars. */
export interface FieldKnowledge {
  readonly schema?: Schema;
  readonly keys?: readonly string[];
}

/** The schema of a map. */
export interface Schema {
  field(name: string): FieldKnowledge;
}

/** What one build has been told; the first kustomization that says something decides. */
export class OpenApi {
  #version = '';
  #custom: JsonObject | undefined;

  /** Takes a kustomization's `openapi`. `first`: it is the one that the build began with. */
  tell({ path, version = '' }: Readonly<Record<string, string>>, loader: Loader, first: boolean): void {
    const text = path === undefined ? undefined : loader.load(path).toString('utf8');
    if ((this.#version !== '' || this.#custom) && !first) return;
    if (text !== undefined && version !== '') throw new KustomizeError('builtin version and custom schema provided, cannot use both');
    if (text !== undefined) this.#custom = readSchema(text);
    else if (version !== '' && version !== BUILTIN_VERSION) throw new KustomizeError('the specified OpenAPI version is not built in');
    else this.#version = version;
  }

  schema(apiVersion: string, kind: string): Schema | undefined {
    if (this.#custom) return customSchema(this.#custom, apiVersion, kind);
    const schema = schemaForKind(apiVersion, kind);
    return schema && new BuiltinSchema(schema);
  }
}

/** Lists whose elements one field does not tell apart (x-kubernetes-list-map-keys). */
const MORE_KEYS: Readonly<Record<string, readonly string[]>> = { containerPort: ['containerPort', 'protocol'], port: ['port', 'protocol'], topologyKey: ['topologyKey', 'whenUnsatisfiable'] };

class BuiltinSchema implements Schema {
  constructor(private readonly known: PatchSchema) {}

  field(name: string): FieldKnowledge {
    if (this.known.model === '') return {};
    try {
      const { mergeKey, strategies, elementSchema } = this.known.field(name);
      return { schema: new BuiltinSchema(elementSchema), ...(strategies.includes('merge') ? { keys: MORE_KEYS[mergeKey] ?? [mergeKey] } : {}) };
    } catch (error) {
      // A field that the kind does not have.
      if (error instanceof PatchError) return {};
      throw error;
    }
  }
}

function readSchema(text: string): JsonObject {
  let value: JsonValue | undefined;
  try {
    value = readYaml(text);
  } catch (error) {
    throw error instanceof YamlError ? new KustomizeError(`invalid schema file: ${error.message}`) : error;
  }
  if (!isObject(value)) throw new KustomizeError('invalid schema file: it holds no object');
  return value as JsonObject;
}

const objectAt = (value: JsonValue | undefined, key: string): JsonObject | undefined => {
  const inner = isObject(value) ? (value as JsonObject)[key] : undefined;
  return isObject(inner) ? (inner as JsonObject) : undefined;
};

/** The definition that says of itself that it is the kind's. */
function customSchema(document: JsonObject, apiVersion: string, kind: string): Schema | undefined {
  const definition = Object.values(objectAt(document, 'definitions') ?? {}).find((each) => {
    const kinds = isObject(each) ? (each as JsonObject)['x-kubernetes-group-version-kind'] : undefined;
    return Array.isArray(kinds) && (kinds as readonly JsonObject[]).some((gvk) => gvk['kind'] === kind && (gvk['group'] ? `${String(gvk['group'])}/` : '') + String(gvk['version']) === apiVersion);
  });
  return isObject(definition) ? new CustomSchema(document, definition as JsonObject) : undefined;
}

class CustomSchema implements Schema {
  constructor(
    private readonly document: JsonObject,
    private readonly definition: JsonObject,
  ) {}

  field(name: string): FieldKnowledge {
    const property = this.#resolved(objectAt(objectAt(this.definition, 'properties'), name) ?? objectAt(this.definition, 'additionalProperties'));
    if (!property) return {};
    const elements = property['type'] === 'array' ? this.#resolved(objectAt(property, 'items')) : property;
    const { 'x-kubernetes-patch-strategy': strategy, 'x-kubernetes-list-map-keys': keys, 'x-kubernetes-patch-merge-key': key } = property;
    const merges = typeof strategy === 'string' && strategy.split(',').includes('merge');
    return { ...(elements ? { schema: new CustomSchema(this.document, elements) } : {}), ...(merges ? { keys: Array.isArray(keys) ? (keys as readonly string[]) : [typeof key === 'string' ? key : ''] } : {}) };
  }

  /** What a reference leads to: "#/definitions/NAME". */
  #resolved(schema: JsonObject | undefined): JsonObject | undefined {
    const reference = schema?.['$ref'];
    return typeof reference === 'string' ? this.#resolved(objectAt(objectAt(this.document, 'definitions'), reference.replace(/^#\/definitions\//, '').replaceAll('~1', '/').replaceAll('~0', '~'))) : schema;
  }
}
