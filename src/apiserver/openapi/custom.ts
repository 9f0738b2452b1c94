/** Schemas of custom resources in OpenAPI documents. Follows apiextensions-apiserver pkg/controller/openapi/{builder/builder,v2/conversion}.go. */
import docs from '../../api/generated/docs.json' with { type: 'json' };
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { additionalOf, type Schema } from '../customresources/schema/schema.ts';
import { schemaOf } from '../customresources/version.ts';
import { reference, Schemas, type Json } from './schemas.ts';

/** What every object has is described as everywhere. */
const TEXTS: Readonly<Record<string, string>> = (docs as unknown as Readonly<Record<string, { readonly fields: Readonly<Record<string, string>> }>>)['ConfigMap']?.fields ?? {};
const LIST_TEXT = (docs as unknown as Readonly<Record<string, { readonly fields: Readonly<Record<string, string>> }>>)['ConfigMapList']?.fields['metadata'];

export type DefinitionOf = (resource: ResourceFacts) => CustomResourceDefinition | undefined;

/** A resource under a model's name of its own, as paths and schemas refer to it. */
export const asModel = (resource: ResourceFacts): ResourceFacts => ({ ...resource, model: `${resource.group}/${resource.version}.${resource.kind}` });

const isCustom = ({ model }: ResourceFacts): boolean => model.includes('/');

export class CustomSchemas extends Schemas {
  readonly #models = new Map<string, () => string>();

  /** @param resources as `asModel` gives them; in `v2` documents less can be said */
  constructor(resources: readonly ResourceFacts[], private readonly definitionOf: DefinitionOf, private readonly v2: boolean) {
    super(resources[0]?.group ?? '', resources.filter((resource) => !isCustom(resource)));
    for (const resource of resources.filter(isCustom)) {
      const { group, version, kind, listKind = `${kind}List`, plural } = resource;
      const prefix = `${group.split('.').reverse().join('.')}.${version}`;
      this.#models.set(resource.model, () => this.define(`${prefix}.${kind}`, () => this.#object(resource)));
      this.#models.set(`${resource.model}List`, () => this.define(`${prefix}.${listKind}`, () => this.#list(resource, listKind, plural)));
    }
  }

  override get patchTypes(): readonly string[] {
    return super.patchTypes.filter((type) => !type.includes('strategic'));
  }

  override add(model: string): string | undefined {
    return this.#models.get(model)?.() ?? super.add(model);
  }

  #object(resource: ResourceFacts): Json {
    const definition = this.definitionOf(resource);
    const facts = definition?.spec.versions.find(({ name }) => name === resource.version);
    const schema = facts && schemaOf(facts);
    const selectable = facts?.selectableFields?.map(({ jsonPath }) => ({ fieldPath: jsonPath.replace(/^\./, '') }));
    const more = { 'x-kubernetes-group-version-kind': [gvk(resource, resource.kind)], ...(selectable?.length ? { 'x-kubernetes-selectable-fields': selectable } : {}) };
    if (!schema || (this.v2 && (schema['x-kubernetes-preserve-unknown-fields'] || definition?.spec.preserveUnknownFields))) return { type: 'object', ...more };
    const { properties, ...rest } = this.#convert(schema);
    return { ...rest, properties: { ...(properties as Json | undefined), ...this.#typeMeta(), metadata: this.#metadata('ObjectMeta', TEXTS['metadata']) }, ...more };
  }

  #list(resource: ResourceFacts, listKind: string, plural: string): Json {
    const { kind } = resource;
    const items = { description: `List of ${plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`, type: 'array', items: reference(this.add(resource.model) ?? '') };
    return {
      description: `${listKind} is a list of ${kind}`,
      type: 'object',
      required: ['items'],
      properties: { ...this.#typeMeta(), items, metadata: this.#metadata('ListMeta', LIST_TEXT) },
      'x-kubernetes-group-version-kind': [gvk(resource, listKind)],
    };
  }

  #typeMeta(): Json {
    return { apiVersion: { description: TEXTS['apiVersion'], type: 'string' }, kind: { description: TEXTS['kind'], type: 'string' } };
  }

  #metadata(model: string, description: string | undefined): Json {
    return { description, allOf: [reference(this.add(model) ?? '')] };
  }

  /** A schema as it is published. */
  #convert(schema: Schema): Json {
    const { items, properties, additionalProperties, allOf, anyOf, oneOf, not, nullable, type, required, ...rest } = schema;
    const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true;
    // Old clients refuse what they don't find among properties, so that where anything goes nothing is said.
    const silent = this.v2 && (nullable === true || keepsUnknown);
    const shown = silent ? undefined : type;
    const below: Record<string, Json> = {};
    if (!silent) for (const [name, property] of Object.entries(properties ?? {})) below[name] = this.#convert(property);
    const embedded = schema['x-kubernetes-embedded-resource'] === true && !(this.v2 && keepsUnknown);
    if (embedded) Object.assign(below, this.#typeMeta(), { metadata: this.#metadata('ObjectMeta', TEXTS['metadata']) });
    const needed = (required ?? []).filter((name) => !(this.v2 && properties?.[name]?.nullable));
    if (embedded) for (const name of ['kind', 'apiVersion']) if (!needed.includes(name)) needed.push(name);
    const additional = additionalOf(schema);
    return {
      ...rest,
      ...(shown === undefined || (this.v2 && shown === 'array' && !items) ? {} : { type: shown }),
      ...(nullable && !this.v2 ? { nullable } : {}),
      ...(needed.length > 0 ? { required: needed } : {}),
      ...(items && !silent ? { items: this.#convert(items) } : {}),
      ...(Object.keys(below).length > 0 ? { properties: below } : {}),
      ...(additional ? { additionalProperties: this.#convert(additional) } : additionalProperties === undefined ? {} : { additionalProperties }),
      ...(this.v2 ? {} : unfolded({ ...(allOf ? { allOf } : {}), ...(anyOf ? { anyOf } : {}), ...(oneOf ? { oneOf } : {}), ...(not ? { not } : {}) }, schema)),
    };
  }
}

const gvk = ({ group, version }: ResourceFacts, kind: string): Json => ({ group, kind, version });

const EITHER: readonly Schema[] = [{ type: 'integer' }, { type: 'string' }];

/** Values that may be whole numbers or texts say so in plain OpenAPI, too. */
function unfolded(combined: Pick<Schema, 'allOf' | 'anyOf' | 'oneOf' | 'not'>, schema: Schema): object {
  if (!schema['x-kubernetes-int-or-string'] || isEither(schema.anyOf) || isEither(schema.allOf?.[0]?.anyOf)) return combined;
  return schema.anyOf ? { ...combined, allOf: [{ anyOf: EITHER }, ...(schema.allOf ?? [])] } : { ...combined, anyOf: EITHER };
}

const isEither = (branches: readonly Schema[] | undefined): boolean => branches?.length === 2 && branches[0]?.type === 'integer' && branches[1]?.type === 'string';
