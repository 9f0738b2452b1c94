/**
 * HorizontalPodAutoscalers of autoscaling/v1 and v2. The old version knows one metric, CPU utilization; all else travels
 * in annotations. Follows kubernetes pkg/apis/autoscaling/v1/conversion.go.
 */
import type { HorizontalPodAutoscaler, V2HorizontalPodAutoscaler, V2MetricIdentifier, V2MetricSpec, V2MetricStatus, V2MetricTarget, V2MetricValueStatus } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const METRICS = `${PREFIX}metrics`;
const CURRENT_METRICS = `${PREFIX}current-metrics`;
const CONDITIONS = `${PREFIX}conditions`;
const BEHAVIOR = `${PREFIX}behavior`;
const TRAVELLING = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];
/** Percent, where no metric is named. */
const DEFAULT_UTILIZATION = 80;

type Fields = Readonly<Record<string, unknown>>;
type Names = Readonly<Record<string, string>>;

/** For each source of a metric, where v1 keeps what v2 has under `path`; in the order of Go's fields. */
const SPEC_FIELDS: Readonly<Record<string, Names>> = {
  object: { target: 'describedObject', metricName: 'metric.name', targetValue: 'target.value', selector: 'metric.selector', averageValue: 'target.averageValue' },
  pods: { metricName: 'metric.name', targetAverageValue: 'target.averageValue', selector: 'metric.selector' },
  resource: { name: 'name', targetAverageUtilization: 'target.averageUtilization', targetAverageValue: 'target.averageValue' },
  containerResource: { name: 'name', targetAverageUtilization: 'target.averageUtilization', targetAverageValue: 'target.averageValue', container: 'container' },
  external: { metricName: 'metric.name', metricSelector: 'metric.selector', targetValue: 'target.value', targetAverageValue: 'target.averageValue' },
};
const STATUS_FIELDS: Readonly<Record<string, Names>> = {
  object: { target: 'describedObject', metricName: 'metric.name', currentValue: 'current.value', selector: 'metric.selector', averageValue: 'current.averageValue' },
  pods: { metricName: 'metric.name', currentAverageValue: 'current.averageValue', selector: 'metric.selector' },
  resource: { name: 'name', currentAverageUtilization: 'current.averageUtilization', currentAverageValue: 'current.averageValue' },
  containerResource: { name: 'name', currentAverageUtilization: 'current.averageUtilization', currentAverageValue: 'current.averageValue', container: 'container' },
  external: { metricName: 'metric.name', metricSelector: 'metric.selector', currentValue: 'current.value', currentAverageValue: 'current.averageValue' },
};
/** Amounts that Go writes even where there is none. */
const ALWAYS = new Set(['object.targetValue', 'object.currentValue', 'pods.targetAverageValue', 'pods.currentAverageValue', 'resource.currentAverageValue', 'containerResource.currentAverageValue', 'external.currentValue']);

function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Fields | undefined)?.[key], object);
}

function toV1(metric: V2MetricSpec | V2MetricStatus, table: Readonly<Record<string, Names>>): object {
  const result: Record<string, unknown> = { type: metric.type };
  for (const [source, names] of Object.entries(table)) {
    const given = (metric as unknown as Fields)[source];
    if (given === undefined) continue;
    const fields = Object.entries(names).map(([old, path]) => [old, at(given, path) ?? (ALWAYS.has(`${source}.${old}`) ? '0' : undefined)] as const);
    result[source] = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  return result;
}

function toV2(metric: Fields, table: Readonly<Record<string, Names>>, part: 'target' | 'current'): object {
  const result: Record<string, unknown> = { type: metric['type'] };
  for (const [source, names] of Object.entries(table)) {
    const given = metric[source] as Fields | undefined;
    if (!given) continue;
    const made: Record<string, Record<string, unknown>> & { [part]?: V2MetricTarget | V2MetricValueStatus; metric?: V2MetricIdentifier } = {};
    for (const [old, path] of Object.entries(names)) {
      const value = given[old];
      if (value === undefined) continue;
      const [first = '', second] = path.split('.');
      if (second === undefined) (made as Record<string, unknown>)[first] = value;
      else if (!(second === 'value' && value === '0' && given['averageValue'] !== undefined)) (made[first] ??= {})[second] = value;
    }
    if (part === 'target') {
      const target = (made['target'] ??= {});
      target['type'] = target['averageUtilization'] !== undefined ? 'Utilization' : target['averageValue'] !== undefined ? 'AverageValue' : 'Value';
    }
    result[source] = made;
  }
  return result;
}

/** Go writes an internal type here, by the names of its fields. */
const capitalized = (value: unknown): unknown => renamed(value, (key) => `${key.charAt(0).toUpperCase()}${key.slice(1)}`);
const uncapitalized = (value: unknown): unknown => renamed(value, (key) => `${key.charAt(0).toLowerCase()}${key.slice(1)}`);

function renamed(value: unknown, name: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, child]) => child !== null).map(([key, child]) => [name(key), renamed(child, name)]));
}

function goBehavior(behavior: NonNullable<NonNullable<V2HorizontalPodAutoscaler['spec']>['behavior']>): unknown {
  const rules = (given: typeof behavior.scaleUp) =>
    given && { stabilizationWindowSeconds: given.stabilizationWindowSeconds, selectPolicy: given.selectPolicy, policies: given.policies, tolerance: given.tolerance };
  const text = JSON.stringify(capitalized({ scaleUp: rules(behavior.scaleUp), scaleDown: rules(behavior.scaleDown) }), (_, value: unknown) => (value === undefined ? null : value));
  return JSON.parse(text);
}

const isCpu = (metric: V2MetricSpec): boolean => metric.type === 'Resource' && metric.resource?.name === 'cpu' && metric.resource.target?.averageUtilization !== undefined;

/** What an annotation holds; undefined where it is missing or no JSON. */
function parsed(annotations: Names, key: string): unknown {
  try {
    return annotations[key] === undefined ? undefined : (JSON.parse(annotations[key]) as unknown);
  } catch {
    return undefined;
  }
}

const withoutTravelling = (annotations: Names): Record<string, string> => Object.fromEntries(Object.entries(annotations).filter(([key]) => !TRAVELLING.includes(key)));

function setAnnotations(object: { metadata?: { annotations?: Record<string, string> } }, annotations: Record<string, string>): void {
  const metadata = (object.metadata ??= {});
  if (Object.keys(annotations).length > 0) metadata.annotations = annotations;
  else delete metadata.annotations;
}

/** From v1 to v2; takes a copy of its own. */
export function autoscalerToV2(object: Draft<HorizontalPodAutoscaler>): Draft<V2HorizontalPodAutoscaler> {
  const annotations = object.metadata?.annotations ?? {};
  const { targetCPUUtilizationPercentage: target, ...spec } = object.spec ?? { maxReplicas: 0, scaleTargetRef: { kind: '', name: '' } };
  const { currentCPUUtilizationPercentage: current, ...status } = object.status ?? { currentReplicas: 0, desiredReplicas: 0 };
  const cpu = (averageUtilization: number) => ({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } });
  const others = parsed(annotations, METRICS);
  const metrics = [...(Array.isArray(others) ? (others as Fields[]).map((metric) => toV2(metric, SPEC_FIELDS, 'target')) : []), ...(target === undefined ? [] : [cpu(target)])];
  const seen = parsed(annotations, CURRENT_METRICS);
  const currentMetrics = Array.isArray(seen) ? (seen as Fields[]).map((metric) => toV2(metric, STATUS_FIELDS, 'current')) : current === undefined ? undefined : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }];
  const conditions = parsed(annotations, CONDITIONS);
  const behavior = parsed(annotations, BEHAVIOR);
  const result = {
    ...object,
    apiVersion: 'autoscaling/v2',
    spec: { ...spec, metrics: metrics.length > 0 ? metrics : [cpu(DEFAULT_UTILIZATION)], ...(behavior ? { behavior: uncapitalized(behavior) } : {}) },
    ...(object.status || currentMetrics || conditions ? { status: { ...status, ...(currentMetrics ? { currentMetrics } : {}), ...(conditions ? { conditions } : {}) } } : {}),
  } as Draft<V2HorizontalPodAutoscaler>;
  setAnnotations(result, withoutTravelling(annotations));
  return result;
}

/** From v2 to v1; takes a copy of its own. */
export function autoscalerToV1(object: Draft<V2HorizontalPodAutoscaler>): HorizontalPodAutoscaler {
  const { metrics = [], behavior, ...spec } = object.spec ?? { maxReplicas: 0, scaleTargetRef: { kind: '', name: '' } };
  const { currentMetrics = [], conditions = [], ...status } = object.status ?? { currentReplicas: 0, desiredReplicas: 0 };
  const target = metrics.find(isCpu)?.resource?.target?.averageUtilization;
  const current = currentMetrics.filter(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu').map(({ resource }) => resource?.current?.averageUtilization).filter((value) => value !== undefined).at(-1);
  const annotations = withoutTravelling(object.metadata?.annotations ?? {});
  const others = metrics.filter((metric) => !isCpu(metric));
  if (others.length > 0) annotations[METRICS] = JSON.stringify(others.map((metric) => toV1(metric, SPEC_FIELDS)));
  if (currentMetrics.length > 0) annotations[CURRENT_METRICS] = JSON.stringify(currentMetrics.map((metric) => toV1(metric, STATUS_FIELDS)));
  if (behavior) annotations[BEHAVIOR] = JSON.stringify(goBehavior(behavior));
  if (conditions.length > 0) annotations[CONDITIONS] = JSON.stringify(conditions.map(({ type, status: state, lastTransitionTime = null, reason, message }) => ({ type, status: state, lastTransitionTime, reason, message })));
  const result = {
    ...object,
    apiVersion: 'autoscaling/v1',
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    ...(object.status ? { status: { currentReplicas: 0, ...status, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) } } : {}),
  } as Draft<HorizontalPodAutoscaler>;
  setAnnotations(result, annotations);
  return result;
}
