/** Component schemas of OpenAPI v3, made of the generated model. Follows kube-openapi pkg/builder3 and what its generators say of Go's types. */
import docs from '../../api/generated/docs.json' with { type: 'json' };
import models from '../../api/generated/model.json' with { type: 'json' };
import type { ResourceFacts } from '../../api/resource.ts';
import { INT_OR_STRING, MICRO_TIME, QUANTITY, schemaName, TIME } from './names.ts';

export type Json = { readonly [key: string]: unknown };

/** A field as the model describes it. */
interface FieldShape {
  readonly type?: string;
  readonly ref?: string;
  readonly array?: FieldShape;
  readonly map?: FieldShape;
  readonly required?: boolean;
  readonly patchStrategy?: readonly string[];
  readonly patchMergeKey?: string;
  readonly listType?: string;
  readonly listMapKeys?: readonly string[];
  readonly mapType?: string;
}

interface Model {
  readonly fields: Readonly<Record<string, FieldShape>>;
  readonly atomic?: boolean;
}

interface Doc {
  readonly description?: string;
  readonly fields: Readonly<Record<string, string>>;
}

const MODELS = models as unknown as Readonly<Record<string, Model>>;
const DOCS = docs as unknown as Readonly<Record<string, Doc>>;

const PRIMITIVES: Readonly<Record<string, Json>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object' },
};
/** Types that are schemas of their own. */
const NAMED: Readonly<Record<string, readonly [name: string, schema: Json]>> = {
  quantity: [QUANTITY, { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  'int-or-string': [INT_OR_STRING, { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }],
  time: [TIME, { type: 'string', format: 'date-time' }],
  microtime: [MICRO_TIME, { type: 'string', format: 'date-time' }],
};

export const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** The schemas that a document's kinds are made of. */
export class Schemas {
  readonly #found = new Map<string, Json>();
  readonly #kinds: ReadonlyMap<string, readonly ResourceFacts[]>;

  constructor(
    private readonly group: string,
    resources: readonly ResourceFacts[],
  ) {
    const kinds = new Map<string, ResourceFacts[]>();
    for (const resource of resources) for (const model of [resource.model, `${resource.model}List`]) kinds.set(model, [...(kinds.get(model) ?? []), resource]);
    this.#kinds = kinds;
  }

  /** In which form patches may come. */
  get patchTypes(): readonly string[] {
    return ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'];
  }

  /** By name, in alphabetical order. */
  all(): Json {
    return Object.fromEntries([...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The name of a model's schema, which is there from then on with all that it refers to; undefined for a model that is not known. */
  add(model: string): string | undefined {
    const facts = MODELS[model];
    if (!facts) return undefined;
    const name = schemaName(model, this.group);
    return this.define(name, () => this.#object(model, facts));
  }

  /** Makes a schema unless it is there; it may refer to itself. */
  protected define(name: string, make: () => Json): string {
    if (this.#found.has(name)) return name;
    this.#found.set(name, {});
    this.#found.set(name, make());
    return name;
  }

  #object(model: string, facts: Model): Json {
    const doc = DOCS[model];
    const required = Object.entries(facts.fields).filter(([, shape]) => shape.required).map(([field]) => field);
    const kinds = this.#kinds.get(model);
    const list = model.endsWith('List') ? 'List' : '';
    return {
      ...(doc?.description ? { description: doc.description } : {}),
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      properties: Object.fromEntries(Object.entries(facts.fields).map(([field, shape]) => [field, this.#field(shape, doc?.fields[field])])),
      ...(kinds ? { 'x-kubernetes-group-version-kind': kinds.slice(0, 1).map(({ group, version, kind }) => ({ group, kind: `${kind}${list}`, version })) } : {}),
      ...(facts.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    };
  }

  #field(shape: FieldShape, description: string | undefined): Json {
    const { patchStrategy, patchMergeKey, listType, listMapKeys, mapType } = shape;
    return {
      ...(description ? { description } : {}),
      ...this.#value(shape, description !== undefined),
      ...(listMapKeys ? { 'x-kubernetes-list-map-keys': listMapKeys } : {}),
      ...(listType ? { 'x-kubernetes-list-type': listType } : {}),
      ...(mapType ? { 'x-kubernetes-map-type': mapType } : {}),
      ...(patchMergeKey ? { 'x-kubernetes-patch-merge-key': patchMergeKey } : {}),
      ...(patchStrategy ? { 'x-kubernetes-patch-strategy': patchStrategy.join(',') } : {}),
    };
  }

  /** A reference stands beside nothing else: where there is a description, it is wrapped. */
  #value({ ref, array, map, type = 'any' }: FieldShape, wrapped: boolean): Json {
    if (array) return { type: 'array', items: this.#item(array) };
    if (map) return { type: 'object', additionalProperties: this.#item(map) };
    const name = ref === undefined ? this.#named(type) : this.add(ref);
    if (name === undefined) return PRIMITIVES[type] ?? { type: 'object' };
    return wrapped ? { allOf: [reference(name)] } : reference(name);
  }

  #item(shape: FieldShape): Json {
    const value = this.#value(shape, false);
    return shape.ref === undefined || shape.array || shape.map ? value : { allOf: [value], default: {} };
  }

  #named(type: string): string | undefined {
    const named = NAMED[type];
    if (named) this.#found.set(...named);
    return named?.[0];
  }
}
