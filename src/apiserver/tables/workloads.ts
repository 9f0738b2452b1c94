/** How the kinds of apps, batch, autoscaling and policy are shown. Follows kubernetes pkg/printers/internalversion/printers.go. */
import { findCondition } from '../../api/conditions.ts';
import { humanDuration } from '../../api/duration.ts';
import type * as model from '../../api/generated/types.ts';
import { parseTime } from '../../api/time.ts';
import { AGE, ageOf, column, createdAge, formatLabels, NAME, nameOf, wide, type Printer, type RowContext } from './table.ts';
import { formatSelector, formatTemplate, templateColumns } from './templates.ts';

const deploymentPrinter: Printer<model.Deployment> = {
  columns: [NAME, column('Ready'), column('Up-to-date'), column('Available'), AGE, ...templateColumns, wide('Selector')],
  row: (object, context) => [
    nameOf(object), `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`, object.status?.updatedReplicas ?? 0, object.status?.availableReplicas ?? 0, createdAge(object, context),
    ...formatTemplate(object.spec?.template?.spec), object.spec?.selector && !isEmpty(object.spec.selector) ? formatSelector(object.spec.selector) : '',
  ],
};

const isEmpty = ({ matchLabels, matchExpressions }: model.LabelSelector): boolean => Object.keys(matchLabels ?? {}).length === 0 && !matchExpressions?.length;

const replicaSetPrinter: Printer<model.ReplicaSet> = {
  columns: [NAME, column('Desired', 'integer'), column('Current', 'integer'), column('Ready', 'integer'), AGE, ...templateColumns, wide('Selector')],
  row: (object, context) => [
    nameOf(object), object.spec?.replicas ?? 0, object.status?.replicas ?? 0, object.status?.readyReplicas ?? 0, createdAge(object, context),
    ...formatTemplate(object.spec?.template?.spec), formatSelector(object.spec?.selector),
  ],
};

const statefulSetPrinter: Printer<model.StatefulSet> = {
  columns: [NAME, column('Ready'), AGE, ...templateColumns],
  row: (object, context) => [nameOf(object), `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`, createdAge(object, context), ...formatTemplate(object.spec?.template?.spec)],
};

const daemonSetPrinter: Printer<model.DaemonSet> = {
  columns: [
    NAME, column('Desired', 'integer'), column('Current', 'integer'), column('Ready', 'integer'), column('Up-to-date', 'integer'), column('Available', 'integer'), column('Node Selector'), AGE,
    ...templateColumns, wide('Selector'),
  ],
  row: (object, context) => [
    nameOf(object), object.status?.desiredNumberScheduled ?? 0, object.status?.currentNumberScheduled ?? 0, object.status?.numberReady ?? 0, object.status?.updatedNumberScheduled ?? 0,
    object.status?.numberAvailable ?? 0, formatLabels(object.spec?.template?.spec?.nodeSelector), createdAge(object, context), ...formatTemplate(object.spec?.template?.spec), formatSelector(object.spec?.selector),
  ],
};

function jobStatus(job: model.Job): string {
  for (const type of ['Complete', 'Failed']) if (findCondition(job.status?.conditions, type)?.status === 'True') return type;
  if (job.metadata?.deletionTimestamp) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget']) if (findCondition(job.status?.conditions, type)?.status === 'True') return type;
  return 'Running';
}

function jobCompletions(job: model.Job): string {
  const succeeded = job.status?.succeeded ?? 0;
  if (job.spec?.completions !== undefined) return `${succeeded}/${job.spec.completions}`;
  const parallelism = job.spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: model.Job, { nowMs }: RowContext): string {
  const start = parseTime(job.status?.startTime);
  if (start === undefined) return '';
  return humanDuration((parseTime(job.status?.completionTime) ?? nowMs) - start);
}

const jobPrinter: Printer<model.Job> = {
  columns: [NAME, column('Status'), column('Completions'), column('Duration'), AGE, ...templateColumns, wide('Selector')],
  row: (object, context) => [
    nameOf(object), jobStatus(object), jobCompletions(object), jobDuration(object, context), createdAge(object, context), ...formatTemplate(object.spec?.template?.spec), formatSelector(object.spec?.selector),
  ],
};

const cronJobPrinter: Printer<model.CronJob> = {
  columns: [NAME, column('Schedule'), column('Timezone'), column('Suspend', 'boolean'), column('Active', 'integer'), column('Last Schedule'), AGE, ...templateColumns, wide('Selector')],
  row: (object, context) => [
    nameOf(object), object.spec?.schedule ?? '', object.spec?.timeZone ?? '<none>', object.spec?.suspend === undefined ? '<unset>' : object.spec.suspend ? 'True' : 'False', object.status?.active?.length ?? 0,
    object.status?.lastScheduleTime ? ageOf(object.status.lastScheduleTime, context) : '<none>', createdAge(object, context),
    ...formatTemplate(object.spec?.jobTemplate?.spec?.template.spec), formatSelector(object.spec?.jobTemplate?.spec?.selector),
  ],
};

const UNKNOWN = '<unknown>';

function targetOf(target: model.V2MetricTarget, current: model.V2MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target.value ?? '<auto>'}`;
}

/** "cpu: 12%/50%, memory: <unknown>/100Mi + 1 more..." (formatHPAMetrics). */
function hpaTargets(specs: readonly model.V2MetricSpec[] | undefined, statuses: readonly model.V2MetricStatus[] | undefined): string {
  if (!specs || specs.length === 0) return '<none>';
  const max = 2;
  const list = specs.map((spec, index): string => {
    const status = statuses?.[index];
    switch (spec.type) {
      case 'External':
        return spec.external ? targetOf(spec.external.target, status?.external?.current) : '<unknown type>';
      case 'Pods':
        return spec.pods ? `${status?.pods?.current.averageValue ?? UNKNOWN}/${spec.pods.target.averageValue ?? '<auto>'}` : '<unknown type>';
      case 'Object':
        return spec.object ? targetOf(spec.object.target, status?.object?.current) : '<unknown type>';
      case 'Resource':
      case 'ContainerResource': {
        const metric = spec.type === 'Resource' ? spec.resource : spec.containerResource;
        const current = spec.type === 'Resource' ? status?.resource?.current : status?.containerResource?.current;
        if (!metric) return '<unknown type>';
        if (metric.target.averageValue !== undefined) return `${metric.name}: ${current?.averageValue ?? UNKNOWN}/${metric.target.averageValue}`;
        const used = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`;
        return `${metric.name}: ${used}/${metric.target.averageUtilization === undefined ? '<auto>' : `${metric.target.averageUtilization}%`}`;
      }
      default:
        return '<unknown type>';
    }
  });
  const shown = list.slice(0, max).join(', ');
  return list.length > max ? `${shown} + ${list.length - max} more...` : shown;
}

const autoscalerColumns = [NAME, column('Reference'), column('Targets'), column('MinPods'), column('MaxPods'), column('Replicas'), AGE];

const autoscalerPrinter: Printer<model.V2HorizontalPodAutoscaler> = {
  columns: autoscalerColumns,
  row: (object, context) => [
    nameOf(object), `${object.spec?.scaleTargetRef?.kind ?? ''}/${object.spec?.scaleTargetRef?.name ?? ''}`, hpaTargets(object.spec?.metrics, object.status?.currentMetrics),
    object.spec?.minReplicas === undefined ? '<unset>' : String(object.spec.minReplicas), object.spec?.maxReplicas ?? 0, object.status?.currentReplicas ?? 0, createdAge(object, context),
  ],
};

const autoscalerV1Printer: Printer<model.HorizontalPodAutoscaler> = {
  columns: autoscalerColumns,
  row(object, context) {
    const target = object.spec?.targetCPUUtilizationPercentage;
    const current = object.status?.currentCPUUtilizationPercentage;
    return [
      nameOf(object), `${object.spec?.scaleTargetRef?.kind ?? ''}/${object.spec?.scaleTargetRef?.name ?? ''}`, target === undefined ? '<none>' : `cpu: ${current === undefined ? UNKNOWN : `${current}%`}/${target}%`,
      object.spec?.minReplicas === undefined ? '<unset>' : String(object.spec.minReplicas), object.spec?.maxReplicas ?? 0, object.status?.currentReplicas ?? 0, createdAge(object, context),
    ];
  },
};

const budgetPrinter: Printer<model.PodDisruptionBudget> = {
  columns: [NAME, column('Min Available'), column('Max Unavailable'), column('Allowed Disruptions', 'integer'), AGE],
  row: (object, context) => [
    nameOf(object), object.spec?.minAvailable === undefined ? 'N/A' : String(object.spec.minAvailable), object.spec?.maxUnavailable === undefined ? 'N/A' : String(object.spec.maxUnavailable),
    object.status?.disruptionsAllowed ?? 0, createdAge(object, context),
  ],
};

export const WORKLOAD_PRINTERS = {
  'deployments.apps': deploymentPrinter,
  'replicasets.apps': replicaSetPrinter,
  'statefulsets.apps': statefulSetPrinter,
  'daemonsets.apps': daemonSetPrinter,
  'controllerrevisions.apps': {
    columns: [NAME, column('Controller'), column('Revision'), AGE],
    row(object, context) {
      const owner = object.metadata?.ownerReferences?.find(({ controller }) => controller);
      const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
      return [nameOf(object), owner ? `${owner.kind.toLowerCase()}${group}/${owner.name}` : '<none>', object.revision, createdAge(object, context)];
    },
  } satisfies Printer<model.ControllerRevision>,
  'jobs.batch': jobPrinter,
  'cronjobs.batch': cronJobPrinter,
  'v2/horizontalpodautoscalers.autoscaling': autoscalerPrinter,
  'v1/horizontalpodautoscalers.autoscaling': autoscalerV1Printer,
  'poddisruptionbudgets.policy': budgetPrinter,
} as const;
