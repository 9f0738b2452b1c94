/** The paths of OpenAPI documents: those of resources, and those of discovery. Follows apiserver pkg/endpoints/installer.go and pkg/endpoints/discovery. */
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';
import { subresourceKind } from '../discovery/legacy.ts';
import { COLLECTION, connections, groupWord, inPath, ITEM, LIST, LOG, operationOf, PRETTY, SUBRESOURCE_PARAMETERS, WATCH, WATCH_LIST, type Operation, type Place } from './operations.ts';
import { reference, type Json, type Schemas } from './schemas.ts';

const NAMESPACE = inPath('namespace', 'In which namespace.');
const CONNECTING: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy']);
/** Models of bodies of subresources whose name is not their kind's. */
const BODIES: Readonly<Record<string, string>> = { TokenRequest: 'AuthenticationV1TokenRequest' };

/** Of custom resources, documents say less. */
const isCustom = ({ model }: ResourceFacts): boolean => model.includes('/');

/** All paths of a group and version. */
export function pathsOf(resources: readonly ResourceFacts[], schemas: Schemas): Json {
  const paths: Record<string, Json> = {};
  const put = (path: string, table: Readonly<Record<string, Operation>>, verbs: readonly string[], place: Place, parameters: readonly Json[]): void => {
    const operations = Object.entries(table).filter(([verb]) => verbs.includes(verb)).map(([, operation]) => [operation.method, operationOf(operation, place, schemas)] as const);
    if (operations.length > 0) paths[path] = { ...Object.fromEntries(operations), parameters };
  };
  const [first] = resources;
  if (first && !isCustom(first)) {
    const apiVersion = apiVersionOf(first);
    const word = `${capital(groupWord(first.group))}${capital(first.version)}`;
    paths[`/${first.group === '' ? 'api' : 'apis'}/${apiVersion}/`] = { get: information(`get${word}APIResources`, 'get available resources', `${groupWord(first.group)}_${first.version}`, 'APIResourceList', schemas, [...PLAIN_TYPES, 'application/cbor']) };
  }
  for (const resource of resources) putResource(resource, put);
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Put = (path: string, table: Readonly<Record<string, Operation>>, verbs: readonly string[], place: Place, parameters: readonly Json[]) => void;

function putResource(resource: ResourceFacts, put: Put): void {
  const { namespaced, plural, verbs, model, kind } = resource;
  const base = `/${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`;
  const within = namespaced ? '/namespaces/{namespace}' : '';
  const collection = `${base}${within}/${plural}`;
  const place: Place = { resource, scope: namespaced ? 'Namespaced' : '', model, kind: resource };
  const everywhere: Place = { ...place, scope: 'ForAllNamespaces' };
  const scope = [...(namespaced ? [NAMESPACE] : []), PRETTY];
  const name = inPath('name', `name of the ${kind}`);
  put(collection, COLLECTION, verbs, place, scope);
  if (namespaced) put(`${base}/${plural}`, COLLECTION, verbs.filter((verb) => verb === 'list'), everywhere, [PRETTY]);
  put(`${collection}/{name}`, ITEM, verbs, place, [name, ...scope]);
  putSubresources(resource, collection, place, scope, put);
  if (isCustom(resource)) return;
  put(`${base}/watch${within}/${plural}`, { watch: WATCH_LIST }, verbs, place, [...scope, ...LIST]);
  put(`${base}/watch${within}/${plural}/{name}`, { watch: WATCH }, verbs, place, [name, ...scope, ...LIST]);
  if (namespaced) put(`${base}/watch/${plural}`, { watch: WATCH_LIST }, verbs, everywhere, [PRETTY, ...LIST]);
}

function putSubresources(resource: ResourceFacts, collection: string, parent: Place, scope: readonly Json[], put: Put): void {
  for (const [subresource, { kind, verbs }] of Object.entries(resource.subresources)) {
    const answered = subresourceKind(resource, subresource);
    const place: Place = { ...parent, subresource, kind: answered, model: kind === '' || kind === resource.kind ? resource.model : (BODIES[kind] ?? kind) };
    const path = `${collection}/{name}/${subresource}`;
    const connecting = CONNECTING.has(subresource);
    const name = inPath('name', `name of the ${answered.kind}`);
    const parameters = [name, ...(connecting ? scope.filter((each) => each !== PRETTY) : scope), ...(SUBRESOURCE_PARAMETERS[subresource] ?? [])];
    if (!connecting) {
      put(path, subresource === 'log' ? { get: LOG } : { ...ITEM, create: COLLECTION['create'] as Operation }, verbs, place, parameters);
      continue;
    }
    const table = connections(verbs, subresource);
    put(path, table, Object.keys(table), place, parameters);
    if (subresource === 'proxy') put(`${path}/{path}`, table, Object.keys(table), { ...place, withPath: true }, [...parameters, inPath('path', 'path to the resource')]);
  }
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const PLAIN_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

function information(operationId: string, description: string, tag: string, model: string, schemas: Schemas, types: readonly string[] = PLAIN_TYPES): Json {
  const name = schemas.add(model);
  return {
    description, operationId, tags: [tag],
    responses: { 200: { description: 'OK', content: Object.fromEntries(types.map((type) => [type, { schema: name === undefined ? { type: 'string' } : reference(name) }])) }, 401: { description: 'Unauthorized' } },
  };
}

/** What is known of a path that names no version: "api", "apis", "apis/apps", "version"; undefined for others. */
export function informationPaths(path: string, schemas: Schemas): Json | undefined {
  if (path === 'api') return { '/api/': { get: information('getCoreAPIVersions', 'get available API versions', 'core', 'APIVersions', schemas) } };
  if (path === 'apis') return { '/apis/': { get: information('getAPIVersions', 'get available API versions', 'apis', 'APIGroupList', schemas) } };
  if (path === 'version') return { '/version/': { get: information('getCodeVersion', 'get the version information for this server', 'version', 'VersionInfo', schemas, ['application/json']) } };
  if (path === '.well-known/openid-configuration') return { [`/${path}/`]: { get: information('getServiceAccountIssuerOpenIDConfiguration', 'get service account issuer OpenID configuration', 'WellKnown', '', schemas, ['application/json']) } };
  if (path === 'openid/v1/jwks') return { [`/${path}/`]: { get: information('getServiceAccountIssuerOpenIDKeyset', 'get service account issuer OpenID JSON Web Key Set', 'openid', '', schemas, ['application/jwk-set+json']) } };
  const [, group] = /^apis\/([^/]+)$/.exec(path) ?? [];
  if (group === undefined) return undefined;
  return { [`/apis/${group}/`]: { get: information(`get${capital(groupWord(group))}APIGroup`, 'get information of a group', groupWord(group), 'APIGroup', schemas) } };
}
