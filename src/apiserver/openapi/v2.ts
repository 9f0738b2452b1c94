/** OpenAPI v2 of the whole API, made of the v3 documents: kubectl still reads it for lists and kinds that v3 does not name. */
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';
import { VERSION } from '../discovery/version.ts';
import { customDocumentOf, documentOf, INFORMATION_PATHS, informationDocument, type OpenApiDocument } from './document.ts';
import type { DefinitionOf } from './custom.ts';
import type { Json } from './schemas.ts';

export interface SwaggerDocument extends Json {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Json>>;
  readonly definitions: Readonly<Record<string, Json>>;
}

/** The document over all resources; those of custom ones are made anew, since they come and go. */
export function swaggerOf(resources: readonly ResourceFacts[], definitionOf: DefinitionOf = () => undefined): SwaggerDocument {
  const custom = resources.filter(({ model }) => model === '');
  const builtin = (known ??= convert(builtinDocuments(resources.filter(({ model }) => model !== ''))));
  if (custom.length === 0) return builtin;
  const added = convert(groupVersions(custom).map((each) => customDocumentOf(each, definitionOf, true)));
  return { ...builtin, paths: { ...builtin.paths, ...added.paths }, definitions: { ...added.definitions, ...builtin.definitions } };
}

function builtinDocuments(resources: readonly ResourceFacts[]): OpenApiDocument[] {
  const groups = [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '');
  const information = [...INFORMATION_PATHS, ...groups.map((group) => `apis/${group}`)].map(informationDocument);
  return [...groupVersions(resources).map(documentOf), ...information.filter((document) => document !== undefined)];
}

let known: SwaggerDocument | undefined;

const groupVersions = (resources: readonly ResourceFacts[]): ResourceFacts[][] => [...new Set(resources.map(apiVersionOf))].map((version) => resources.filter((resource) => apiVersionOf(resource) === version));

function convert(documents: readonly OpenApiDocument[]): SwaggerDocument {
  const paths: Record<string, Json> = {};
  const definitions: Record<string, Json> = {};
  for (const document of documents) {
    for (const [path, item] of Object.entries(document.paths)) paths[path] = pathItem(item as Json);
    for (const [name, schema] of Object.entries(document.components.schemas)) definitions[name] = merged(definitions[name], definition(schema as Json));
  }
  return { swagger: '2.0', info: { title: 'Kubernetes', version: VERSION.gitVersion }, paths, definitions };
}

/** Of a schema that several documents have, only the one of its own group says whose kind it is. */
function merged(before: Json | undefined, after: Json): Json {
  return before?.['x-kubernetes-group-version-kind'] ? before : after;
}

/** A schema: references may stand beside descriptions, and there is no "one of". */
function definition({ allOf, oneOf, default: _, $ref, properties, items, additionalProperties, ...rest }: Json): Json {
  const target = ($ref ?? (allOf as readonly Json[] | undefined)?.[0]?.['$ref']) as string | undefined;
  return {
    ...rest,
    ...(target === undefined ? {} : { $ref: target.replace('#/components/schemas/', '#/definitions/') }),
    ...(oneOf === undefined ? {} : { type: 'string' }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(properties as Json).map(([name, schema]) => [name, definition(schema as Json)])) }),
    ...(items === undefined ? {} : { items: definition(items as Json) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: definition(additionalProperties as Json) }),
  };
}

function pathItem({ parameters, ...operations }: Json): Json {
  const all = Object.entries(operations).map(([method, operation]) => [method, convertOperation(operation as Json)] as const);
  return { ...Object.fromEntries(all), ...(parameters ? { parameters: (parameters as readonly Json[]).map(parameter) } : {}) };
}

interface Body {
  readonly content: Readonly<Record<string, { readonly schema: Json }>>;
  readonly required?: boolean;
}

function convertOperation({ parameters, requestBody, responses, ...rest }: Json): Json {
  const body = requestBody as Body | undefined;
  const produces = Object.keys(Object.values(responses as Readonly<Record<string, { content?: Body['content'] }>>)[0]?.content ?? {});
  return {
    ...rest,
    consumes: body ? Object.keys(body.content) : rest['x-kubernetes-action'] === undefined ? produces : ['*/*'],
    produces,
    schemes: ['https'],
    parameters: [
      ...(body ? [{ name: 'body', in: 'body', ...(body.required ? { required: true } : {}), schema: definition(Object.values(body.content)[0]?.schema ?? {}) }] : []),
      ...((parameters ?? []) as readonly Json[]).map(parameter),
    ],
    responses: Object.fromEntries(Object.entries(responses as Readonly<Record<string, Json>>).map(([code, { content, description }]) => {
      const schema = content === undefined ? undefined : Object.values(content as Body['content'])[0]?.schema;
      return [code, { description, ...(schema ? { schema: definition(schema) } : {}) }];
    })),
  };
}

const parameter = ({ schema, ...rest }: Json): Json => ({ ...rest, ...(schema as Json) });
