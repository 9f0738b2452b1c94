/** The API server: puts the stations together over a store, and is what transports talk to. */
import type { ServiceAccount } from '../api/generated/types.ts';
import type { NodeConnection } from '../api/node-connection.ts';
import type { ApiRequest, ApiResponse, UserInfo, WatchEvent, WatchHandle } from '../api/request.ts';
import type { KubeObject } from '../api/object.ts';
import { AddressRange, formatAddress } from '../api/ip-ranges.ts';
import { apiVersionOf, type ResourceFacts } from '../api/resource.ts';
import { IPADDRESSES, SERVICECIDRS, SERVICE_CLUSTER_IP_RANGE } from '../api/service-ips.ts';
import { CUSTOMRESOURCEDEFINITIONS, SERVICES } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import { StatusError } from '../api/status.ts';
import type { Store } from '../etcd/store.ts';
import type { Activity } from '../simulation/activity.ts';
import type { Clock } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';
import type { Random } from '../simulation/random.ts';
import { admissionPlugins } from './admission/index.ts';
import { AdmissionChain } from './admission/plugin.ts';
import { expressionHooks } from './admission/policies/expression-hooks.ts';
import type { Answer, RawCaller } from './answer.ts';
import type { AuditSink } from './audit.ts';
import { APISERVICES, ApiServices } from './apiservices/api-services.ts';
import { Authenticator, type AuthenticatorOptions } from './authentication/authenticator.ts';
import type { Credentials } from './authentication/credentials.ts';
import { impersonatedParts, impersonatedUser } from './authentication/impersonation.ts';
import { registerOpenId } from './authentication/openid.ts';
import { legacyClaims } from './authentication/service-account-claims.ts';
import { makeKeys, TokenSigner, type ServiceAccountKeys } from './authentication/service-account-keys.ts';
import { isPrivileged } from './authorization/authorizer.ts';
import { escalationHooks } from './authorization/escalation.ts';
import { authorization, type Authorization } from './authorization/index.ts';
import { forbiddenAccess } from './authorization/forbidden.ts';
import { DEFAULT_AUTHORIZATION_MODES, type AuthorizationMode } from './authorization/modes.ts';
import { ensurePolicy } from './authorization/bootstrap/ensure.ts';
import { bootstrap, ensureConfiguration, FLOWSCHEMAS, PRIORITYLEVELS } from './bootstrap.ts';
import type { FlowRequest } from './flowcontrol/classify.ts';
import { FlowControl, type Admission } from './flowcontrol/flow-control.ts';
import { loadRules } from './customresources/rules-loader.ts';
import { Definitions } from './customresources/definitions.ts';
import { registerDiscovery } from './discovery/index.ts';
import { registerServerPaths } from './discovery/server-paths.ts';
import { ApiMetrics } from './metrics/api-metrics.ts';
import { registerOpenApi } from './openapi/index.ts';
import { Pipeline } from './pipeline.ts';
import { Identities } from './registry/identities.ts';
import type { Registry } from './registry/scope.ts';
import { ServedResources } from './served-resources.ts';
import { ServiceAllocator } from './services/allocator.ts';
import { serviceHooks } from './services/service-hooks.ts';
import { Storages } from './storage/storages.ts';
import type { Strategy } from './strategy.ts';
import { callWebhook, type WebhookClientConfig } from './webhooks/call.ts';
import { strategyFor } from './strategies/index.ts';
import type { Connection } from '../api/node-connection.ts';

export type PathHandler = (method: string, path: string, body?: unknown, accept?: string) => Promise<Answer>;

export interface ApiServerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly audit: AuditSink;
  /** The clock's; requests are made of microtasks only, and the store holds it for its own I/O, so the server itself only holds it while it makes or checks tokens. */
  readonly activity?: Activity;
  /** Who is asked whether a user may, in this order; default Node and RBAC. */
  readonly authorizationModes?: readonly AuthorizationMode[];
  /** Whether roles and bindings of old are brought up to date at the start, beside making those of a new cluster. */
  readonly reconcilePolicy?: boolean;
  /** Where Services get their addresses from; default 10.96.0.0/12. */
  readonly serviceCIDR?: string;
  /** Where default/kubernetes says that the server is; default 172.18.0.2:6443. */
  readonly advertiseAddress?: string;
  readonly port?: number;
  /** How many requests from outside are in work at a time, shared out by priority; default 400 and 200. */
  readonly maxRequestsInflight?: number;
  readonly maxMutatingRequestsInflight?: number;
  /** What signs service account tokens, asked for when the first is made or shown; default: keys of this process's own. */
  readonly serviceAccountKeys?: () => Promise<ServiceAccountKeys>;
  /** Static tokens, as --token-auth-file has them. */
  readonly tokenFile?: AuthenticatorOptions['tokenFile'];
}

/** The API server's own Service: the first address of the range. */
export const SERVICE_ADDRESS = '10.96.0.1';
export const ADVERTISE_ADDRESS = '172.18.0.2';
const PORT = 6443;
export const MAX_REQUESTS_INFLIGHT = 400;
export const MAX_MUTATING_REQUESTS_INFLIGHT = 200;
/** How long a conversion may take. */
const CONVERSION_TIMEOUT_SECONDS = 30;

/** The project's own paths: for the home's owner and for administrators. */
const OWNERS_PATHS = '/mock/';

/** As whom the server itself writes. */
const SELF: UserInfo = { username: 'system:apiserver', groups: ['system:masters'] };

export class ApiServer {
  readonly metrics: ApiMetrics;
  readonly #options: ApiServerOptions;
  readonly #storages: Storages;
  readonly #pipeline: Pipeline;
  readonly #authenticator: Authenticator;
  readonly #tokenSigner: () => Promise<TokenSigner>;
  readonly #definitions: Definitions;
  readonly #apiServices: ApiServices;
  readonly #identities: Identities;
  readonly #authorization: Authorization;
  readonly #flowControl: FlowControl;
  readonly #paths = new Map<string, PathHandler>();
  /** Which endpoint a proxied request goes to. */
  readonly #proxied: Random;
  #dial: (nodeName: string) => NodeConnection | undefined = () => undefined;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    const { store, clock, random, log, audit } = options;
    const strategyOf = (resource: ResourceFacts): Strategy => strategyFor(resource);
    this.#storages = new Storages(store, clock, log, strategyOf);
    const identities = (this.#identities = new Identities(random, store.revision));
    let signer: Promise<TokenSigner> | undefined;
    const hold = () => options.activity?.begin() ?? (() => undefined);
    const tokenSigner = () => (signer ??= (options.serviceAccountKeys ?? makeKeys)().then((keys) => new TokenSigner(keys, hold)));
    this.#tokenSigner = tokenSigner;
    this.#authenticator = new Authenticator({ cluster: this.#storages, now: () => clock.now(), signer: tokenSigner, ...(options.tokenFile ? { tokenFile: options.tokenFile } : {}) });
    this.#authorization = authorization(options.authorizationModes ?? DEFAULT_AUTHORIZATION_MODES, this.#storages);
    const registry: Registry = {
      storages: this.#storages,
      admission: new AdmissionChain(admissionPlugins({ identities, authorizer: this.#authorization.authorizer, activity: options.activity, served: () => served }), this.#storages),
      identities, clock, log, tokenSigner,
    };
    const allocator = new ServiceAllocator({
      services: this.#storages.of(SERVICES), ipAddresses: this.#storages.of(IPADDRESSES), serviceCidrs: this.#storages.of(SERVICECIDRS), random, log: log.named('ipallocator'),
      createAddress: (address) => this.#write('create', IPADDRESSES, address),
      deleteAddress: (ip) => this.#write('delete', IPADDRESSES, { metadata: { name: ip } }),
    });
    const { maxRequestsInflight = MAX_REQUESTS_INFLIGHT, maxMutatingRequestsInflight = MAX_MUTATING_REQUESTS_INFLIGHT } = options;
    this.#flowControl = new FlowControl({ schemas: this.#storages.of(FLOWSCHEMAS), levels: this.#storages.of(PRIORITYLEVELS), concurrency: maxRequestsInflight + maxMutatingRequestsInflight });
    this.#proxied = random.stream('proxied requests');
    const reviews = random.stream('conversion reviews');
    this.#definitions = new Definitions({
      storages: this.#storages, clock, log: log.named('definitions'),
      updateStatus: async (definition, reason) => {
        const { group, version, plural } = CUSTOMRESOURCEDEFINITIONS;
        await this.#pipeline.handle({ verb: 'update', group, version, resource: plural, subresource: 'status', name: definition.metadata?.name ?? '', body: definition, user: SELF, userAgent: 'kube-apiserver', reason });
      },
      askWebhook: ({ spec }, review) => callWebhook({ config: (spec.conversion?.webhook?.clientConfig ?? {}) as WebhookClientConfig, body: review, timeoutSeconds: CONVERSION_TIMEOUT_SECONDS }, this.#storages).finally(hold()),
      reviewUid: () => reviews.uuid(),
      deleteInstances: (served) => this.#pipeline.deleteInstances(served, SELF),
    });
    this.#apiServices = new ApiServices({
      storages: this.#storages, clock, log: log.named('apiservices'),
      customVersions: () => this.#definitions.start().then(() => this.#definitions.groupVersions()),
      write: async (verb, object, subresource) => {
        const { group, version, plural } = APISERVICES;
        await this.#pipeline.handle({ verb, group, version, resource: plural, ...(subresource ? { subresource } : {}), ...(verb === 'create' ? {} : { name: object.metadata?.name ?? '' }), ...(verb === 'delete' ? {} : { body: object }), user: SELF, userAgent: 'kube-apiserver' });
      },
    });
    this.#definitions.onChange(() => this.#apiServices.customChanged());
    const served = new ServedResources(this.#storages, strategyOf, this.#definitions);
    this.#pipeline = new Pipeline({
      registry, audit,
      served,
      remote: () => this.#apiServices.remote(),
      authorization: this.#authorization,
      authenticator: this.#authenticator,
      hooks: { '/services': serviceHooks(allocator), ...escalationHooks(this.#authorization), ...expressionHooks({ authorizer: this.#authorization.authorizer, served: () => served }) },
    });
    registerDiscovery(this, () => served.all(), () => this.#apiServices.remote());
    this.metrics = new ApiMetrics({ objectCounts: async () => this.#storages.counts(await served.all()) });
    registerServerPaths(this, { resources: () => served.all(), metrics: () => this.metrics.answer(), etcd: async () => void (await store.get('/registry/health')) });
    registerOpenApi(this, { resources: () => served.all(), definitionOf: (resource) => served.definitionOf(resource) });
    registerOpenId(this, tokenSigner, `${options.advertiseAddress ?? ADVERTISE_ADDRESS}:${options.port ?? PORT}`);
  }

  /** Creates what every cluster has. Must be called before the first request. */
  async start(): Promise<void> {
    const { advertiseAddress = ADVERTISE_ADDRESS, port = PORT, clock, reconcilePolicy = false, serviceCIDR = SERVICE_CLUSTER_IP_RANGE } = this.#options;
    const storage = { storages: this.#storages, identities: this.#identities, nowMs: clock.now() };
    // Before anything that needs an address.
    await ensureConfiguration(storage, serviceCIDR);
    await bootstrap({
      exists: async (resource, namespace, name) => (await this.#storages.of(resource).get(namespace, name)) !== undefined,
      create: (resource, object) => this.#write('create', resource, object),
    }, { serviceAddress: formatAddress(new AddressRange(serviceCIDR).first + 1), advertiseAddress, port });
    await ensurePolicy({
      ...storage,
      create: (resource, object) => this.#write('create', resource, { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object }),
      update: (resource, object) => this.#write('update', resource, object),
      delete: (resource, object) => this.#write('delete', resource, object),
    }, reconcilePolicy);
  }

  /** A request of the server's own. */
  async #write(verb: 'create' | 'update' | 'delete', resource: ResourceFacts, object: KubeObject): Promise<void> {
    const { namespace, name } = object.metadata ?? {};
    await this.handle({
      verb, group: resource.group, version: resource.version, resource: resource.plural, user: SELF, userAgent: 'kube-apiserver',
      ...(namespace ? { namespace } : {}), ...(verb === 'create' || !name ? {} : { name }), ...(verb === 'delete' ? {} : { body: object }),
    });
  }

  /** Answers a request; throws StatusError. */
  handle(request: ApiRequest): Promise<ApiResponse> {
    const answered = request.rawBody === undefined || request.body !== undefined ? this.#answer(request) : this.#readAndAnswer(request, request.rawBody);
    answered.then(({ code }) => this.metrics.answered(request, code), (error: unknown) => this.metrics.answered(request, error instanceof StatusError ? error.code : 500));
    return answered;
  }

  /** A body that has come as text alone, as over HTTP. */
  async #readAndAnswer(request: ApiRequest, text: string): Promise<ApiResponse> {
    const { parseBody } = await import('./http/body.ts');
    const { value, ...rest } = await parseBody(text, 'application/json', request);
    return this.#answer({ ...request, body: value, ...rest });
  }

  #answer(request: ApiRequest): Promise<ApiResponse> {
    if (changesDefinitions(request)) return this.#changeDefinitions(request);
    return request.group === APISERVICES.group ? this.#askApiServices(request) : this.#pipeline.handle(request);
  }

  /** Who has defined a resource may use it at once, and whoever has deleted it finds it gone. */
  async #changeDefinitions(request: ApiRequest): Promise<ApiResponse> {
    await this.#definitions.start();
    if (mayHaveRules(request) || this.#definitions.haveRules) await loadRules();
    const response = await this.#pipeline.handle(request);
    await this.#definitions.settled();
    await this.#apiServices.settled();
    return response;
  }

  async #askApiServices(request: ApiRequest): Promise<ApiResponse> {
    await this.#apiServices.keep();
    const response = await this.#pipeline.handle(request);
    await this.#apiServices.settled();
    return response;
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle> {
    if (request.group === APISERVICES.group) return this.#apiServices.keep().then(() => this.#pipeline.watch(request, onEvent));
    return this.#pipeline.watch(request, onEvent);
  }

  /** pods/log: sends text as it comes. */
  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
    return this.#pipeline.stream(request, this.#dial, onText, signal);
  }

  /** Makes the socket's owner the user of a client certificate (PEM), the kubeconfig's. */
  identifyOwner(certificate: string): void {
    this.#authenticator.identifyOwner(certificate);
  }

  /** pods/exec, attach, portforward: throws StatusError where it may not be; the node is reached when the connection is used. */
  connect(request: ApiRequest): Promise<Connection> {
    return this.#pipeline.connect(request, this.#dial);
  }

  /** proxy of pods and services: a page from behind it. Throws StatusError. */
  proxy(request: ApiRequest): Promise<Answer> {
    return this.#pipeline.proxy(request, this.#dial, (count) => this.#proxied.int(count));
  }

  /** A token for a Secret of a service account: it never ends by itself. */
  async signLegacyToken(account: Stored<ServiceAccount>, secretName: string): Promise<string> {
    return (await this.#tokenSigner()).sign(legacyClaims(account, secretName));
  }

  /** The user behind what a request over HTTP shows, or whom that one may act as. Throws a StatusError 401 or 403. */
  async authenticate(credentials: Credentials): Promise<UserInfo> {
    const user = await this.#authenticator.authenticate(credentials);
    const { impersonation } = credentials;
    if (!impersonation) return user;
    for (const part of impersonatedParts(impersonation)) {
      const question = { user, verb: 'impersonate', ...part };
      const decision = await this.#authorization.authorizer.authorize(question);
      if (!decision.allowed) throw forbiddenAccess(question, decision);
    }
    return impersonatedUser(impersonation);
  }

  /** Whether a request from outside may go on, and when. Without a user it is the home's owner who asks. */
  admit({ user, ...request }: Omit<FlowRequest, 'user'> & { readonly user?: UserInfo | undefined }): Admission | Promise<Admission> {
    return this.#flowControl.admit({ ...request, user: user ?? this.#authenticator.owner });
  }

  /** A path outside the resource API; the handler with the longest prefix answers. Without a user it is the home's owner who asks. */
  async raw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, { user, accept }: RawCaller = {}): Promise<Answer> {
    const refusal = user && (await this.#refusalOf(user, method, path.split('?', 1)[0] ?? ''));
    if (refusal) return failed(refusal);
    const handler = this.#handlerOf(path.split('?', 1)[0] ?? '');
    if (handler) {
      try {
        return await handler(method, path, body, accept);
      } catch (error) {
        if (error instanceof StatusError) return failed(error);
        throw error;
      }
    }
    return { code: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
  }

  /** Lets `handler` answer the path `prefix` and everything below it. */
  registerPath(prefix: string, handler: PathHandler): void {
    this.#paths.set(prefix, handler);
  }

  /** How the server reaches kubelets. */
  connectNodes(dial: (nodeName: string) => NodeConnection | undefined): void {
    this.#dial = dial;
  }

  /** Ends all watches. The store stays open: whoever opened it closes it. */
  async close(): Promise<void> {
    await this.#definitions.close();
    await this.#apiServices.close();
    this.#storages.close();
  }

  /** Why somebody may not have a path; undefined where it may. */
  async #refusalOf(user: UserInfo, method: string, path: string): Promise<StatusError | undefined> {
    const question = { user, verb: method.toLowerCase(), path };
    if (path.startsWith(OWNERS_PATHS)) return isPrivileged(user) ? undefined : forbiddenAccess(question, { reason: '' });
    const decision = await this.#authorization.authorizer.authorize(question);
    return decision.allowed ? undefined : forbiddenAccess(question, decision);
  }

  #handlerOf(path: string): PathHandler | undefined {
    for (let prefix = path; prefix !== ''; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
      const handler = this.#paths.get(prefix);
      if (handler) return handler;
    }
    return undefined;
  }
}

const failed = (error: StatusError): Answer => ({ code: error.code, contentType: 'application/json', body: `${JSON.stringify(error.status)}\n` });

const READING: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

const changesDefinitions = ({ group, resource, verb }: ApiRequest): boolean => group === CUSTOMRESOURCEDEFINITIONS.group && resource === CUSTOMRESOURCEDEFINITIONS.plural && !READING.has(verb);

/** Whether a definition's rules will have to be compiled. */
const mayHaveRules = ({ body, rawBody }: ApiRequest): boolean => (rawBody ?? JSON.stringify(body) ?? '').includes('x-kubernetes-validations');
