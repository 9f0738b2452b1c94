/** The explanation of a resource or field, from an OpenAPI v3 document (kubectl pkg/explain/v2/templates/plaintext.tmpl). */
import { compareBytes } from '../../../api/go-json.ts';
import { indent, wordWrap } from './word-wrap.ts';

export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

type Operation = { readonly 'x-kubernetes-group-version-kind'?: GroupVersionKind };

export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const WIDTH = 78;
const ENUM_LIMIT = 4;

/** What a path of the document serves; undefined where it serves no such resource. */
export function kindServedAt(document: OpenApiDocument, group: string, version: string, resource: string): GroupVersionKind | undefined {
  const prefix = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  for (const path of [`${prefix}/${resource}`, `${prefix}/${resource}/{name}`, `${prefix}/namespaces/{namespace}/${resource}`, `${prefix}/namespaces/{namespace}/${resource}/{name}`]) {
    const operations = document.paths?.[path];
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const kind = operations?.[method]?.['x-kubernetes-group-version-kind'];
      if (kind) return kind;
    }
  }
  return undefined;
}

/** "GROUP: … KIND: … VERSION: …" */
export function heading({ group, version, kind }: GroupVersionKind): string {
  return `${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`;
}

export class Explainer {
  readonly #schemas: Readonly<Record<string, Schema>>;

  constructor(
    document: OpenApiDocument,
    private readonly recursive: boolean,
  ) {
    this.#schemas = document.components?.schemas ?? {};
  }

  /** The schema of a kind. */
  schemaOf({ group, version, kind }: GroupVersionKind): Schema | undefined {
    const names = Object.keys(this.#schemas).sort(compareBytes);
    const name = names.find((each) => this.#schemas[each]?.['x-kubernetes-group-version-kind']?.some((gvk) => gvk.group === group && gvk.version === version && gvk.kind === kind));
    return name === undefined ? undefined : this.#schemas[name];
  }

  /** The text for the field at a path; '' where there is none. */
  explain(schema: Schema, path: readonly string[], history: ReadonlySet<string> = new Set()): string {
    const resolved = this.#resolve(schema);
    const [first, ...rest] = path;
    if (first === undefined) {
      const fields = this.#fields(resolved, 1, new Set());
      return `DESCRIPTION:\n${indent(4, wordWrap(this.#description(resolved) || '<empty>', WIDTH - 2))}\n${fields === '' ? '' : `FIELDS:\n${fields}`}`;
    }
    if (schema.$ref !== undefined && history.has(schema.$ref)) return '';
    const next = schema.$ref === undefined ? history : new Set([...history, schema.$ref]);
    const field = own(resolved.properties, first);
    if (field) {
      const title = rest.length > 0 ? '' : `FIELD: ${first} <${this.#type(field)}>\n${longEnum(field)}\n\n`;
      return title + this.explain(field, rest);
    }
    if (resolved.items) return this.explain(resolved.items, path, next);
    if (typeof resolved.additionalProperties === 'object') return this.explain(resolved.additionalProperties, path, next);
    for (const part of resolved.allOf ?? []) {
      const text = this.explain(part, path, next);
      if (text !== '') return text;
    }
    return '';
  }

  #resolve(schema: Schema): Schema {
    return (schema.$ref === undefined ? undefined : this.#schemas[lastPart(schema.$ref, '/')]) ?? schema;
  }

  #description(schema: Schema): string {
    const resolved = this.#resolve(schema);
    const { description, allOf = [], items, additionalProperties } = resolved;
    return [
      description ? `${description}\n` : '',
      ...allOf.map((part) => this.#description(part)),
      items ? this.#description(items) : '',
      typeof additionalProperties === 'object' ? this.#description(additionalProperties) : '',
    ].join('');
  }

  #fields(schema: Schema, level: number, history: ReadonlySet<string>): string {
    if (schema.$ref !== undefined && history.has(schema.$ref)) return '';
    const next = schema.$ref === undefined ? history : new Set([...history, schema.$ref]);
    const resolved = this.#resolve(schema);
    let text = '';
    for (const name of Object.keys(resolved.properties ?? {}).sort(compareBytes)) {
      const field = resolved.properties?.[name] as Schema;
      text += this.#field(name, field, resolved.required?.includes(name) === true, level * 2);
      if (this.recursive) text += this.#fields(field, level + 1, next);
    }
    for (const part of resolved.allOf ?? []) text += this.#fields(part, level, next);
    if (resolved.items) text += this.#fields(resolved.items, level, next);
    if (typeof resolved.additionalProperties === 'object') text += this.#fields(resolved.additionalProperties, level, next);
    return text;
  }

  #field(name: string, schema: Schema, required: boolean, amount: number): string {
    const line = `${indent(amount, name)}\t<${this.#type(schema)}>${required ? ' -required-' : ''}${shortEnum(schema, amount)}\n`;
    return this.recursive ? line : `${line}${indent(amount + 2, wordWrap(schema.description || '<no description>', WIDTH - amount))}\n\n`;
  }

  #type(schema: Schema): string {
    const { items, additionalProperties, allOf, properties, $ref, type } = schema;
    if (items) return `[]${this.#type(items)}`;
    if (typeof additionalProperties === 'object') return `map[string]${this.#type(additionalProperties)}`;
    if (allOf?.length === 1 && !properties) return this.#type(allOf[0] as Schema);
    if ($ref === undefined) return type === 'object' ? 'Object' : (type ?? 'Object');
    const target = this.#schemas[lastPart($ref, '/')];
    return !target?.type || target.type === 'object' ? lastPart(lastPart($ref, '/'), '.') || 'Object' : target.type;
  }
}

const own = (properties: Schema['properties'], name: string): Schema | undefined => (properties && Object.hasOwn(properties, name) ? properties[name] : undefined);
const lastPart = (text: string, separator: string): string => text.slice(text.lastIndexOf(separator) + 1);
const enumText = (value: unknown): string => (value === '' ? '""' : String(value));

function longEnum({ enum: values }: Schema): string {
  return values && values.length > 0 ? `ENUM:${values.map((value) => `\n    ${enumText(value)}`).join('')}` : '';
}

function shortEnum({ enum: values }: Schema, amount: number): string {
  if (!values || values.length === 0) return '';
  return `\n${' '.repeat(amount)}enum: ${values.slice(0, ENUM_LIMIT).map(enumText).join(', ')}${values.length > ENUM_LIMIT ? ', ....' : ''}`;
}
