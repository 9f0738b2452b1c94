/**
 * Requests as Kubernetes REST, both ways: the client writes method, path, headers and body from an ApiRequest, the
 * server reads them back. Follows apiserver pkg/endpoints/request/requestinfo.go and client-go rest/request.go.
 */
import { PATCH_CONTENT_TYPES, type ApiRequest, type PatchType, type PropagationPolicy, type Representation, type RequestOptions } from './request.ts';
import type { Verb } from './resource.ts';
import { StatusError, badRequest } from './status.ts';

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly accept: string;
  readonly contentType?: string;
  readonly body?: string;
}

const METHODS: Readonly<Record<Verb, RestRequest['method']>> = {
  get: 'GET', list: 'GET', watch: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE',
};
const ACCEPT: Readonly<Record<Representation, string>> = {
  object: 'application/json',
  table: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
  partial: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
};
/** Subresources that stand for a connection; their parameters are theirs alone. */
const CONNECTING = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);
const TEXT_OPTIONS = ['labelSelector', 'fieldSelector', 'continue', 'resourceVersion', 'resourceVersionMatch', 'fieldManager', 'fieldValidation'] as const;
const NUMBER_OPTIONS = ['limit', 'timeoutSeconds'] as const;
const BOOLEAN_OPTIONS = ['allowWatchBookmarks', 'sendInitialEvents', 'force'] as const;

/** The path of a request's object or collection, without query. */
export function pathOf(request: Pick<ApiRequest, 'group' | 'version' | 'namespace' | 'resource' | 'name' | 'subresource'>): string {
  const parts = request.group === '' ? ['/api', request.version] : ['/apis', request.group, request.version];
  if (request.namespace) parts.push('namespaces', encodeURIComponent(request.namespace));
  parts.push(request.resource);
  if (request.name !== undefined) parts.push(encodeURIComponent(request.name));
  if (request.subresource) parts.push(request.subresource);
  return parts.join('/');
}

/** The request as it goes over the wire. */
export function toRest(request: ApiRequest): RestRequest {
  const { verb, options = {} } = request;
  const query = new URLSearchParams();
  for (const key of TEXT_OPTIONS) if (options[key]) query.set(key, options[key]);
  for (const key of NUMBER_OPTIONS) if (options[key] !== undefined) query.set(key, String(options[key]));
  for (const key of BOOLEAN_OPTIONS) if (options[key] !== undefined) query.set(key, String(options[key]));
  for (const [key, value] of Object.entries(options.query ?? {})) for (const each of typeof value === 'string' ? [value] : value) query.append(key, each);
  if (verb === 'watch') query.set('watch', 'true');
  const deletes = verb === 'delete' || verb === 'deletecollection';
  if (options.dryRun && !deletes) query.set('dryRun', 'All');
  query.sort();
  const text = query.toString();
  const rest = { method: METHODS[verb], path: pathOf(request) + (text ? `?${text}` : ''), accept: ACCEPT[request.representation ?? 'object'] };
  if (deletes) return { ...rest, contentType: 'application/json', body: `${JSON.stringify(deleteOptions(options))}\n` };
  if (verb === 'patch') {
    return { ...rest, contentType: PATCH_CONTENT_TYPES[request.patchType ?? 'strategic'], body: request.rawBody ?? JSON.stringify(request.body) };
  }
  if (verb === 'create' || verb === 'update') return { ...rest, contentType: 'application/json', body: request.rawBody ?? JSON.stringify(request.body) };
  return rest;
}

function deleteOptions(options: RequestOptions): object {
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun } = options;
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(preconditions ? { preconditions } : {}),
    ...(propagationPolicy ? { propagationPolicy } : {}),
    ...(dryRun ? { dryRun: ['All'] } : {}),
  };
}

/** What a path says, before headers and body are looked at; undefined for paths outside the resource API. */
export interface RestTarget {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly options: RequestOptions;
  /** Whether the answer is text as it comes (pod logs). */
  readonly stream: boolean;
}

/** A request's path as it stands and its parameters; whatever comes over the wire has both, so never throws. */
export function splitUrl(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: new URLSearchParams() } : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

/** Reads method and URL. Throws StatusError for parameters that make no sense. */
export function parseRest(method: string, url: string): RestTarget | undefined {
  const { path, query } = splitUrl(url);
  const parts = path.split('/').slice(1);
  const slash = parts.at(-1) === '' ? '/' : '';
  if (slash) parts.pop();
  const prefix = parts.shift();
  let group = '';
  if (prefix === 'apis') group = parts.shift() ?? '';
  else if (prefix !== 'api') return undefined;
  const version = parts.shift();
  if (version === undefined || parts.length === 0) return undefined;
  const watch = isTrue(query.get('watch'));
  // The old way to watch, and the only one for a single object by its path.
  const old = parts[0] === 'watch' && parts.length > 1;
  if (old) parts.shift();
  let namespace: string | undefined;
  // /namespaces/x/status is the namespace's own subresource, /namespaces/x/pods a collection in it.
  if (parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status' && parts[2] !== 'finalize') {
    namespace = decode(parts[1] ?? '');
    parts.splice(0, 2);
  }
  const resource = parts.shift();
  if (resource === undefined) return undefined;
  const name = parts.length > 0 ? decode(parts.shift() ?? '') : undefined;
  const subresource = parts.shift();
  if (parts.length > 0 && subresource !== 'proxy') return undefined;
  const verb = verbOf(method, name !== undefined, watch, old);
  if (!verb) return undefined;
  const connecting = subresource !== undefined && CONNECTING.has(subresource);
  let options = parseOptions(query, verb, connecting);
  // What is behind a proxy tells /proxy from /proxy/.
  if (subresource === 'proxy' && (slash || parts.length > 0)) options = { ...options, query: { ...options.query, path: parts.length > 0 ? `/${parts.join('/')}${slash}` : '/' } };
  return {
    verb, group, version, resource, options, stream: subresource === 'log' && method === 'GET',
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** Pages from behind the API server: what is asked of them, and how, is between their server and the client. */
export function isProxied({ group, resource, subresource }: Pick<ApiRequest, 'group' | 'resource' | 'subresource'>): boolean {
  return group === '' && subresource === 'proxy' && (resource === 'pods' || resource === 'services' || resource === 'nodes');
}

function verbOf(method: string, hasName: boolean, watch: boolean, old: boolean): Verb | undefined {
  switch (method) {
    case 'GET': case 'HEAD': return old || (watch && !hasName) ? 'watch' : hasName ? 'get' : 'list';
    case 'POST': return 'create';
    case 'PUT': return 'update';
    case 'PATCH': return 'patch';
    case 'DELETE': return hasName ? 'delete' : 'deletecollection';
    default: return undefined;
  }
}

function parseOptions(query: URLSearchParams, verb: Verb, connecting: boolean): RequestOptions {
  const options: { -readonly [Key in keyof RequestOptions]: RequestOptions[Key] } = {};
  if (connecting) {
    const own: Record<string, string | readonly string[]> = {};
    for (const key of new Set(query.keys())) {
      const values = query.getAll(key);
      own[key] = values.length === 1 ? (values[0] ?? '') : values;
    }
    if (Object.keys(own).length > 0) options.query = own;
    return options;
  }
  const text = (key: (typeof TEXT_OPTIONS)[number]) => query.get(key) || undefined;
  for (const key of ['labelSelector', 'fieldSelector', 'continue', 'resourceVersion', 'resourceVersionMatch', 'fieldManager'] as const) {
    const value = text(key);
    if (value !== undefined) options[key] = value;
  }
  const validation = text('fieldValidation');
  if (validation === 'Ignore' || validation === 'Warn' || validation === 'Strict') options.fieldValidation = validation;
  else if (validation !== undefined) throw invalidOption(OPTIONS[verb] ?? 'CreateOptions', 'fieldValidation', JSON.stringify(validation), ['', 'Ignore', 'Strict', 'Warn']);
  for (const key of NUMBER_OPTIONS) {
    const value = parseInteger(query.get(key));
    if (value !== undefined) options[key] = value;
  }
  const grace = parseInteger(query.get('gracePeriodSeconds'));
  if (grace !== undefined) options.gracePeriodSeconds = grace;
  const policy = query.get('propagationPolicy');
  const orphan = query.get('orphanDependents');
  if (policy && orphan !== null) throw bothPolicies(policy);
  if (policy) options.propagationPolicy = parsePolicy(policy);
  else if (orphan !== null) options.propagationPolicy = isTrue(orphan) ? 'Orphan' : 'Background';
  for (const key of BOOLEAN_OPTIONS) if (query.has(key)) options[key] = isTrue(query.get(key));
  const dryRun = query.getAll('dryRun');
  if (dryRun.length > 0) options.dryRun = parseDryRun(dryRun, verb);
  const includeObject = query.get('includeObject');
  if (includeObject) options.query = { includeObject };
  return options;
}

/** The options that came as the body of a DELETE: those of the URL for the deletion itself do not count beside them. Throws StatusError. */
export function parseDeleteOptions(body: unknown, options: RequestOptions): RequestOptions {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest('couldn\'t get version/kind; json parse error: json: cannot unmarshal value into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }');
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun, orphanDependents } = body as Record<string, unknown>;
  const result: { -readonly [Key in keyof RequestOptions]: RequestOptions[Key] } = { ...options };
  for (const key of ['gracePeriodSeconds', 'propagationPolicy', 'dryRun'] as const) delete result[key];
  if (typeof gracePeriodSeconds === 'number') result.gracePeriodSeconds = gracePeriodSeconds;
  if (typeof propagationPolicy === 'string' && typeof orphanDependents === 'boolean') throw bothPolicies(propagationPolicy);
  if (typeof propagationPolicy === 'string') result.propagationPolicy = parsePolicy(propagationPolicy);
  else if (typeof orphanDependents === 'boolean') result.propagationPolicy = orphanDependents ? 'Orphan' : 'Background';
  if (typeof preconditions === 'object' && preconditions !== null) result.preconditions = preconditions;
  if (Array.isArray(dryRun) && dryRun.length > 0) result.dryRun = parseDryRun(dryRun.map(String), 'delete');
  return result;
}

/** The newer option and the one that it has replaced. */
function bothPolicies(policy: string): StatusError {
  const message = `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`;
  return new StatusError(422, 'Invalid', `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: ${message}`, { group: 'meta.k8s.io', kind: 'DeleteOptions', causes: [{ reason: 'FieldValueInvalid', message, field: 'propagationPolicy' }] });
}

function parsePolicy(text: string): PropagationPolicy {
  if (text === 'Background' || text === 'Foreground' || text === 'Orphan') return text;
  throw invalidOption('DeleteOptions', 'propagationPolicy', JSON.stringify(text), ['Foreground', 'Background', 'Orphan', 'nil']);
}

/** What the options of a verb are called. */
const OPTIONS: Partial<Record<Verb, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions', delete: 'DeleteOptions', deletecollection: 'DeleteOptions' };

function parseDryRun(values: readonly string[], verb: Verb): boolean {
  const wrong = values.some((value) => value !== 'All');
  if (wrong) throw invalidOption(OPTIONS[verb] ?? 'CreateOptions', 'dryRun', `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`, ['All']);
  return values.includes('All');
}

function invalidOption(kind: string, field: string, value: string, supported: readonly string[]): StatusError {
  const message = `Unsupported value: ${value}: supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`;
  return new StatusError(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: ${field}: ${message}`, { group: 'meta.k8s.io', kind, causes: [{ reason: 'FieldValueNotSupported', message, field }] });
}

function parseInteger(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** metav1's conversion of query parameters to bool: anything but "false" and "0" is true, so is a bare name. */
function isTrue(text: string | null): boolean {
  return text !== null && text.toLowerCase() !== 'false' && text !== '0';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** How the answer is to look, from the Accept header; undefined where nothing that is asked for can be served. */
export function parseAccept(header: string | undefined): { readonly representation: Representation; readonly yaml: boolean } | undefined {
  if (!header) return { representation: 'object', yaml: false };
  for (const [type = '', ...parameters] of byQuality(header)) {
    const yaml = type === 'application/yaml';
    if (!yaml && type !== 'application/json' && type !== 'application/*' && type !== '*/*') continue;
    const values = new Map(parameters.map((parameter) => parameter.split('=') as [string, string]));
    const as = values.get('as');
    if (as === undefined) return { representation: 'object', yaml };
    if (values.get('g') !== 'meta.k8s.io' || values.get('v') !== 'v1') continue;
    if (as === 'Table') return { representation: 'table', yaml };
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { representation: 'partial', yaml };
  }
  return undefined;
}

/** The clauses of an Accept header, the most wanted first; of those that are wanted alike the first. */
function byQuality(header: string): readonly (readonly string[])[] {
  const clauses = header.split(',').map((clause) => clause.split(';').map((part) => part.trim()));
  if (!header.includes('q=')) return clauses;
  const quality = (clause: readonly string[]): number => {
    const text = clause.find((part) => part.startsWith('q='))?.slice(2);
    const value = text === undefined ? 1 : Number(text);
    return Number.isNaN(value) ? 1 : value;
  };
  return clauses.filter((clause) => quality(clause) > 0).sort((a, b) => quality(b) - quality(a));
}

/** The patch type of a Content-Type header. */
export function parsePatchType(contentType: string | undefined): PatchType | undefined {
  const type = (contentType ?? '').split(';')[0]?.trim();
  return (Object.keys(PATCH_CONTENT_TYPES) as PatchType[]).find((patchType) => PATCH_CONTENT_TYPES[patchType] === type);
}

/** The header that carries the server's clock to the millisecond; Date has seconds only. */
export const TIME_HEADER = 'x-mock-time-ms';
