/**
 * Checks a value against a model of an OpenAPI document, as OpenAPI v2 has it: what v3 can say beyond that is left aside.
 * Follows kube-openapi pkg/util/proto (document.go) and its validation/, and for custom resources what apiextensions-apiserver
 * pkg/controller/openapi/v2/conversion.go leaves of them.
 */
import { isObject, type JsonValue } from '../../api/json.ts';

/** As much of an OpenAPI schema as matters here. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly type?: string;
  readonly nullable?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
}

export type Definitions = Readonly<Record<string, OpenApiSchema | undefined>>;

/** Something of a schema, and what errors call it. */
interface Place {
  readonly schema: OpenApiSchema;
  readonly path: string;
}

/** What is wrong with a value of a kind, in the order in which kubectl tells it. */
export function modelFaults(value: JsonValue, kind: string, model: string, definitions: Definitions): readonly string[] {
  const faults: string[] = [];
  new Check(definitions, faults).value(value, kind, { schema: { $ref: model }, path: '' });
  return faults;
}

class Check {
  constructor(
    private readonly definitions: Definitions,
    private readonly faults: string[],
  ) {}

  value(value: JsonValue, at: string, written: Place): void {
    if (value === null) return void this.faults.push(nil(at));
    const place = this.#resolved(written);
    if (!place || isAnything(place.schema)) return;
    const { schema, path } = place;
    const wanted = typeOf(schema);
    const given = kindOf(value);
    if (wanted === 'array' ? Array.isArray(value) : wanted === 'map' ? isObject(value) : fits(wanted, given)) {
      if (Array.isArray(value)) this.#items(value, at, { schema: schema.items as OpenApiSchema, path });
      else if (isObject(value)) this.#fields(value, at, place);
      return;
    }
    this.#fault(at, `invalid type for ${path}: got "${given}", expected "${wanted}"`);
  }

  #items(values: readonly JsonValue[], at: string, item: Place): void {
    for (const [index, value] of values.entries()) {
      const below = `${at}[${index}]`;
      if (value === null) this.#fault(at, nil(below));
      else this.value(value, below, item);
    }
  }

  #fields(value: Readonly<Record<string, JsonValue | undefined>>, at: string, { schema, path }: Place): void {
    const { properties, required = [], additionalProperties } = schema;
    for (const key of Object.keys(value).sort()) {
      const field = value[key] ?? null;
      if (!properties) {
        this.value(field, `${at}.${key}`, { schema: typeof additionalProperties === 'object' ? additionalProperties : {}, path });
        continue;
      }
      if (field === null) continue;
      const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (known) this.value(field, `${at}.${key}`, { schema: known, path: `${path}.${key}` });
      else this.#fault(at, `unknown field "${key}" in ${path}`);
    }
    for (const name of properties ? required : []) {
      if ((value[name] ?? null) === null && !properties?.[name]?.nullable) this.#fault(at, `missing required field "${name}" in ${path}`);
    }
  }

  /** What a reference leads to. */
  #resolved(place: Place): Place | undefined {
    const reference = place.schema.$ref ?? place.schema.allOf?.[0]?.$ref;
    if (reference === undefined) return place;
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    const schema = this.definitions[name];
    // Quantities and the like may be written in several ways; v2 calls them texts.
    return schema && this.#resolved({ schema: schema.oneOf && schema.type === undefined ? { type: 'string' } : schema, path: name });
  }

  #fault(at: string, text: string): void {
    this.faults.push(`ValidationError(${at}): ${text}`);
  }
}

const nil = (at: string): string => `unknown object type "nil" in ${at}`;

/** v2 says nothing of what may be null or hold anything: old clients would refuse it. */
function isAnything({ type, properties, items, nullable, 'x-kubernetes-preserve-unknown-fields': keeps }: OpenApiSchema): boolean {
  return nullable === true || keeps === true || (type === undefined && !properties) || (type === 'array' && !items);
}

const typeOf = ({ type = 'object' }: OpenApiSchema): string => (type === 'object' ? 'map' : type);

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  return typeof value === 'object' ? 'map' : typeof value;
}

/** Any plain value may be a text, and any number an integer. */
function fits(wanted: string, given: string): boolean {
  if (given === 'map' || given === 'array') return false;
  return wanted === 'string' || wanted === given || ((wanted === 'integer' || wanted === 'number') && (given === 'integer' || given === 'number'));
}
