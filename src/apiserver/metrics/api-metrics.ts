/** The API server's own metrics. Follows apiserver pkg/endpoints/metrics and pkg/storage/etcd3/metrics. */
import type { ApiRequest } from '../../api/request.ts';
import type { Answer } from '../answer.ts';
import { VERSION } from '../discovery/version.ts';
import { Counter, Gauge, Histogram, type Metric } from './metrics.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Seconds; pkg/endpoints/metrics: requestLatencies. */
const LATENCY_BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const READING: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** What is looked at when somebody asks. */
export interface MetricsSource {
  /** How many objects are stored, by resource ("deployments.apps"). */
  objectCounts(): Promise<ReadonlyMap<string, number>>;
}

export class ApiMetrics {
  readonly #requests = new Counter('apiserver_request_total', 'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.');
  readonly #durations = new Histogram('apiserver_request_duration_seconds', 'Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.', LATENCY_BUCKETS);
  /** The labels of requests as text, by what they are made of. */
  readonly #keys = new Map<string, string>();
  readonly #inFlight = { readOnly: 0, mutating: 0 };
  readonly #watches = new Map<string, { readonly labels: Readonly<Record<string, string>>; count: number }>();
  readonly #metrics: readonly Metric[];

  constructor(source: MetricsSource) {
    this.#metrics = [
      new Gauge('apiserver_current_inflight_requests', 'Maximal number of currently used inflight request limit of this apiserver per request kind in last second.', () => Object.entries(this.#inFlight).map(([kind, count]) => [{ request_kind: kind }, count])),
      new Gauge('apiserver_longrunning_requests', 'Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.', () => [...this.#watches.values()].map(({ labels, count }) => [labels, count])),
      this.#durations,
      this.#requests,
      new Gauge('apiserver_storage_objects', 'Number of stored objects at the time of last check split by kind.', async () => [...(await source.objectCounts())].map(([resource, count]) => [{ resource }, count])),
      new Gauge('kubernetes_build_info', "A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.", () => [[BUILD_INFO, 1]]),
      new Gauge('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', () => [[{}, cpuSeconds()]], 'counter'),
      new Gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => [[{}, process.memoryUsage.rss()]]),
    ];
  }

  /** A request has been answered, over whatever transport. */
  answered(request: ApiRequest, code: number): void {
    const { verb, group, version, resource, subresource = '', name, namespace, options } = request;
    const id = `${verb} ${group} ${version} ${resource} ${subresource} ${name === undefined ? '' : 1} ${namespace === undefined ? '' : 1} ${options?.dryRun ? 1 : ''} ${code}`;
    let key = this.#keys.get(id);
    if (key === undefined) this.#keys.set(id, (key = Counter.key({ ...labelsOf(request), code: String(code) })));
    this.#requests.add(key);
  }

  /** A request over HTTP is in work; call what is returned when it has been answered. Watches count by themselves. @param seconds it took */
  begin(request: ApiRequest): (seconds: number) => void {
    const kind = READING.has(request.verb) ? 'readOnly' : 'mutating';
    this.#inFlight[kind]++;
    return (seconds) => {
      this.#inFlight[kind]--;
      this.#durations.observe(labelsOf(request), seconds);
    };
  }

  /** A watch runs; call what is returned when it has ended. */
  watching(request: ApiRequest): () => void {
    const { dry_run: _, ...labels } = labelsOf(request);
    const key = Counter.key(labels);
    const known = this.#watches.get(key) ?? { labels, count: 0 };
    this.#watches.set(key, known);
    known.count++;
    return () => void known.count--;
  }

  async answer(): Promise<Answer> {
    const texts = await Promise.all(this.#metrics.map(async (metric) => metric.text()));
    return { code: 200, contentType: CONTENT_TYPE, body: texts.join('') };
  }
}

/** Verbs are upstream's: of HTTP, but for what GET and DELETE mean. */
const VERBS: Readonly<Record<string, string>> = { get: 'GET', list: 'LIST', watch: 'WATCH', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETECOLLECTION' };

function labelsOf({ verb, group, version, resource, subresource = '', name, namespace, options, patchType }: ApiRequest): Readonly<Record<string, string>> {
  const scope = name !== undefined || verb === 'create' ? 'resource' : namespace ? 'namespace' : 'cluster';
  return { component: 'apiserver', dry_run: options?.dryRun ? 'All' : '', group, resource, scope, subresource, verb: patchType === 'apply' ? 'APPLY' : (VERBS[verb] ?? verb.toUpperCase()), version };
}

const BUILD_INFO = {
  build_date: VERSION.buildDate, compiler: VERSION.compiler, git_commit: VERSION.gitCommit, git_tree_state: VERSION.gitTreeState, git_version: VERSION.gitVersion,
  go_version: VERSION.goVersion, major: VERSION.major, minor: VERSION.minor, platform: VERSION.platform,
};

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
