/** One version of a custom resource as the server needs it, worked out from its definition when it is first used. */
import { compareVersions, hasCondition, storageVersionOf } from '../../api/custom-resources.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, CustomResourceSubresourceScale } from '../../api/generated/types.ts';
import type { JsonNode } from '../../api/json-scan.ts';
import type { Decoded } from '../../api/decode/decoder.ts';
import type { KubeObject } from '../../api/object.ts';
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';
import { typeOfSchema, type StructuralSchema } from '../managedfields/custom-schema.ts';
import type { FieldType } from '../managedfields/schema.ts';
import type { VersionedSchema } from '../managedfields/versions.ts';
import type { Codec } from '../storage/converting-store.ts';
import type { Printer } from '../tables/table.ts';
import type { FieldError } from '../validation/field.ts';
import { columnPrinter } from './columns.ts';
import type { Converter } from './conversion.ts';
import { decodeCustomObject } from './decoding.ts';
import { loadRules, needsRules, rulesModule } from './rules-loader.ts';
import { applyDefaults } from './schema/defaulting.ts';
import type { Fields, Schema } from './schema/schema.ts';

/** The compiled x-kubernetes-validations of a schema. */
export interface Rules {
  validate(object: KubeObject, old?: KubeObject): readonly FieldError[];
}

export class CustomVersion {
  #printer: Printer<KubeObject> | undefined;
  #rules: Rules | undefined;
  readonly #hasRules: boolean;

  constructor(
    /** The definition as it is now; its status changes while its spec stays. */
    private readonly definition: () => CustomResourceDefinition,
    readonly facts: CustomResourceDefinitionVersion,
    readonly resource: ResourceFacts,
  ) {
    this.#hasRules = needsRules(this.schema);
  }

  /** Must have been waited for before objects are checked. */
  prepare(): Promise<void> | undefined {
    return this.#hasRules && !this.#rules ? loadRules() : undefined;
  }

  get rules(): Rules | undefined {
    if (this.#hasRules && this.schema) this.#rules ??= new (rulesModule().SchemaRules)(this.schema, true);
    return this.#rules;
  }

  /** Whether the definition is being deleted: nothing new is created then. */
  get terminating(): boolean {
    return hasCondition(this.definition(), 'Terminating');
  }

  get schema(): Schema | undefined {
    return schemaOf(this.facts);
  }

  get scale(): CustomResourceSubresourceScale | undefined {
    return this.facts.subresources?.scale;
  }

  get printer(): Printer<KubeObject> {
    return (this.#printer ??= columnPrinter(this.facts.additionalPrinterColumns));
  }

  /** Texts that go with every answer. */
  get warnings(): readonly string[] {
    if (!this.facts.deprecated) return [];
    return [this.facts.deprecationWarning ?? defaultWarning(this.definition(), this.facts)];
  }

  /** What managed fields have to know of all versions; only the apiVersion tells their objects apart there. */
  get fields(): VersionedSchema {
    const { group, versions, preserveUnknownFields } = this.definition().spec;
    const types = new Map(versions.map((version) => [`${group}/${version.name}`, () => typeOfSchema(schemaOf(version) as StructuralSchema | undefined, preserveUnknownFields)]));
    const known = new Map<string, FieldType>();
    const typeAt = (apiVersion: string): FieldType | undefined => {
      const type = known.get(apiVersion) ?? types.get(apiVersion)?.();
      if (type) known.set(apiVersion, type);
      return type;
    };
    return { typeAt, convert: (object, apiVersion) => (object.apiVersion === apiVersion ? object : types.has(apiVersion) ? { ...object, apiVersion } : undefined) };
  }

  decode(object: Fields, node?: JsonNode): Decoded {
    return decodeCustomObject(object, this.schema, this.definition().spec.preserveUnknownFields, node);
  }
}

export const schemaOf = ({ schema }: CustomResourceDefinitionVersion): Schema | undefined => schema?.openAPIV3Schema as Schema | undefined;

function defaultWarning({ spec }: CustomResourceDefinition, { name }: CustomResourceDefinitionVersion): string {
  const text = `${spec.group}/${name} ${spec.names.kind} is deprecated`;
  const better = spec.versions.filter((version) => version.served && !version.deprecated && compareVersions(version.name, name) < 0).map((version) => version.name).sort(compareVersions);
  return better.length === 0 ? text : `${text}; use ${spec.group}/${better[0]} ${spec.names.kind}`;
}

/** Between the stored text, in whatever version it was written, and one version: conversion, then pruning; defaults are those of the stored version. */
export function versionCodec(definition: CustomResourceDefinition, resource: ResourceFacts, converter: Converter): Codec {
  const { group, versions, preserveUnknownFields } = definition.spec;
  const own = apiVersionOf(resource);
  const schemaAt = (apiVersion: unknown): Schema | undefined => {
    const facts = versions.find(({ name }) => `${group}/${name}` === apiVersion);
    return facts && schemaOf(facts);
  };
  const pruned = (object: Fields): Fields => decodeCustomObject(object, schemaAt(object.apiVersion), preserveUnknownFields).value;
  const stored = `${group}/${storageVersionOf(definition)}`;
  return {
    decode(texts) {
      const objects = texts.map((text) => {
        const object = pruned(JSON.parse(text) as Fields);
        applyDefaults(object, schemaAt(object.apiVersion));
        return object;
      });
      const foreign = objects.filter(({ apiVersion }) => apiVersion !== own);
      if (foreign.length === 0) return objects.map((object) => JSON.stringify(object));
      const join = (converted: readonly Fields[]): string[] => {
        let next = 0;
        return objects.map((object) => JSON.stringify(object.apiVersion === own ? object : pruned(converted[next++] as Fields)));
      };
      const converted = converter.convert(foreign, own);
      return converted instanceof Promise ? converted.then(join) : join(converted);
    },
    encode(text) {
      if (own === stored) return text;
      const converted = converter.convert([JSON.parse(text) as Fields], stored);
      const finish = ([object]: readonly Fields[]): string => JSON.stringify(pruned(object as Fields));
      return converted instanceof Promise ? converted.then(finish) : finish(converted);
    },
  };
}
