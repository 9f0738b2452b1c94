/**
 * The models of an OpenAPI v2 document as kubectl walks them (kube-openapi pkg/util/proto/{document,openapi}.go, kubectl
 * pkg/util/openapi/openapi.go). A document with something else in it is refused as a whole.
 */
import { compareBytes } from '../../../../api/go-json.ts';
import { goQuote } from '../../../../api/quote.ts';
import { CommandError } from '../../../errors.ts';
import type { GroupVersionKind } from '../render.ts';

/** As much of a schema as matters here. */
export interface SwaggerSchema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SwaggerSchema>>;
  readonly items?: SwaggerSchema;
  readonly additionalProperties?: SwaggerSchema | boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

type Described<Shape> = Shape & { readonly description: string };

/** An object whose fields are known, in the order of their names. */
export type Kind = Described<{ readonly type: 'kind'; readonly fields: ReadonlyMap<string, Model>; readonly required: readonly string[] }>;

export type Model =
  | Kind
  | Described<{ readonly type: 'array'; readonly element: Model }>
  | Described<{ readonly type: 'map'; readonly element: Model }>
  | Described<{ readonly type: 'primitive'; readonly name: string }>
  | Described<{ readonly type: 'reference'; readonly to: string }>
  | Described<{ readonly type: 'arbitrary' }>;

const PRIMITIVES = new Set(['string', 'number', 'integer', 'boolean']);
const DEFINITIONS = '#/definitions/';

export class Models {
  readonly #models: ReadonlyMap<string, Model>;

  /** Throws a CommandError for the first schema that is not understood. */
  constructor(private readonly definitions: Readonly<Record<string, SwaggerSchema>>) {
    this.#models = new Map(Object.entries(definitions).map(([name, schema]) => [name, this.#parse(schema, name)]));
  }

  /** The model of a kind: of several the one whose name comes last. */
  ofKind({ group, version, kind }: GroupVersionKind): Model | undefined {
    const isOfKind = (name: string): boolean => this.definitions[name]?.['x-kubernetes-group-version-kind']?.some((each) => each.group === group && each.version === version && each.kind === kind) === true;
    const name = [...this.#models.keys()].filter(isOfKind).sort(compareBytes).at(-1);
    return name === undefined ? undefined : this.#models.get(name);
  }

  /** What a reference leads to. References are checked when they are read, so there is always one. */
  at(name: string): Model {
    return this.#models.get(name) as Model;
  }

  #parse(schema: SwaggerSchema, path: string): Model {
    const { $ref, description = '', properties, required = [], items, additionalProperties } = schema;
    if ($ref) return this.#reference(schema, $ref, path);
    const [type, ...more] = typesOf(schema);
    if (more.length > 0) throw schemaError(path, "definitions with multiple types aren't supported");
    if (properties && (type === undefined || type === 'object')) {
      const fields = Object.entries(properties).map(([name, field]) => [name, this.#parse(field, `${path}.${name}`)] as const);
      return { type: 'kind', description, required, fields: new Map(fields.sort(([a], [b]) => compareBytes(a, b))) };
    }
    if (type === undefined) return { type: 'arbitrary', description };
    if (type === 'object') {
      const element: Model = typeof additionalProperties === 'object' ? this.#parse(additionalProperties, path) : { type: 'arbitrary', description };
      return { type: 'map', description, element };
    }
    if (type === 'array') {
      if (!items) throw schemaError(path, 'array should have exactly one sub-item');
      return { type: 'array', description, element: this.#parse(items, path) };
    }
    if (!PRIMITIVES.has(type)) throw schemaError(path, `Unknown primitive type: ${goQuote(type)}`);
    return { type: 'primitive', description, name: type };
  }

  #reference(schema: SwaggerSchema, target: string, path: string): Model {
    if (Object.keys(schema.properties ?? {}).length > 0) throw schemaError(path, 'unallowed embedded type definition');
    if (typesOf(schema).length > 0) throw schemaError(path, "definition reference can't have a type");
    if (!target.startsWith(DEFINITIONS)) throw schemaError(path, `unallowed reference to non-definition ${goQuote(target)}`);
    const to = target.slice(DEFINITIONS.length);
    if (!Object.hasOwn(this.definitions, to)) throw schemaError(path, `unknown model in reference: ${goQuote(to)}`);
    return { type: 'reference', description: schema.description ?? '', to };
  }
}

const typesOf = ({ type = [] }: SwaggerSchema): readonly string[] => (typeof type === 'string' ? [type] : type);

const schemaError = (path: string, message: string): CommandError => new CommandError(`SchemaError(${path}): ${message}`);
