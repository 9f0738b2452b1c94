/** The paths of an OpenAPI v3 document: what can be done with each resource. Follows apiserver pkg/endpoints/installer.go. */
import { apiVersionOf, type ResourceFacts } from '../../api/resource.ts';
import { subresourceKind } from '../discovery/legacy.ts';
import { reference, type Json, type Schemas } from './schemas.ts';

const TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const query = (name: string, type: string, description: string): Json => ({ name, in: 'query', description, schema: { type, uniqueItems: true } });

const PRETTY = query('pretty', 'string', 'Whether the answer is indented.');
const DRY_RUN = query('dryRun', 'string', 'All: go through every stage, and change nothing.');
const WRITE = [
  DRY_RUN,
  query('fieldManager', 'string', 'Who makes the change.'),
  query('fieldValidation', 'string', 'What becomes of unknown and duplicate fields: Ignore, Warn or Strict.'),
];
const FORCE = query('force', 'boolean', 'For apply: take over fields that others manage.');
const LIST = [
  query('allowWatchBookmarks', 'boolean', 'Whether a watch may contain bookmarks.'),
  query('continue', 'string', 'Where a list in pieces goes on.'),
  query('fieldSelector', 'string', 'Only objects with these values of fields.'),
  query('labelSelector', 'string', 'Only objects with these labels.'),
  query('limit', 'integer', 'How many objects one answer has at most.'),
  query('resourceVersion', 'string', 'From which version on.'),
  query('resourceVersionMatch', 'string', 'How the version is meant: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'Whether a watch begins with what is there.'),
  query('timeoutSeconds', 'integer', 'After which time the call ends.'),
  query('watch', 'boolean', 'Watch instead of list.'),
];
const DELETE = [
  DRY_RUN,
  query('gracePeriodSeconds', 'integer', 'How long the object may take to end.'),
  query('orphanDependents', 'boolean', 'Outdated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
];
const inPath = (name: string): Json => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } });

interface Operation {
  readonly method: string;
  readonly action: string;
  readonly parameters: readonly Json[];
  readonly body?: 'object' | 'patch' | 'options';
  readonly answer?: 'list' | 'status';
}

/** By verb, for a collection and for one object. */
const COLLECTION: Readonly<Record<string, Operation>> = {
  list: { method: 'get', action: 'list', parameters: LIST, answer: 'list' },
  create: { method: 'post', action: 'post', parameters: WRITE, body: 'object' },
  deletecollection: { method: 'delete', action: 'deletecollection', parameters: [...LIST, ...DELETE], body: 'options', answer: 'status' },
};
const ITEM: Readonly<Record<string, Operation>> = {
  get: { method: 'get', action: 'get', parameters: [] },
  update: { method: 'put', action: 'put', parameters: WRITE, body: 'object' },
  patch: { method: 'patch', action: 'patch', parameters: [...WRITE, FORCE], body: 'patch' },
  delete: { method: 'delete', action: 'delete', parameters: DELETE, body: 'options', answer: 'status' },
};

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** All paths of a group and version. */
export function pathsOf(resources: readonly ResourceFacts[], schemas: Schemas): Json {
  const paths: Record<string, Json> = {};
  for (const resource of resources) {
    const base = `/${resource.group === '' ? 'api' : 'apis'}/${apiVersionOf(resource)}`;
    const collection = `${base}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
    const scope = [...(resource.namespaced ? [inPath('namespace')] : []), PRETTY];
    const put = (path: string, verbs: readonly string[], table: Readonly<Record<string, Operation>>, model: string, kind: Kind, parameters: readonly Json[]): void => {
      const operations = Object.entries(table).filter(([verb]) => verbs.includes(verb)).map(([, operation]) => [operation.method, describe(operation, resource, model, kind, schemas)] as const);
      if (operations.length > 0) paths[path] = { ...Object.fromEntries(operations), parameters };
    };
    put(collection, resource.verbs, COLLECTION, resource.model, resource, scope);
    if (resource.namespaced) put(`${base}/${resource.plural}`, resource.verbs.filter((verb) => verb === 'list'), COLLECTION, resource.model, resource, [PRETTY]);
    put(`${collection}/{name}`, resource.verbs, ITEM, resource.model, resource, [inPath('name'), ...scope]);
    for (const [name, { kind, verbs }] of Object.entries(resource.subresources)) {
      const model = kind === '' || kind === resource.kind ? resource.model : kind;
      const table = verbs.includes('patch') ? ITEM : { ...ITEM, create: COLLECTION['create'] as Operation };
      put(`${collection}/{name}/${name}`, verbs, table, model, subresourceKind(resource, name), [inPath('name'), ...scope]);
    }
  }
  return Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describe({ action, parameters, body, answer }: Operation, resource: ResourceFacts, model: string, { group, version, kind }: Kind, schemas: Schemas): Json {
  const content = (types: readonly string[], name: string | undefined): Json => ({ content: Object.fromEntries(types.map((type) => [type, { schema: name === undefined ? { type: 'object' } : reference(name) }])) });
  const object = schemas.add(model);
  const answered = answer === 'list' ? schemas.add(`${model}List`) : answer === 'status' ? schemas.add('Status') : object;
  const bodies = { object: () => content(TYPES, object), options: () => content(TYPES, schemas.add('DeleteOptions')), patch: () => content(schemas.patchTypes, undefined) };
  return {
    tags: [`${resource.group === '' ? 'core' : resource.group.split('.')[0]}_${resource.version}`],
    parameters,
    ...(body ? { requestBody: { ...bodies[body](), ...(body === 'options' ? {} : { required: true }) } } : {}),
    responses: { [action === 'post' ? '201' : '200']: { description: action === 'post' ? 'Created' : 'OK', ...content(TYPES, answered) }, 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}
