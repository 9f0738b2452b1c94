/**
 * /openapi/v3: an index, and a document for each group and version; /openapi/v2: one document over all. What they are made of is large, and few ask for it,
 * so it is loaded with the first document. Follows kube-openapi pkg/handler3.
 */
import { apiVersionOf, builtinResources, type ResourceFacts } from '../../api/resource.ts';
import type { PathRegistry } from '../discovery/index.ts';
import { VERSION } from '../discovery/version.ts';

const documents = new Map<string, string>();
let swagger: { readonly json: string; readonly protobuf: string } | undefined;

/** Registers the paths; `resources` is asked on every request. */
export function registerOpenApi(server: PathRegistry, resources: () => readonly ResourceFacts[] = builtinResources): void {
  server.registerPath('/openapi/v3', async (method, url) => {
    if (method !== 'GET') return { code: 405, contentType: 'text/plain; charset=utf-8', body: '405: Method Not Allowed' };
    const path = (url.split('?', 1)[0] as string).slice('/openapi/v3'.length).replace(/^\/|\/$/g, '');
    if (path === '') return { code: 200, contentType: 'application/json', body: index(resources()) };
    const own = resources().filter((resource) => pathOf(resource) === path);
    if (own.length === 0) return { code: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
    let text = documents.get(path);
    if (text === undefined) documents.set(path, (text = JSON.stringify((await import('./document.ts')).documentOf(own))));
    return { code: 200, contentType: 'application/json', body: text };
  });
  server.registerPath('/openapi/v2', async (method, url) => {
    if (method !== 'GET') return { code: 405, contentType: 'text/plain; charset=utf-8', body: '405: Method Not Allowed' };
    const [{ swaggerOf }, { encodeSwagger, SWAGGER_PROTOBUF_TYPE }] = await Promise.all([import('./v2.ts'), import('./v2-protobuf.ts')]);
    if (!swagger) {
      const document = swaggerOf(resources());
      swagger = { json: JSON.stringify(document), protobuf: Buffer.from(encodeSwagger(document)).toString('latin1') };
    }
    if (!new URLSearchParams(url.split('?')[1]).has('protobuf')) return { code: 200, contentType: 'application/json', body: swagger.json };
    return { code: 200, contentType: SWAGGER_PROTOBUF_TYPE, body: swagger.protobuf, binary: true };
  });
}

const pathOf = (resource: ResourceFacts): string => `${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`;

/** Clients keep a document for as long as its address is the same; it changes with the server's version alone. */
function index(resources: readonly ResourceFacts[]): string {
  const paths = [...new Set(resources.map(pathOf))].sort();
  return JSON.stringify({ paths: Object.fromEntries(paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${VERSION.gitVersion}` }])) });
}
