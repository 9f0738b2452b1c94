/**
 * The OpenAPI v2 document against the one that Kubernetes publishes for v1.33. The published document
 * is no part of the project: where it is not there (in the folder shared beside the checkout) nothing is compared, and this says so.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtinResources } from '../../../src/api/resource.ts';
import { swaggerOf } from '../../../src/apiserver/openapi/v2.ts';

const file = join(import.meta.dirname, '../../../../shared/reference/kubernetes-openapi-v1.33.0.json');
const there = existsSync(file);
if (!there) console.warn('OpenAPI is not compared with that of Kubernetes: no shared/reference beside the checkout');

type Json = Readonly<Record<string, unknown>>;
interface Parameter extends Json {
  readonly name: string;
  readonly in: string;
}
interface Operation extends Json {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly schema?: unknown }>>;
}
interface Schema extends Json {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Json>>;
}
interface Swagger {
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>> & { readonly parameters?: readonly Parameter[] }>>;
  readonly parameters?: Readonly<Record<string, Parameter>>;
}

/** Versions that a fresh cluster does not serve, their groups, and the handler of log files, which no cluster should. */
const unserved = (name: string): boolean => /v\d+(?:alpha|beta)\d+/.test(name) || /^\/(?:logs|apis\/(?:internal\.apiserver|resource|storagemigration)\.k8s\.io\/$)/.test(name);
const served = <T>(all: Readonly<Record<string, T>>): Readonly<Record<string, T>> => Object.fromEntries(Object.entries(all).filter(([name]) => !unserved(name)).sort(([a], [b]) => (a < b ? -1 : 1)));

function withoutProse({ properties, required, description: _, ...schema }: Schema): Json {
  // What is published is made without the words that fields may be; a server tells them.
  const fields = Object.fromEntries(Object.entries(properties ?? {}).map(([name, { description: __, enum: ___, items, ...field }]) => [name, { ...field, ...(items ? { items: { ...(items as Json), enum: undefined } } : {}) }]));
  // A name alone that is a list is no list: Go's generator follows a stray marker there.
  if ('details' in fields && 'code' in fields) delete (fields['details'] as Record<string, unknown>)['x-kubernetes-list-type'];
  return { ...schema, ...(properties ? { properties: fields } : {}), ...(required ? { required: [...required].sort() } : {}) };
}

/** "GET /api/v1/pods" and the like, with what can be compared. */
function operations({ paths, parameters = {} }: Swagger): Readonly<Record<string, Json>> {
  const resolved = (each: Parameter): Parameter => (typeof each['$ref'] === 'string' ? (parameters[each['$ref'].split('/').at(-1) ?? ''] as Parameter) : each);
  return Object.fromEntries(Object.entries(served(paths)).flatMap(([path, { parameters: common = [], ...methods }]) =>
    Object.entries(methods).map(([method, { parameters: own = [], responses, description: _, consumes: __, ...operation }]) => [`${method.toUpperCase()} ${path}`, {
      ...operation,
      parameters: [...own, ...common].map(resolved).map(({ name, in: place }) => `${place} ${name}`).sort(),
      responses: Object.fromEntries(Object.entries(responses).map(([code, { schema }]) => [code, schema])),
    }])));
}

/** What definitions and their fields are said to be; what is published tells nothing of the words of enumerations. */
function prose({ definitions }: Swagger): Readonly<Record<string, string>> {
  const texts = (name: string, { properties = {}, description }: Schema): [string, unknown][] => [[name, description], ...Object.entries(properties).map(([field, each]): [string, unknown] => [`${name}.${field}`, each['description']])];
  return Object.fromEntries(Object.entries(served(definitions)).flatMap(([name, schema]) => texts(name, schema)).map(([name, text = '']) => [name, String(text).replace(/\n*Possible enum values:\n.*/s, '')]));
}

(there ? test : test.skip)('definitions and operations are those that Kubernetes publishes', () => {
  const theirs = JSON.parse(readFileSync(file, 'utf8')) as Swagger;
  const ours = JSON.parse(JSON.stringify(swaggerOf(builtinResources()))) as Swagger;
  const definitions = (swagger: Swagger) => Object.fromEntries(Object.entries(served(swagger.definitions)).map(([name, schema]) => [name, withoutProse(schema)]));
  expect(definitions(ours)).toEqual(definitions(theirs));
  expect(operations(ours)).toEqual(operations(theirs));
  expect(prose(ours)).toEqual(prose(theirs));
});
