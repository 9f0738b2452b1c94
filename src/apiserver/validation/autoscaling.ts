/** Validation of autoscaling, in the version in which autoscalers are stored (v2). Follows kubernetes pkg/apis/autoscaling/validation/validation.go, v1.33. */
import type { V2HorizontalPodAutoscaler, V2HPAScalingRules, V2MetricSpec, V2MetricTarget } from '../../api/generated/types.ts';
import { forbidden, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkDnsLabel, checkNonnegative, nameIsPathSegment } from './formats.ts';
import { GoValue } from './go-value.ts';
import { checkLabelSelector } from './metadata.ts';
import { checkContainerResourceName, quantityOf } from './resources.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');

export function validateAutoscaler({ spec }: V2HorizontalPodAutoscaler): FieldError[] {
  const errors: FieldError[] = [];
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec ?? {};
  if (minReplicas !== undefined && minReplicas < 1) errors.push(invalid(SPEC.child('minReplicas'), minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalid(SPEC.child('maxReplicas'), maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) errors.push(invalid(SPEC.child('maxReplicas'), maxReplicas, 'must be greater than or equal to `minReplicas`'));
  checkReference(scaleTargetRef, SPEC.child('scaleTargetRef'), errors);
  metrics.forEach((metric, i) => checkMetric(metric, SPEC.child('metrics').index(i), errors));
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) errors.push(forbidden(SPEC.child('metrics'), 'must specify at least one Object or External metric to support scaling to zero replicas'));
  checkRules(behavior?.scaleUp, SPEC.child('behavior', 'scaleUp'), errors);
  checkRules(behavior?.scaleDown, SPEC.child('behavior', 'scaleDown'), errors);
  return errors;
}

export function validateAutoscalerStatus({ status }: V2HorizontalPodAutoscaler): FieldError[] {
  const errors: FieldError[] = [];
  checkNonnegative(status?.currentReplicas, STATUS.child('currentReplicas'), errors);
  checkNonnegative(status?.desiredReplicas, STATUS.child('desiredReplicas'), errors);
  return errors;
}

function checkReference(reference: { readonly kind?: string; readonly name?: string } | undefined, path: Path, errors: FieldError[]): void {
  for (const field of ['kind', 'name'] as const) {
    const value = reference?.[field];
    if (!value) errors.push(required(path.child(field)));
    else for (const text of nameIsPathSegment(value, false)) errors.push(invalid(path.child(field), value, text));
  }
}

/** Types of metrics and the fields that hold them, in the order in which they are looked at. */
const SOURCES = { Object: 'object', External: 'external', Pods: 'pods', Resource: 'resource', ContainerResource: 'containerResource' } as const;
const METRIC_TYPES = Object.keys(SOURCES).sort();

function checkMetric(metric: V2MetricSpec, path: Path, errors: FieldError[]): void {
  const unknown = notSupported(path.child('type'), metric.type ?? '', METRIC_TYPES);
  const known = METRIC_TYPES.includes(metric.type);
  if (!metric.type) errors.push(required(path.child('type'), 'must specify a metric source type'));
  if (!known) errors.push(unknown);
  const present = Object.values(SOURCES).filter((field) => metric[field] !== undefined);
  const [first] = present;
  if (first) checkSource(metric, first, path.child(first), errors);
  const wanted = known ? SOURCES[metric.type as keyof typeof SOURCES] : undefined;
  if (!wanted) errors.push(unknown);
  else if (metric[wanted] === undefined) errors.push(required(path.child(wanted), 'must populate information for the given metric source'));
  if (present.length !== 1) for (const field of present) if (field !== wanted) errors.push(forbidden(path.child(field), 'must populate the given metric source only'));
}

function checkSource(metric: V2MetricSpec, field: (typeof SOURCES)[keyof typeof SOURCES], path: Path, errors: FieldError[]): void {
  switch (field) {
    case 'object': {
      const { describedObject, metric: id, target } = metric.object ?? {};
      checkReference(describedObject, path.child('describedObject'), errors);
      checkIdentifier(id, path.child('metric'), errors);
      checkTarget(target, path.child('target'), errors);
      if (target?.value === undefined && target?.averageValue === undefined) errors.push(required(path.child('target', 'averageValue'), 'must set either a target value or averageValue'));
      return;
    }
    case 'external': {
      const { metric: id, target } = metric.external ?? {};
      checkIdentifier(id, path.child('metric'), errors);
      checkTarget(target, path.child('target'), errors);
      if (target?.value === undefined && target?.averageValue === undefined) errors.push(required(path.child('target', 'averageValue'), 'must set either a target value for metric or a per-pod target'));
      if (target?.value !== undefined && target.averageValue !== undefined) errors.push(forbidden(path.child('target', 'value'), 'may not set both a target value for metric and a per-pod target'));
      return;
    }
    case 'pods': {
      const { metric: id, target } = metric.pods ?? {};
      checkIdentifier(id, path.child('metric'), errors);
      checkTarget(target, path.child('target'), errors);
      if (target?.averageValue === undefined) errors.push(required(path.child('target', 'averageValue'), 'must specify a positive target averageValue'));
      return;
    }
    case 'resource':
      if (!metric.resource?.name) errors.push(required(path.child('name'), 'must specify a resource name'));
      return checkUtilization(metric.resource?.target, path.child('target'), errors);
    case 'containerResource': {
      const { name, container, target } = metric.containerResource ?? {};
      if (!name) errors.push(required(path.child('name'), 'must specify a resource name'));
      else checkContainerResourceName(name, path.child('name'), errors);
      if (!container) errors.push(required(path.child('container'), 'must specify a container'));
      else checkDnsLabel(container, path.child('container'), errors);
      return checkUtilization(target, path.child('target'), errors);
    }
  }
}

function checkUtilization(target: V2MetricTarget | undefined, path: Path, errors: FieldError[]): void {
  checkTarget(target, path, errors);
  const { averageUtilization, averageValue } = target ?? {};
  if (averageUtilization === undefined && averageValue === undefined) errors.push(required(path.child('averageUtilization'), 'must set either a target raw value or a target utilization'));
  if (averageUtilization !== undefined && averageValue !== undefined) errors.push(forbidden(path.child('averageValue'), 'may not set both a target raw value and a target utilization'));
}

function checkIdentifier(id: { readonly name?: string; readonly selector?: object } | undefined, path: Path, errors: FieldError[]): void {
  if (!id?.name) errors.push(required(path.child('name'), 'must specify a metric name'));
  else for (const text of nameIsPathSegment(id.name, false)) errors.push(invalid(path.child('name'), id.name, text));
  checkLabelSelector(id?.selector, path.child('selector'), errors);
}

function checkTarget(target: V2MetricTarget | undefined, path: Path, errors: FieldError[]): void {
  const type = target?.type ?? '';
  if (!type) errors.push(required(path.child('type'), 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) errors.push(invalid(path.child('type'), type, 'must be either Utilization, Value, or AverageValue'));
  for (const field of ['value', 'averageValue'] as const) {
    const text = target?.[field];
    if (text !== undefined && quantityOf(text).nano <= 0n) errors.push(invalid(path.child(field), new GoValue(quantityOf(text).toString()), 'must be positive'));
  }
  if (target?.averageUtilization !== undefined && target.averageUtilization < 1) errors.push(invalid(path.child('averageUtilization'), target.averageUtilization, 'must be greater than 0'));
}

/** Seconds. */
const MAX_WINDOW = 3600;
const MAX_PERIOD = 1800;

function checkRules(rules: V2HPAScalingRules | undefined, path: Path, errors: FieldError[]): void {
  if (!rules) return;
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [], tolerance } = rules;
  if (window < 0) errors.push(invalid(path.child('stabilizationWindowSeconds'), window, 'must be greater than or equal to zero'));
  if (window > MAX_WINDOW) errors.push(invalid(path.child('stabilizationWindowSeconds'), window, `must be less than or equal to ${MAX_WINDOW}`));
  if (selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(selectPolicy)) errors.push(notSupported(path.child('selectPolicy'), selectPolicy, ['Disabled', 'Max', 'Min']));
  if (policies.length === 0) errors.push(required(path.child('policies'), 'must specify at least one Policy'));
  policies.forEach(({ type, value = 0, periodSeconds = 0 }, i) => {
    const at = path.child('policies').index(i);
    if (type !== 'Pods' && type !== 'Percent') errors.push(notSupported(at.child('type'), type ?? '', ['Percent', 'Pods']));
    if (value <= 0) errors.push(invalid(at.child('value'), value, 'must be greater than zero'));
    if (periodSeconds <= 0) errors.push(invalid(at.child('periodSeconds'), periodSeconds, 'must be greater than zero'));
    if (periodSeconds > MAX_PERIOD) errors.push(invalid(at.child('periodSeconds'), periodSeconds, `must be less than or equal to ${MAX_PERIOD}`));
  });
  if (tolerance !== undefined && quantityOf(tolerance).nano < 0n) errors.push(invalid(path.child('tolerance'), new GoValue(`"${quantityOf(tolerance).toString()}"`), 'must be greater than or equal to 0'));
}
