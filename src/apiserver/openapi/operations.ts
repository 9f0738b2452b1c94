/** What can be done with a resource, as OpenAPI operations: parameters, bodies, answers and their names. Follows apiserver pkg/endpoints/installer.go and pkg/endpoints/openapi/openapi.go. */
import type { ResourceFacts } from '../../api/resource.ts';
import { returnsDeleted } from '../registry/generic-strategy.ts';
import { reference, type Json, type Schemas } from './schemas.ts';

const TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/cbor'];
const WATCH_TYPES = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch', 'application/cbor-seq'];
const query = (name: string, type: string, description: string): Json => ({ name, in: 'query', description, schema: { type, uniqueItems: true } });
export const inPath = (name: string, description: string): Json => ({ name, in: 'path', description, required: true, schema: { type: 'string', uniqueItems: true } });

export const PRETTY = query('pretty', 'string', 'Whether the answer is indented.');
const DRY_RUN = query('dryRun', 'string', 'All: go through every stage, and change nothing.');
const WRITE = [
  DRY_RUN,
  query('fieldManager', 'string', 'Who makes the change.'),
  query('fieldValidation', 'string', 'What becomes of unknown and duplicate fields: Ignore, Warn or Strict.'),
];
const FORCE = query('force', 'boolean', 'For apply: take over fields that others manage.');
const WATCH_ONLY = [query('allowWatchBookmarks', 'boolean', 'Whether a watch may contain bookmarks.'), query('watch', 'boolean', 'Watch instead of list.')];
const SELECT = [
  query('continue', 'string', 'Where a list in pieces goes on.'),
  query('fieldSelector', 'string', 'Only objects with these values of fields.'),
  query('labelSelector', 'string', 'Only objects with these labels.'),
  query('limit', 'integer', 'How many objects one answer has at most.'),
  query('resourceVersion', 'string', 'From which version on.'),
  query('resourceVersionMatch', 'string', 'How the version is meant: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'Whether a watch begins with what is there.'),
  query('timeoutSeconds', 'integer', 'After which time the call ends.'),
];
export const LIST = [...SELECT, ...WATCH_ONLY];
const DELETE = [
  DRY_RUN,
  query('gracePeriodSeconds', 'integer', 'How long the object may take to end.'),
  query('ignoreStoreReadErrorWithClusterBreakingPotential', 'boolean', 'Delete an object that cannot be read any more.'),
  query('orphanDependents', 'boolean', 'Outdated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
];

export interface Operation {
  readonly method: string;
  readonly action: string;
  /** The first word of the operation's name; "connect" is followed by the method. */
  readonly word: string;
  readonly description: string;
  readonly parameters?: readonly Json[];
  readonly body?: 'object' | 'patch' | 'options';
  readonly answer: 'object' | 'list' | 'status' | 'text' | 'event';
}

/** By verb, for a collection and for one object. OBJECT stands for "a Pod", "status of the specified Pod" and the like. */
export const COLLECTION: Readonly<Record<string, Operation>> = {
  list: { method: 'get', action: 'list', word: 'list', description: 'list or watch objects of kind KIND', parameters: LIST, answer: 'list' },
  create: { method: 'post', action: 'post', word: 'create', description: 'create OBJECT', parameters: WRITE, body: 'object', answer: 'object' },
  deletecollection: { method: 'delete', action: 'deletecollection', word: 'delete', description: 'delete collection of KIND', parameters: [...SELECT, ...DELETE], body: 'options', answer: 'status' },
};
export const ITEM: Readonly<Record<string, Operation>> = {
  get: { method: 'get', action: 'get', word: 'read', description: 'read THE', answer: 'object' },
  update: { method: 'put', action: 'put', word: 'replace', description: 'replace THE', parameters: WRITE, body: 'object', answer: 'object' },
  patch: { method: 'patch', action: 'patch', word: 'patch', description: 'partially update THE', parameters: [...WRITE, FORCE], body: 'patch', answer: 'object' },
  delete: { method: 'delete', action: 'delete', word: 'delete', description: 'delete OBJECT', parameters: DELETE, body: 'options', answer: 'status' },
};
/** Old paths: a list's parameter "watch" does the same. */
export const WATCH: Operation = { method: 'get', action: 'watch', word: 'watch', description: 'watch changes to an object of kind KIND', answer: 'event' };
export const WATCH_LIST: Operation = { ...WATCH, action: 'watchlist', description: 'watch individual changes to a list of KIND' };
const CONNECT_METHODS: Readonly<Record<string, readonly string[]>> = { get: ['get'], create: ['post'], update: ['put'], patch: ['patch'], delete: ['delete'] };

/** Operations of subresources that hand a connection through: one for each method. */
export function connections(verbs: readonly string[], subresource: string): Readonly<Record<string, Operation>> {
  const methods = [...verbs.flatMap((verb) => CONNECT_METHODS[verb] ?? []), ...(subresource === 'proxy' ? ['head', 'options'] : [])];
  return Object.fromEntries(methods.map((method) => [method, { method, action: 'connect', word: 'connect', description: `connect ${method.toUpperCase()} requests to ${subresource} of KIND`, answer: 'text' }]));
}

/** pods/log */
export const LOG: Operation = { ...(ITEM['get'] as Operation), answer: 'text' };
/** What subresources take in the query, beside the common parameters. */
export const SUBRESOURCE_PARAMETERS: Readonly<Record<string, readonly Json[]>> = {
  log: [
    query('container', 'string', 'Of which container.'), query('follow', 'boolean', 'Go on until the container ends.'), query('insecureSkipTLSVerifyBackend', 'boolean', 'Do not check who the kubelet is.'),
    query('limitBytes', 'integer', 'How much at most.'), query('previous', 'boolean', 'Of the container that ran before.'), query('sinceSeconds', 'integer', 'How far back.'),
    query('stream', 'string', 'All, Stdout or Stderr.'), query('tailLines', 'integer', 'How many of the last lines.'), query('timestamps', 'boolean', 'A time before each line.'),
  ],
  exec: [query('command', 'string', 'What to run.'), ...['container', 'stderr', 'stdin', 'stdout', 'tty'].map((name) => query(name, name === 'container' ? 'string' : 'boolean', name))],
  attach: ['container', 'stderr', 'stdin', 'stdout', 'tty'].map((name) => query(name, name === 'container' ? 'string' : 'boolean', name)),
  portforward: [query('ports', 'integer', 'Which ports.')],
  proxy: [query('path', 'string', 'Which path.')],
};

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
/** "core", "apps", "rbacAuthorization": a group in names. */
export function groupWord(group: string): string {
  const [first = 'core', ...rest] = (group || 'core').replace(/\.k8s\.io$/, '').split('.');
  return first + rest.map(capital).join('');
}

/** Where an operation stands. */
export interface Place {
  readonly resource: ResourceFacts;
  readonly subresource?: string;
  /** In a namespace, across all of them, or without. */
  readonly scope: 'Namespaced' | 'ForAllNamespaces' | '';
  /** The model of what is sent and answered; undefined where it is text. */
  readonly model: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly withPath?: boolean;
}

function operationId({ word, action, method }: Operation, { resource, subresource, scope, withPath }: Place): string {
  const { group, version, kind } = resource;
  const namespaced = scope === 'Namespaced' ? scope : '';
  const middle = action === 'connect' ? capital(method) : action === 'deletecollection' ? 'Collection' : '';
  return `${word}${capital(groupWord(group))}${capital(version)}${middle}${namespaced}${kind}${action === 'watchlist' ? 'List' : ''}${capital(subresource ?? '')}${scope === 'ForAllNamespaces' ? scope : ''}${withPath ? 'WithPath' : ''}`;
}

function describe(text: string, { resource: { kind }, subresource }: Place): string {
  const article = /^[AEIOU]/.test(kind) ? 'an' : 'a';
  const before = subresource === undefined ? '' : `${subresource} of `;
  return text.replace('OBJECT', `${before}${article} ${kind}`).replace('THE', `${before}the specified ${kind}`).replace('KIND', kind);
}

/** The operation as it stands in a document. */
export function operationOf(operation: Operation, place: Place, schemas: Schemas): Json {
  const { resource, model, kind } = place;
  const { action, parameters = [], body, answer } = operation;
  const content = (types: readonly string[], schema: Json): Json => ({ content: Object.fromEntries(types.map((type) => [type, { schema }])) });
  const named = (name: string | undefined): Json => (name === undefined ? { type: 'object' } : reference(name));
  const bodies = {
    object: () => content(['*/*'], named(schemas.add(model))),
    options: () => content(['*/*'], named(schemas.add('DeleteOptions'))),
    patch: () => content(schemas.patchTypes, named(schemas.addFreeForm('Patch'))),
  };
  const answers = {
    object: () => content(TYPES, named(schemas.add(model))),
    list: () => content([...TYPES, ...WATCH_TYPES], named(schemas.add(`${model}List`))),
    status: () => content(TYPES, named(schemas.add(action === 'delete' && returnsDeleted(resource) ? model : 'Status'))),
    text: () => content(action === 'connect' ? ['*/*'] : ['text/plain', ...TYPES], { type: 'string' }),
    event: () => content([...TYPES, ...WATCH_TYPES], named(schemas.add('WatchEvent'))),
  };
  const codes = action === 'post' ? ['200', '201', '202'] : action === 'put' || action === 'patch' ? ['200', '201'] : action === 'delete' ? ['200', '202'] : ['200'];
  const answered = answers[answer]();
  return {
    description: describe(operation.description, place),
    operationId: operationId(operation, place),
    tags: [`${groupWord(resource.group)}_${resource.version}`],
    parameters,
    ...(body ? { requestBody: { ...bodies[body](), ...(body === 'options' ? {} : { required: true }) } } : {}),
    responses: { ...Object.fromEntries(codes.map((code) => [code, { description: { 200: 'OK', 201: 'Created', 202: 'Accepted' }[code], ...answered }])), 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
  };
}
