/**
 * /openapi/v3: an index, and a document for each group and version; /openapi/v2: one document over all. What they are made of is large, and few ask for it,
 * so it is loaded with the first document. Follows kube-openapi pkg/handler3 and pkg/handler.
 */
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import { apiVersionOf, builtinResources, type ResourceFacts } from '../../api/resource.ts';
import { splitUrl } from '../../api/rest.ts';
import { digest, tagged, type Answer } from '../answer.ts';
import type { PathRegistry } from '../discovery/index.ts';
import { VERSION } from '../discovery/version.ts';

/** What is served, asked on every request. */
export interface OpenApiSource {
  resources(): Promise<readonly ResourceFacts[]>;
  definitionOf(resource: ResourceFacts): CustomResourceDefinition | undefined;
}

const BUILTIN: OpenApiSource = { resources: () => Promise.resolve(builtinResources()), definitionOf: () => undefined };
const NOT_FOUND: Answer = { code: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
const WRONG_METHOD: Answer = { code: 405, contentType: 'text/plain; charset=utf-8', body: '405: Method Not Allowed' };
const SWAGGER_PROTOBUF = /proto-openapi\.spec\.v2@v1\.0\+protobuf/;
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Registers the paths. */
export function registerOpenApi(server: PathRegistry, source: OpenApiSource = BUILTIN): void {
  const documents = new Documents(source);
  server.registerPath('/openapi/v3', async (method, url) => {
    if (method !== 'GET') return WRONG_METHOD;
    const { path: address, query } = splitUrl(url);
    const path = address.slice('/openapi/v3'.length).replace(/^\/|\/$/g, '');
    const paths = await documents.paths();
    if (path === '') return tagged({ code: 200, contentType: 'application/json', body: index(paths) });
    const hash = paths.get(path);
    if (hash === undefined) return NOT_FOUND;
    const asked = query.get('hash');
    if (asked && asked !== hash) return { code: 301, contentType: 'text/html; charset=utf-8', body: `<a href="${addressOf(path, hash)}">Moved Permanently</a>.\n\n`, headers: { Location: addressOf(path, hash) } };
    return { code: 200, contentType: 'application/json', body: await documents.at(path, hash), headers: { ETag: `"${hash}"`, Vary: 'Accept' }, ...(asked ? { immutableMs: YEAR_MS } : {}) };
  });
  server.registerPath('/openapi/v2', async (method, _url, _body, accept = '') => {
    if (method !== 'GET') return WRONG_METHOD;
    const { hash, json, protobuf } = await documents.swagger();
    const headers = { ETag: `"${hash}"`, Vary: 'Accept' };
    if (!SWAGGER_PROTOBUF.test(accept)) return { code: 200, contentType: 'application/json', body: json, headers };
    return { code: 200, contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf', body: protobuf, binary: true, headers };
  });
}

const pathOf = (resource: ResourceFacts): string => `${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`;
const addressOf = (path: string, hash: string): string => `/openapi/v3/${path}?hash=${hash}`;

/** Clients keep a document for as long as its address is the same. */
const index = (paths: ReadonlyMap<string, string>): string => JSON.stringify({ paths: Object.fromEntries([...paths].map(([path, hash]) => [path, { serverRelativeURL: addressOf(path, hash) }])) });

/** Documents of built-in kinds by hash: they are the same for all servers. */
const BUILTIN_TEXTS = new Map<string, string>();

interface Swagger {
  readonly hash: string;
  readonly json: string;
  readonly protobuf: string;
}

/** The documents of a server, each made when it is first asked for. */
class Documents {
  #hashes: { readonly of: readonly ResourceFacts[]; readonly paths: ReadonlyMap<string, string> } | undefined;
  #swagger: Swagger | undefined;

  constructor(private readonly source: OpenApiSource) {}

  /** All documents by path, each with a hash that changes when it does: what they are made of is hashed, so that none has to be made for it. */
  async paths(): Promise<ReadonlyMap<string, string>> {
    const resources = await this.source.resources();
    if (this.#hashes?.of === resources) return this.#hashes.paths;
    const parts = new Map<string, unknown[]>(['.well-known/openid-configuration', 'api', 'apis', 'openid/v1/jwks', 'version'].map((path) => [path, []]));
    for (const resource of resources) {
      if (resource.group !== '') parts.set(`apis/${resource.group}`, []);
      const path = pathOf(resource);
      const { uid, generation } = this.source.definitionOf(resource)?.metadata ?? {};
      parts.set(path, [...(parts.get(path) ?? []), [resource, uid, generation]]);
    }
    const paths = new Map([...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, part]) => [path, digest(JSON.stringify([VERSION.gitVersion, path, part]))]));
    this.#hashes = { of: resources, paths };
    return paths;
  }

  async at(path: string, hash: string): Promise<string> {
    const { customDocumentOf, documentOf, informationDocument } = await import('./document.ts');
    const own = (await this.source.resources()).filter((resource) => pathOf(resource) === path);
    if (own.some(({ model }) => model === '')) return JSON.stringify(customDocumentOf(own, this.source.definitionOf));
    let text = BUILTIN_TEXTS.get(hash);
    if (text === undefined) BUILTIN_TEXTS.set(hash, (text = JSON.stringify(own.length > 0 ? documentOf(own) : informationDocument(path))));
    return text;
  }

  async swagger(): Promise<Swagger> {
    const hash = digest([...(await this.paths()).values()].join());
    if (this.#swagger?.hash === hash) return this.#swagger;
    const [{ swaggerOf }, { encodeSwagger }] = await Promise.all([import('./v2.ts'), import('./v2-protobuf.ts')]);
    const document = swaggerOf(await this.source.resources(), this.source.definitionOf);
    this.#swagger = { hash, json: JSON.stringify(document), protobuf: Buffer.from(encodeSwagger(document)).toString('latin1') };
    return this.#swagger;
  }
}
