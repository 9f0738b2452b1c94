/**
 * /openapi/v3: an index, and a document for each group and version; /openapi/v2: one document over all. What they are made of is large, and few ask for it,
 * so it is loaded with the first document. Follows kube-openapi pkg/handler3.
 */
import { createHash } from 'node:crypto';
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import { apiVersionOf, builtinResources, type ResourceFacts } from '../../api/resource.ts';
import type { PathRegistry } from '../discovery/index.ts';
import { VERSION } from '../discovery/version.ts';

/** What is served, asked on every request. */
export interface OpenApiSource {
  resources(): Promise<readonly ResourceFacts[]>;
  definitionOf(resource: ResourceFacts): CustomResourceDefinition | undefined;
}

const BUILTIN: OpenApiSource = { resources: () => Promise.resolve(builtinResources()), definitionOf: () => undefined };

const documents = new Map<string, string>();

/** Registers the paths. */
export function registerOpenApi(server: PathRegistry, source: OpenApiSource = BUILTIN): void {
  let swagger: { readonly resources: readonly ResourceFacts[]; readonly json: string; readonly protobuf: string } | undefined;
  server.registerPath('/openapi/v3', async (method, url) => {
    if (method !== 'GET') return { code: 405, contentType: 'text/plain; charset=utf-8', body: '405: Method Not Allowed' };
    const path = (url.split('?', 1)[0] as string).slice('/openapi/v3'.length).replace(/^\/|\/$/g, '');
    const resources = await source.resources();
    if (path === '') return { code: 200, contentType: 'application/json', body: index(resources, source) };
    const own = resources.filter((resource) => pathOf(resource) === path);
    if (own.length === 0) return { code: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
    return { code: 200, contentType: 'application/json', body: await documentText(path, own, source) };
  });
  server.registerPath('/openapi/v2', async (method, url) => {
    if (method !== 'GET') return { code: 405, contentType: 'text/plain; charset=utf-8', body: '405: Method Not Allowed' };
    const [{ swaggerOf }, { encodeSwagger, SWAGGER_PROTOBUF_TYPE }] = await Promise.all([import('./v2.ts'), import('./v2-protobuf.ts')]);
    const resources = await source.resources();
    if (swagger?.resources !== resources) {
      const document = swaggerOf(resources, source.definitionOf);
      swagger = { resources, json: JSON.stringify(document), protobuf: Buffer.from(encodeSwagger(document)).toString('latin1') };
    }
    if (!new URLSearchParams(url.split('?')[1]).has('protobuf')) return { code: 200, contentType: 'application/json', body: swagger.json };
    return { code: 200, contentType: SWAGGER_PROTOBUF_TYPE, body: swagger.protobuf, binary: true };
  });
}

/** A document's text; those of built-in kinds never change. */
async function documentText(path: string, resources: readonly ResourceFacts[], { definitionOf }: OpenApiSource): Promise<string> {
  const { customDocumentOf, documentOf } = await import('./document.ts');
  if (resources.some(({ model }) => model === '')) return JSON.stringify(customDocumentOf(resources, definitionOf));
  let text = documents.get(path);
  if (text === undefined) documents.set(path, (text = JSON.stringify(documentOf(resources))));
  return text;
}

const pathOf = (resource: ResourceFacts): string => `${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`;

/** Clients keep a document for as long as its address is the same: it changes with the server's version, and with the definitions in it. */
function index(resources: readonly ResourceFacts[], source: OpenApiSource): string {
  const stamps = new Map<string, string>();
  for (const resource of resources) {
    const path = pathOf(resource);
    const definition = source.definitionOf(resource);
    stamps.set(path, (stamps.get(path) ?? VERSION.gitVersion) + (definition ? ` ${definition.metadata?.uid}/${definition.metadata?.generation}` : ''));
  }
  const hash = (stamp: string) => (stamp === VERSION.gitVersion ? stamp : createHash('sha512').update(stamp).digest('hex').toUpperCase());
  return JSON.stringify({ paths: Object.fromEntries([...stamps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, stamp]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash(stamp)}` }])) });
}
