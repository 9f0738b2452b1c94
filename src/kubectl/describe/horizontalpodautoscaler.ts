/** Horizontal pod autoscalers (kubectl pkg/describe/describe.go: HorizontalPodAutoscalerDescriber). */
import type { V2HorizontalPodAutoscaler as HorizontalPodAutoscaler, V2HPAScalingRules as ScalingRules, V2MetricSpec as MetricSpec, V2MetricStatus as MetricStatus, V2MetricTarget as MetricTarget, V2MetricValueStatus as MetricValue } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';
import { writeEvents } from './events.ts';
import { orUnset, quantityText, rfc1123 } from './format.ts';
import { writeIdentity } from './metadata.ts';
import { typed, type Describe } from './reader.ts';
import { page, type DescriptionWriter } from './writer.ts';

const UNKNOWN = '<unknown>';

export const describe: Describe = async (reader, namespace, name, resource) => {
  const autoscaler = await reader.get(typed<HorizontalPodAutoscaler>('autoscaling', 'v2', 'horizontalpodautoscalers'), namespace, name).catch(async (error: unknown) => {
    // kubectl then asks for the older version, and it is that answer which counts.
    await reader.get(typed<HorizontalPodAutoscaler>('autoscaling', 'v1', 'horizontalpodautoscalers'), namespace, name);
    throw error;
  });
  const events = await reader.eventsOf(autoscaler, resource);
  const { metadata, spec, status } = autoscaler;
  return page(async (w) => {
    writeIdentity(w, metadata, true);
    w.field('CreationTimestamp', rfc1123(metadata.creationTimestamp));
    const kind = spec?.scaleTargetRef.kind ?? '';
    w.field('Reference', `${kind}/${spec?.scaleTargetRef.name ?? ''}`);
    w.field('Metrics', '( current / target )');
    (spec?.metrics ?? []).forEach((metric, index) => w.write(1, `${metricText(metric, status?.currentMetrics?.[index])}\n`));
    w.field('Min replicas', orUnset(spec?.minReplicas));
    w.field('Max replicas', spec?.maxReplicas ?? 0);
    if (spec?.behavior) w.heading('Behavior');
    writeBehavior(w, 'Scale Up', spec?.behavior?.scaleUp);
    writeBehavior(w, 'Scale Down', spec?.behavior?.scaleDown);
    w.field(`${kind} pods`, `${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`);
    if (status?.conditions?.length) {
      w.heading('Conditions');
      w.columns(1, 'Type', 'Status', 'Reason', 'Message');
      for (const { type, status: value, reason = '', message = '' } of status.conditions) w.row(1, type, value, reason, message);
    }
    await writeEvents(w, events, reader);
  });
};

/** One metric: what it is, then "current / target". */
function metricText(metric: MetricSpec, current: MetricStatus | undefined): string {
  const { external, pods, object, resource, containerResource } = metric;
  if (metric.type === 'External' && external) {
    const name = goQuote(external.metric.name);
    if (external.target.averageValue === undefined) return `${name} (target value):\t${current?.external ? quantityText(current.external.current.value) : UNKNOWN} / ${quantityText(external.target.value)}`;
    return `${name} (target average value):\t${current?.external?.current.averageValue === undefined ? UNKNOWN : quantityText(current.external.current.averageValue)} / ${quantityText(external.target.averageValue)}`;
  }
  if (metric.type === 'Pods' && pods) return `${goQuote(pods.metric.name)} on pods:\t${average(current?.pods?.current)} / ${quantityText(pods.target.averageValue)}`;
  if (metric.type === 'Object' && object) {
    const subject = `"${object.metric.name}" on ${object.describedObject.kind}/${object.describedObject.name} `;
    if (object.target.type === 'AverageValue') return `${subject}(target average value):\t${average(current?.object?.current)} / ${quantityText(object.target.averageValue)}`;
    return `${subject}(target value):\t${current?.object ? quantityText(current.object.current.value) : UNKNOWN} / ${quantityText(object.target.value)}`;
  }
  if (metric.type === 'Resource' && resource) return `resource ${resource.name} on pods${resourceText(resource.target, current?.resource?.current)}`;
  if (metric.type === 'ContainerResource' && containerResource) {
    return `resource ${containerResource.name} of container "${containerResource.container}" on pods${resourceText(containerResource.target, current?.containerResource?.current)}`;
  }
  return `<unknown metric type ${goQuote(metric.type)}>`;
}

const average = (current: MetricValue | undefined): string => (current ? quantityText(current.averageValue) : UNKNOWN);

function resourceText(target: MetricTarget, current: MetricValue | undefined): string {
  if (target.averageValue !== undefined) return `:\t${average(current)} / ${quantityText(target.averageValue)}`;
  const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}% (${quantityText(current.averageValue)})`;
  return `  (as a percentage of request):\t${now} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

function writeBehavior(w: DescriptionWriter, title: string, rules: ScalingRules | undefined): void {
  if (!rules) return;
  w.heading(title, 1);
  if (rules.stabilizationWindowSeconds !== undefined) w.write(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds\n`);
  if (!rules.policies?.length) return;
  w.write(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}\n`);
  w.heading('Policies', 2);
  for (const { type, value, periodSeconds } of rules.policies) w.row(3, `- Type: ${type}`, `Value: ${value}`, `Period: ${periodSeconds} seconds`);
}
