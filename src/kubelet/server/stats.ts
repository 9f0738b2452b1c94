/** /stats/summary, /metrics/resource and /metrics. Follows kubernetes pkg/kubelet/server/stats, pkg/kubelet/metrics/collectors/resource_metrics.go and pkg/kubelet/metrics/metrics.go. */
import { parseQuantity } from '../../api/quantity.ts';
import { formatTime } from '../../api/time.ts';
import type { Kubelet } from '../kubelet.ts';
import { NODE_CAPACITY } from '../node-status.ts';
import { measure, type Usage } from './usage.ts';

const CAPACITY_BYTES = parseQuantity(NODE_CAPACITY['memory'] ?? '0').value();

/** The Summary, as stats/v1alpha1 has it. */
export function statsSummary(kubelet: Kubelet): object {
  const report = measure(kubelet);
  const time = formatTime(kubelet.clock.now());
  const cpu = ({ nanoCores, coreNanoSeconds }: Usage) => ({ time, usageNanoCores: nanoCores, usageCoreNanoSeconds: coreNanoSeconds });
  const memory = ({ workingSetBytes }: Usage, limit?: number) => ({ time, ...(limit === undefined ? {} : { availableBytes: Math.max(0, limit - workingSetBytes) }), usageBytes: workingSetBytes, workingSetBytes });
  return {
    node: { nodeName: kubelet.nodeName, startTime: formatTime(report.startedAtMs), cpu: cpu(report), memory: memory(report, CAPACITY_BYTES) },
    pods: report.pods.map(({ worker, containers, ...usage }) => {
      const { name, namespace, uid } = worker.pod.metadata;
      return {
        podRef: { name, namespace: namespace ?? '', uid },
        startTime: worker.pod.status?.startTime ?? null,
        containers: containers.map((each) => ({ name: each.name, startTime: formatTime(each.startedAtMs), cpu: cpu(each), memory: memory(each) })),
        cpu: cpu(usage), memory: memory(usage),
      };
    }),
  };
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric in Prometheus' text format; `stampMs` stands behind each value. */
function metric(name: string, help: string, type: 'counter' | 'gauge', samples: readonly Sample[], stampMs?: number): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.keys(labels).sort().map((label) => `${label}=${JSON.stringify(labels[label])}`).join(',');
    return `${name}${pairs === '' ? '' : `{${pairs}}`} ${value}${stampMs === undefined ? '' : ` ${stampMs}`}\n`;
  });
  return samples.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** What metrics-server reads. */
export function resourceMetrics(kubelet: Kubelet): string {
  const report = measure(kubelet);
  const stamp = kubelet.clock.now();
  const pods = report.pods.map((pod) => ({ ...pod, labels: { namespace: pod.worker.pod.metadata.namespace ?? '', pod: pod.worker.pod.metadata.name } }));
  const containers = pods.flatMap((pod) => pod.containers.map((each) => ({ ...each, labels: { ...pod.labels, container: each.name } })));
  const seconds = ({ coreNanoSeconds }: Usage): number => coreNanoSeconds / 1e9;
  const of = <T extends { readonly labels: Readonly<Record<string, string>> }>(parts: readonly T[], value: (part: T) => number): Sample[] => parts.map((part) => [part.labels, value(part)]);
  const workingSet = ({ workingSetBytes }: Usage): number => workingSetBytes;
  return [
    metric('container_cpu_usage_seconds_total', '[STABLE] Cumulative cpu time consumed by the container in core-seconds', 'counter', of(containers, seconds), stamp),
    metric('container_memory_working_set_bytes', '[STABLE] Current working set of the container in bytes', 'gauge', of(containers, workingSet), stamp),
    metric('container_start_time_seconds', '[STABLE] Start time of the container since unix epoch in seconds', 'gauge', of(containers, ({ startedAtMs }) => startedAtMs / 1000)),
    metric('node_cpu_usage_seconds_total', '[STABLE] Cumulative cpu time consumed by the node in core-seconds', 'counter', [[{}, seconds(report)]], stamp),
    metric('node_memory_working_set_bytes', '[STABLE] Current working set of the node in bytes', 'gauge', [[{}, report.workingSetBytes]], stamp),
    metric('pod_cpu_usage_seconds_total', '[STABLE] Cumulative cpu time consumed by the pod in core-seconds', 'counter', of(pods, seconds), stamp),
    metric('pod_memory_working_set_bytes', '[STABLE] Current working set of the pod in bytes', 'gauge', of(pods, workingSet), stamp),
    metric('resource_scrape_error', '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise', 'gauge', [[{}, 0]]),
  ].join('');
}

/** The kubelet's own. */
export function kubeletMetrics(kubelet: Kubelet): string {
  const states = new Map<string, number>();
  let running = 0;
  for (const worker of kubelet.workers()) {
    if (worker.sandboxId !== undefined) running++;
    for (const { container } of worker.entries) if (container) states.set(container.state, (states.get(container.state) ?? 0) + 1);
  }
  return [
    metric('kubelet_node_name', "[ALPHA] The node's name. The count is always 1.", 'gauge', [[{ node: kubelet.nodeName }, 1]]),
    metric('kubelet_running_containers', '[ALPHA] Number of containers currently running', 'gauge', [...states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([container_state, count]) => [{ container_state }, count])),
    metric('kubelet_running_pods', '[ALPHA] Number of pods that have a running pod sandbox', 'gauge', [[{}, running]]),
    metric('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', 'gauge', [[{}, kubelet.startedAtMs / 1000]]),
  ].join('');
}
