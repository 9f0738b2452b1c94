/** Component schemas of OpenAPI v3, made of the generated model. Follows kube-openapi pkg/builder3 and what its generators say of Go's types. */
import docs from '../../api/generated/docs.json' with { type: 'json' };
import models from '../../api/generated/model.json' with { type: 'json' };
import type { ResourceFacts } from '../../api/resource.ts';
import { FREE_FORMS, INT_OR_STRING, MICRO_TIME, QUANTITY, schemaName, TIME } from './names.ts';
import { everywhere } from './registered.ts';

export type Json = { readonly [key: string]: unknown };

/** A field as the model describes it. */
interface FieldShape {
  readonly type?: string;
  /** The words that it, or each of its items, may be. */
  readonly enum?: readonly string[];
  /** What a free form is called. */
  readonly named?: string;
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
  readonly union?: readonly [discriminator: string, fields: Readonly<Record<string, string>>];
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

/** Kinds of what subresources take and give, and of what any request may answer with. */
const OTHER_KINDS: Readonly<Record<string, { readonly group: string; readonly kind: string; readonly version: string }>> = {
  AuthenticationV1TokenRequest: { group: 'authentication.k8s.io', kind: 'TokenRequest', version: 'v1' },
  Eviction: { group: 'policy', kind: 'Eviction', version: 'v1' },
  Scale: { group: 'autoscaling', kind: 'Scale', version: 'v1' },
  Status: { group: '', kind: 'Status', version: 'v1' },
  ...Object.fromEntries(['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions'].map((kind) => [kind, { group: '', kind, version: 'v1' }])),
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
    return ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'application/apply-patch+cbor'];
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
    const kinds = this.#kindsOf(model);
    return {
      ...(doc?.description ? { description: doc.description } : {}),
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      properties: Object.fromEntries(Object.entries(facts.fields).map(([field, shape]) => [field, this.#field(shape, doc?.fields[field])])),
      ...(kinds ? { 'x-kubernetes-group-version-kind': kinds } : {}),
      ...(facts.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      ...(facts.union ? { 'x-kubernetes-unions': [{ discriminator: facts.union[0], 'fields-to-discriminateBy': facts.union[1] }] } : {}),
    };
  }

  /** The schema of a free form. */
  addFreeForm(name: string): string | undefined {
    const form = FREE_FORMS[name];
    return form && this.#form(...form);
  }

  /** Of which kinds a model is. */
  #kindsOf(model: string): readonly object[] | undefined {
    if (model === 'DeleteOptions' || model === 'WatchEvent') return everywhere(model);
    const other = OTHER_KINDS[model];
    if (other) return [other];
    const list = model.endsWith('List') ? 'List' : '';
    return this.#kinds.get(model)?.slice(0, 1).map(({ group, version, kind }) => ({ group, kind: `${kind}${list}`, version }));
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
  #value({ ref, array, map, type = 'any', named, enum: words }: FieldShape, wrapped: boolean): Json {
    if (array) return { type: 'array', items: { ...this.#item(array), ...(words ? { enum: words } : {}) } };
    if (map) return { type: 'object', additionalProperties: this.#item(map) };
    const name = ref !== undefined ? this.add(ref) : named === undefined ? this.#named(type) : this.addFreeForm(named);
    if (name === undefined) return { ...(PRIMITIVES[type] ?? { type: 'object' }), ...(words ? { enum: words } : {}) };
    return wrapped ? { allOf: [reference(name)] } : reference(name);
  }

  #item(shape: FieldShape): Json {
    const value = this.#value(shape, false);
    return shape.ref === undefined || shape.array || shape.map ? value : { allOf: [value], default: {} };
  }

  #named(type: string): string | undefined {
    const named = NAMED[type];
    return named && this.#form(...named);
  }

  /** A schema that is no model. */
  #form(name: string, schema: Json): string {
    const description = DOCS[name.split('.').at(-1) ?? '']?.description;
    this.#found.set(name, { ...(description ? { description } : {}), ...schema });
    return name;
  }
}
