/**
 * The paths of the kubelet's own HTTPS server, for whoever comes through the API server's proxy. Follows kubernetes
 * pkg/kubelet/server/server.go: InstallAuthNotRequiredHandlers, InstallAuthRequiredHandlers, InstallSystemLogHandler.
 */
import type { ContainerLogsRequest, KubeletRequest, Page } from '../../api/node-connection.ts';
import { StatusError } from '../../api/status.ts';
import type { Kubelet } from '../kubelet.ts';
import { streamLogs } from '../logs.ts';
import type { PodWorker } from '../pod-worker.ts';
import { KUBELET_CONFIGURATION } from './configz.ts';
import { logFile } from './log-files.ts';
import { kubeletMetrics, resourceMetrics, statsSummary } from './stats.ts';

const TEXT = 'text/plain; charset=utf-8';
const METRICS = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
const HEALTH_CHECKS = ['ping', 'log', 'syncloop'];

const text = (code: number, body: string): Page => ({ code, contentType: TEXT, body });
const json = (value: object, indent?: string): Page => ({ code: 200, contentType: 'application/json', body: JSON.stringify(value, null, indent) });

/** What is answered below a path; `rest` is what comes behind it, without a slash before it. */
type Handler = (kubelet: Kubelet, rest: string, request: KubeletRequest) => Page | undefined | Promise<Page | undefined>;

/** Exact paths where the handler takes no rest. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  healthz: (_, rest, { query }) => {
    if (rest !== '') return HEALTH_CHECKS.includes(rest) ? text(200, 'ok') : undefined;
    return text(200, 'verbose' in query ? `${HEALTH_CHECKS.map((name) => `[+]${name} ok\n`).join('')}healthz check passed\n` : 'ok');
  },
  pods: (kubelet, rest) => (rest === '' ? podList([...kubelet.workers()].map(({ pod: { kind: _kind, apiVersion: _version, ...pod } }) => pod)) : undefined),
  runningpods: (kubelet, rest) => (rest === '' ? podList([...kubelet.workers()].flatMap(runningPod)) : undefined),
  stats: (kubelet, rest) => (rest === 'summary' ? json(statsSummary(kubelet), ' ') : undefined),
  metrics: (kubelet, rest) => {
    if (rest === '') return { code: 200, contentType: METRICS, body: kubeletMetrics(kubelet) };
    return rest === 'resource' ? { code: 200, contentType: METRICS, body: resourceMetrics(kubelet) } : undefined;
  },
  configz: (_, rest) => (rest === '' ? json({ kubeletconfig: KUBELET_CONFIGURATION }) : undefined),
  containerLogs: (kubelet, rest, request) => containerLogs(kubelet, rest.split('/'), request),
  logs: (kubelet, rest) => logFile(kubelet, rest),
};

/** What go-restful says below its roots, and Go's mux elsewhere. */
const notFound = (known: boolean): Page => text(404, known ? '404: Page Not Found' : '404 page not found\n');

export async function kubeletPage(kubelet: Kubelet, request: KubeletRequest): Promise<Page> {
  const [root = '', ...rest] = request.path.slice(1).split('/');
  const handler = HANDLERS[root];
  if (!handler) return notFound(false);
  if (request.method !== 'GET') return text(405, '405: Method Not Allowed');
  return (await handler(kubelet, rest.join('/'), request)) ?? notFound(true);
}

const podList = (items: readonly object[]): Page => ({ code: 200, contentType: 'application/json', body: `${JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items })}\n` });

/** A pod as its runtime knows it. */
function runningPod({ pod, entries }: PodWorker): object[] {
  const { name, namespace, uid } = pod.metadata;
  const containers = entries.filter(({ running }) => running).map(({ spec, container }) => ({ name: spec.name, image: container?.image.id ?? spec.image, resources: {} }));
  return containers.length === 0 ? [] : [{ metadata: { name, namespace, uid, creationTimestamp: null }, spec: { containers }, status: {} }];
}

/** A log as far as it has come: one that is followed would never be a page. */
async function containerLogs(kubelet: Kubelet, [namespace = '', name = '', container = '', ...more]: readonly string[], { query }: KubeletRequest): Promise<Page | undefined> {
  if (more.length > 0 || container === '') return undefined;
  const worker = [...kubelet.workers()].find(({ pod: { metadata } }) => metadata.name === name && metadata.namespace === namespace);
  if (!worker) return text(404, `pod ${JSON.stringify(name)} does not exist`);
  if (!worker.entries.some(({ spec }) => spec.name === container)) return text(404, `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(name)}`);
  const one = (key: string): string | undefined => [query[key] ?? []].flat()[0];
  const number = (key: string): number | undefined => (one(key) === undefined ? undefined : Number(one(key)));
  const tail = one('tail') === undefined ? number('tailLines') : one('tail') === 'all' ? undefined : number('tail');
  const limits = { tailLines: tail, sinceSeconds: number('sinceSeconds'), limitBytes: number('limitBytes') };
  if (Object.values(limits).some((value) => value !== undefined && !Number.isInteger(value))) return text(400, '{"message": "Unable to decode query."}');
  if (Object.values(limits).some((value) => value !== undefined && value < 0)) return text(422, '{"message": "Invalid request."}');
  const since = one('sinceTime');
  const options: ContainerLogsRequest = {
    namespace, pod: name, uid: worker.pod.metadata.uid, container, follow: false, previous: one('previous') === 'true', timestamps: one('timestamps') === 'true',
    ...Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)), ...(since === undefined ? {} : { sinceTime: since }),
  };
  let body = '';
  try {
    await streamLogs(worker, options, (part) => (body += part));
    return { code: 200, contentType: 'text/plain', body };
  } catch (error) {
    if (error instanceof StatusError) return text(400, error.message);
    throw error;
  }
}
