/**
 * The way of a request through the server's stations, the same for every transport: authentication → authorization →
 * decode and default → mutating admission → validation → validating admission → quota → store → audit. This file finds
 * out what is asked and sends it along; the stations from decode to store are in registry/ and admission/.
 */
import { BINDINGS, type ServedResource } from './served-resources.ts';
import type { Binding } from '../api/generated/types.ts';
import type { Connection } from '../api/node-connection.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiRequest, ApiResponse, UserInfo, WatchEvent, WatchHandle } from '../api/request.ts';
import { isProxied } from '../api/rest.ts';
import { badRequest, internalError, notFound, StatusError } from '../api/status.ts';
import { StoreWriteError, UnavailableError } from '../etcd/store.ts';
import { serviceUnavailable } from './apiservices/api-services.ts';
import type { GroupVersion } from './discovery/legacy.ts';
import type { AuditSink } from './audit.ts';
import { auditEntry, isAudited } from './audit-policy.ts';
import type { Authenticator } from './authentication/authenticator.ts';
import { authenticate } from './authentication/station.ts';
import { answerTokenReview, isTokenReview } from './authentication/token-review.ts';
import type { Decision, ResourceQuestion } from './authorization/authorizer.ts';
import type { Authorization } from './authorization/index.ts';
import { forbiddenAccess } from './authorization/forbidden.ts';
import { questionOf } from './authorization/question.ts';
import { componentStatus, componentStatuses, isComponentStatus } from './component-status.ts';
import { deleteDefinition } from './customresources/finalizer.ts';
import { deprecationOf } from './deprecations.ts';
import { createObject, type WriteHooks } from './registry/create.ts';
import { checkDeleteOptions, deleteEach, deleteObject } from './registry/delete.ts';
import { decodeRequest, incomingChange, incomingObject } from './registry/incoming.ts';
import { listObjects } from './registry/list.ts';
import { deleteNamespace } from './registry/namespace-delete.ts';
import { checkOptions } from './registry/options.ts';
import { readObject } from './registry/read.ts';
import type { Registry, RequestScope } from './registry/scope.ts';
import { updateObject } from './registry/update.ts';
import { watchObjects } from './registry/watch.ts';
import { answerReview, isReview } from './reviews.ts';
import { represent, representEvents } from './representation.ts';
import type { ServedResources } from './served-resources.ts';
import type { Answer } from './answer.ts';
import { bindPod } from './subresources/binding.ts';
import { connectPod, isConnecting } from './subresources/connect.ts';
import { subresourceHandler } from './subresources/index.ts';
import { podLog, type NodeDialer } from './subresources/log.ts';
import { proxyPage } from './subresources/proxy.ts';
import { SUCCESS } from './subresources/subresource.ts';
import type { StoredObject } from './storage/stored-object.ts';

export interface PipelineOptions {
  readonly registry: Registry;
  readonly authenticator: Authenticator;
  readonly served: ServedResources;
  /** Groups and versions that other servers are to answer. */
  remote(): Promise<readonly GroupVersion[]>;
  readonly authorization: Authorization;
  readonly audit: AuditSink;
  /** By "group/plural". */
  readonly hooks: Readonly<Record<string, WriteHooks>>;
}

/** The object that the audit log names, where it isn't the answer itself. */
interface Outcome {
  readonly response: ApiResponse;
  readonly subject?: KubeObject;
}

export class Pipeline {
  constructor(private readonly options: PipelineOptions) {}

  async handle(request: ApiRequest): Promise<ApiResponse> {
    const found = this.#scopeOf(request);
    const scope = found instanceof Promise ? await found : found;
    const audited = isAudited(request, scope.user);
    const order = audited ? this.options.audit.nextOrder() : 0;
    let routed = false;
    try {
      await this.#authorize(scope);
      checkVerb(scope);
      routed = true;
      if (scope.custom && !READING.has(request.verb)) await scope.custom.prepare();
      checkOptions(scope);
      const { response, subject } = await this.#dispatch(scope);
      const object = this.#answer(scope, response.object);
      if (audited) this.options.audit.request({ ...auditEntry(scope, response.code, subject ?? object), order });
      return { code: response.code, object: represent(request, scope.resource, object, scope.nowMs, scope.custom?.printer), ...(scope.warnings.length > 0 ? { warnings: scope.warnings } : {}) };
    } catch (thrown) {
      const error = this.#statusError(thrown);
      if (audited) this.options.audit.request({ ...auditEntry(scope, error.code, undefined, error.message), order });
      // Whoever gets as far as the resource hears of what is wrong with the request beside.
      if (routed && scope.warnings.length > 0) error.warnings = scope.warnings;
      throw error;
    }
  }

  async watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle> {
    const scope = await this.#scopeOf({ ...request, verb: 'watch' });
    try {
      await this.#authorize(scope);
      checkVerb(scope);
      checkOptions(scope);
      return await watchObjects(scope, representEvents(request, scope.resource, () => scope.registry.clock.now(), onEvent, scope.custom?.printer));
    } catch (thrown) {
      throw this.#statusError(thrown);
    }
  }

  async stream(request: ApiRequest, dial: NodeDialer, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
    const scope = await this.#scopeOf(request);
    try {
      await this.#authorize(scope);
      checkVerb(scope);
      if (scope.resource.group !== '' || scope.resource.plural !== 'pods' || scope.subresource !== 'log') throw unknownResource(scope.request);
      await podLog(scope, dial, onText, signal);
    } catch (thrown) {
      throw this.#statusError(thrown);
    }
  }

  /** proxy of pods and services: the page behind it. `pick` chooses among endpoints. */
  async proxy(request: ApiRequest, dial: NodeDialer, pick: (count: number) => number): Promise<Answer> {
    return this.#connected(request, ({ request }) => isProxied(request), (scope) => proxyPage(scope, dial, pick), ({ code }) => code);
  }

  /** pods/exec, attach and portforward: what may now be done with the container. */
  async connect(request: ApiRequest, dial: NodeDialer): Promise<Connection> {
    return this.#connected(request, isConnecting, (scope) => connectPod(scope, dial), () => 101);
  }

  /** What a subresource leads to, with its entry in the audit log. */
  async #connected<T>(request: ApiRequest, leads: (scope: RequestScope) => boolean, reach: (scope: RequestScope) => Promise<T>, codeOf: (reached: T) => number): Promise<T> {
    const scope = await this.#scopeOf(request);
    const order = this.options.audit.nextOrder();
    try {
      await this.#authorize(scope);
      checkVerb(scope);
      if (!leads(scope)) throw unknownResource(scope.request);
      if (scope.name === '') throw badRequest('name must be provided');
      const reached = await reach(scope);
      this.options.audit.request({ ...auditEntry(scope, codeOf(reached), undefined), order });
      return reached;
    } catch (thrown) {
      const error = this.#statusError(thrown);
      this.options.audit.request({ ...auditEntry(scope, error.code, undefined, error.message), order });
      throw error;
    }
  }

  #scopeOf(request: ApiRequest): RequestScope | Promise<RequestScope> {
    const found = this.options.served.find(request.group, request.version, request.resource);
    const make = (served: ServedResource | undefined) => (!served || isMisplaced(request, served) ? this.#unknown(request) : this.#scope(request, served));
    return found instanceof Promise ? found.then(make) : make(found);
  }

  /** Who may not ask for it is not told that it isn't there. */
  async #unknown(request: ApiRequest): Promise<never> {
    const { group, version, resource, subresource = '', namespace = '', name = '', verb } = request;
    await this.#allow({ user: authenticate(request, this.options.authenticator.owner).user, verb, group, version, resource, subresource, namespace, name });
    const remote = group === '' ? [] : await this.options.remote();
    if (remote.some((each) => each.group === group && each.version === version)) throw serviceUnavailable();
    throw unknownResource(request);
  }

  /** Asks all objects of a custom resource to go, as the server itself: its definition goes. */
  async deleteInstances(served: ServedResource, user: UserInfo): Promise<void> {
    const { group, version, plural } = served.resource;
    await this.#deleteCollection(this.#scope({ verb: 'deletecollection', group, version, resource: plural, user, userAgent: 'kube-apiserver' }, served));
  }

  #scope(request: ApiRequest, { resource, conversion, storage, strategy, custom }: ServedResource): RequestScope {
    const { user, outcome } = authenticate(request, this.options.authenticator.owner);
    const { registry } = this.options;
    return {
      registry, request, resource, conversion, storage, strategy, user,
      options: request.options ?? {},
      namespace: resource.namespaced ? (request.namespace ?? '') : '',
      name: request.name ?? '',
      subresource: request.subresource ?? '',
      nowMs: registry.clock.now(),
      ...(custom ? { custom } : {}),
      warnings: [...(custom?.warnings ?? []), ...deprecationOf(resource)],
      stations: [{ station: 'authentication', outcome }],
    };
  }

  async #authorize(scope: RequestScope): Promise<void> {
    const { by, reason } = await this.#allow(questionOf(scope));
    scope.stations.push({ station: 'authorization', outcome: by ?? reason });
  }

  /** Throws Forbidden unless the answer is yes. */
  async #allow(question: ResourceQuestion): Promise<Decision> {
    const pending = this.options.authorization.authorizer.authorize(question);
    const decision = pending instanceof Promise ? await pending : pending;
    if (!decision.allowed) throw forbiddenAccess(question, decision);
    return decision;
  }

  async #dispatch(scope: RequestScope): Promise<Outcome> {
    if (scope.subresource !== '') return this.#subresource(scope);
    switch (scope.request.verb) {
      case 'get':
        return { response: { code: 200, object: isComponentStatus(scope) ? componentStatus(scope) : await readObject(scope) } };
      case 'list':
        return { response: { code: 200, object: isComponentStatus(scope) ? componentStatuses(scope) : await listObjects(scope) } };
      case 'create':
        return this.#create(scope);
      case 'update':
      case 'patch':
        return this.#update(scope);
      case 'delete': {
        const { object, last, deleted } = await deleterOf(scope)(scope, this.#hooks(scope));
        scope.stations.push({ station: 'store', outcome: deleted ? 'deleted' : 'marked for deletion' });
        return { response: { code: 200, object }, subject: last };
      }
      case 'deletecollection':
        return this.#deleteCollection(scope);
      case 'watch':
        throw badRequest('a watch is no single request');
    }
  }

  async #subresource(scope: RequestScope): Promise<Outcome> {
    const handler = subresourceHandler(scope.resource, scope.subresource);
    if (!handler) throw unknownResource(scope.request);
    if (scope.name === '') throw badRequest('name must be provided');
    const { subject, ...response } = await handler(scope);
    const changed = subject ?? response.object;
    if (scope.request.verb !== 'get' && changed.kind === scope.resource.kind) noteStored(scope, changed as StoredObject);
    return { response, ...(subject ? { subject } : {}) };
  }

  async #create(scope: RequestScope): Promise<Outcome> {
    if (isReview(scope)) return { response: { code: 201, object: await answerReview(scope, this.options.authorization.authorizer) } };
    if (isTokenReview(scope)) return { response: { code: 201, object: await answerTokenReview(scope, this.options.authenticator) } };
    if (scope.resource === BINDINGS) return this.#bind(scope);
    if (scope.resource.namespaced && scope.namespace === '') throw badRequest('an empty namespace may not be set during creation');
    const object = await createObject(scope, incomingObject(scope), this.#hooks(scope));
    noteStored(scope, object);
    return { response: { code: 201, object } };
  }

  /** POST to /bindings, the older way to pods/binding. */
  async #bind(scope: RequestScope): Promise<Outcome> {
    const binding = decodeRequest(scope) as Binding;
    const pods = await this.options.served.find('', 'v1', 'pods');
    if (!pods) throw unknownResource(scope.request);
    await bindPod({ ...scope, resource: pods.resource, storage: pods.storage, strategy: pods.strategy, name: binding.metadata?.name ?? '' }, binding);
    return { response: { code: 201, object: SUCCESS } };
  }

  async #update(scope: RequestScope): Promise<Outcome> {
    if (scope.name === '') throw badRequest('name must be provided');
    const { revise, options, create } = incomingChange(scope);
    const { object, created } = await updateObject(scope, revise, { ...options, ...(create ? { create } : {}), ...this.#hooks(scope), authorizeCreate: async () => void (await this.#allow({ ...questionOf(scope), verb: 'create' })) });
    noteStored(scope, object);
    return { response: { code: created ? 201 : 200, object } };
  }

  async #deleteCollection(scope: RequestScope): Promise<Outcome> {
    checkDeleteOptions(scope.options);
    const selected = await listObjects(scope);
    await deleteEach(selected.items.map(({ metadata }) => ({ ...scope, namespace: metadata.namespace ?? '', name: metadata.name, stations: [] })), this.#hooks(scope));
    scope.stations.push({ station: 'store', outcome: `${selected.items.length} objects` });
    return { response: { code: 200, object: selected } };
  }

  #hooks({ storage }: RequestScope): WriteHooks {
    return this.options.hooks[`${storage.resource.group}/${storage.resource.plural}`] ?? {};
  }

  /** In the version that was asked for. Lists convert their items themselves; Statuses and Scales have no versions. */
  #answer({ conversion }: RequestScope, object: KubeObject): KubeObject {
    return conversion && object.kind === conversion.storage.kind ? conversion.fromStorage(object as StoredObject) : object;
  }

  /** What is no Status yet becomes one; a fault of our own goes to the log with all that is known of it. */
  #statusError(thrown: unknown): StatusError {
    if (thrown instanceof StatusError) return thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (error instanceof UnavailableError) return new StatusError(500, '', error.message);
    if (error instanceof StoreWriteError) return new StatusError(500, '', `etcdserver: ${error.message}`);
    this.options.registry.log.error(`a request failed: ${error.message}`, { stack: error.stack ?? '' });
    return internalError(error.message);
  }
}

const READING: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

function noteStored(scope: RequestScope, object: StoredObject): void {
  scope.stations.push({ station: 'validation', outcome: 'valid' });
  if (!scope.options.dryRun) scope.stations.push({ station: 'store', outcome: storedAs(object) });
}

/** "revision 52 as Pending": phases are what the textbook tells of. */
function storedAs(object: StoredObject & { readonly status?: { readonly phase?: string } }): string {
  const phase = object.status?.phase;
  return `revision ${object.metadata.resourceVersion}${phase ? ` as ${phase}` : ''}`;
}

/** Kinds that do not go at once. */
const DELETERS: Readonly<Record<string, typeof deleteObject>> = { '/namespaces': deleteNamespace, 'apiextensions.k8s.io/customresourcedefinitions': deleteDefinition };

const deleterOf = ({ resource }: RequestScope): typeof deleteObject => DELETERS[`${resource.group}/${resource.plural}`] ?? deleteObject;

/** Paths with a namespace for what has none, and the reverse, lead nowhere among custom resources. */
function isMisplaced({ namespace, verb }: ApiRequest, { resource, custom }: ServedResource): boolean {
  if (!custom) return false;
  return resource.namespaced ? !namespace && !['list', 'watch', 'deletecollection'].includes(verb) : Boolean(namespace);
}

function checkVerb({ request, resource, subresource, custom, name }: RequestScope): void {
  if (custom && subresource === '') {
    if (request.verb === 'create' && custom.terminating) throw new StatusError(405, 'MethodNotAllowed', 'create not allowed while custom resource definition is terminating', { group: resource.group, kind: resource.plural });
    return;
  }
  if (custom && !resource.subresources[subresource]) throw notFound(resource, name);
  const verbs = subresource === '' ? resource.verbs : resource.subresources[subresource]?.verbs;
  if (!verbs) throw unknownResource(request);
  if (!verbs.includes(request.verb)) throw unsupportedVerb(request);
}

/** A verb that the path does not have (errors.NewGenericServerResponse). */
const unsupportedVerb = ({ group, resource, name }: Pick<ApiRequest, 'group' | 'resource' | 'name'>): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource });

/** A path that leads nowhere (errors.NewGenericServerResponse). */
export function unknownResource({ group, resource, name }: Pick<ApiRequest, 'group' | 'resource' | 'name'>): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource });
}
