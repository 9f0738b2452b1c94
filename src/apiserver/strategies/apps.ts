/** Strategies of the apps and batch groups and of ReplicationController. Follows kubernetes pkg/registry/{apps,batch,core}/<kind>/strategy.go. */
import type { ControllerRevision, CronJob, DaemonSet, Deployment, Job, JobSpec, PodTemplate, PodTemplateSpec, ReplicaSet, ReplicationController, StatefulSet } from '../../api/generated/types.ts';
import { draft, equal, type Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import type { Strategy } from '../strategy.ts';
import { defaultCronJob, defaultDaemonSet, defaultDeployment, defaultJob, defaultReplicaSet, defaultReplicationController, defaultStatefulSet } from '../defaults/apps.ts';
import { defaultPodTemplate } from '../defaults/pod.ts';
import { validateCronJob, validateCronJobUpdate } from '../validation/cron-job.ts';
import { Path, required, type FieldError } from '../validation/field.ts';
import { checkNonnegative, nameIsDnsLabel } from '../validation/formats.ts';
import { validateJob, validateJobUpdate } from '../validation/job.ts';
import { validateJobStatus } from '../validation/job-status.ts';
import { checkImmutable } from '../validation/metadata.ts';
import { validateDaemonSet, validateDaemonSetUpdate, validateDeployment, validateDeploymentUpdate, validatePodTemplateObject, validateReplicaSet, validateReplicaSetUpdate, validateReplicationController, validateStatefulSet, validateStatefulSetUpdate } from '../validation/workloads.ts';
import { validateDaemonSetStatus, validateDeploymentStatus, validateReplicaSetStatus, validateStatefulSetStatus } from '../validation/workload-status.ts';
import { keepMeta, keepStatus, raiseGeneration, startsWith } from './common.ts';
import { templateWarnings } from './pod-warnings.ts';
import { claimSpecWarnings, nameWarnings, TEMPLATE_NAME_USE } from './warnings.ts';

const TEMPLATE = Path.of('spec', 'template');
const CLAIMS = Path.of('spec', 'volumeClaimTemplates');

interface WithTemplate extends KubeObject {
  readonly spec?: { readonly template?: PodTemplateSpec };
}

/** Warnings on a new object, and on one whose spec changed. */
function workloadWarnings(object: WithTemplate, old: WithTemplate | undefined, named: boolean): string[] {
  if (old && equal(object.spec, old.spec)) return [];
  return [...(named && !old ? nameWarnings(object.metadata?.name, TEMPLATE_NAME_USE) : []), ...templateWarnings(object.spec?.template, TEMPLATE)];
}

export const deploymentStrategy: Strategy<Deployment> = {
  applyDefaults: defaultDeployment,
  prepareForCreate: startsWith(() => ({})),
  prepareForUpdate(deployment, old) {
    keepStatus(deployment, old);
    // A Deployment's annotations count as its spec: they are copied to its ReplicaSets.
    if (!equal(deployment.metadata?.annotations, old.metadata?.annotations)) raiseGeneration(deployment, old);
  },
  // What a Deployment's labels are is not for its status to say.
  prepareForStatusUpdate: (deployment, old) => keepMeta(deployment, old, ['labels']),
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateStatusUpdate: validateDeploymentStatus,
  warnings: (deployment, old) => workloadWarnings(deployment, old, true),
};

export const replicaSetStrategy: Strategy<ReplicaSet> = {
  applyDefaults: defaultReplicaSet,
  prepareForCreate: startsWith(() => ({ replicas: 0 })),
  prepareForUpdate: keepStatus,
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateStatusUpdate: validateReplicaSetStatus,
  warnings: (replicaSet, old) => workloadWarnings(replicaSet, old, true),
};

export const statefulSetStrategy: Strategy<StatefulSet> = {
  applyDefaults: defaultStatefulSet,
  prepareForCreate: startsWith(() => ({ replicas: 0, availableReplicas: 0 })),
  prepareForUpdate: keepStatus,
  validateName: nameIsDnsLabel,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatus,
  warnings(statefulSet, old) {
    const warnings = workloadWarnings(statefulSet, old, false);
    if (!old || !equal(statefulSet.spec, old.spec)) (statefulSet.spec?.volumeClaimTemplates ?? []).forEach((claim, i) => claimSpecWarnings(claim.spec, CLAIMS.index(i), warnings));
    if ((statefulSet.spec?.revisionHistoryLimit ?? 0) < 0) warnings.push('spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended');
    return warnings;
  },
};

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

export const daemonSetStrategy: Strategy<DaemonSet> = {
  applyDefaults: defaultDaemonSet,
  prepareForCreate(daemonSet) {
    daemonSet.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
    // The generation of the template alone, which only the old API shows as a field; clients read the annotation.
    const meta = (daemonSet.metadata ??= {});
    const annotations = (meta.annotations ??= {});
    annotations[TEMPLATE_GENERATION] = String(Math.max(1, Number(annotations[TEMPLATE_GENERATION] ?? 1) || 1));
  },
  prepareForUpdate(daemonSet, old) {
    keepStatus(daemonSet, old);
    const generation = Number(old.metadata?.annotations?.[TEMPLATE_GENERATION] ?? '0');
    const meta = (daemonSet.metadata ??= {});
    (meta.annotations ??= {})[TEMPLATE_GENERATION] = String(equal(daemonSet.spec?.template, old.spec?.template) ? generation : generation + 1);
  },
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateStatusUpdate: validateDaemonSetStatus,
  warnings: (daemonSet, old) => workloadWarnings(daemonSet, old, false),
};

export const replicationControllerStrategy: Strategy<ReplicationController> = {
  applyDefaults: defaultReplicationController,
  prepareForCreate: startsWith(() => ({ replicas: 0 })),
  prepareForUpdate: keepStatus,
  validate: validateReplicationController,
  validateUpdate: validateReplicationController,
  validateStatusUpdate: validateReplicaSetStatus,
  warnings: (controller, old) => workloadWarnings(controller, old, true),
  selectableFields: (controller) => ({ 'status.replicas': String(controller.status?.replicas ?? 0) }),
  defaultPropagation: 'Orphan',
};

export const podTemplateStrategy: Strategy<PodTemplate> = {
  applyDefaults: defaultPodTemplate,
  validate: validatePodTemplateObject,
  validateUpdate: validatePodTemplateObject,
  warnings: (podTemplate) => templateWarnings(podTemplate.template, Path.of('template')),
  allowCreateOnUpdate: true,
  keepsGeneration: true,
};

function validateRevision(revision: ControllerRevision): FieldError[] {
  const errors = revision.data === undefined || revision.data === null ? [required('data', 'data is mandatory')] : [];
  checkNonnegative(revision.revision, Path.of('revision'), errors);
  return errors;
}

export const controllerRevisionStrategy: Strategy<ControllerRevision> = {
  validate: validateRevision,
  validateUpdate(revision, old) {
    const errors = validateRevision(revision);
    checkImmutable(revision.data, old.data, Path.of('data'), errors);
    return errors;
  },
};

const MANY_COMPLETIONS = 100_000;
const MANY_AT_A_TIME = 10_000;

/** pkg/api/job/warnings.go. */
function jobSpecWarnings(spec: JobSpec | undefined, path: Path): string[] {
  const isMuch = spec?.completionMode === 'Indexed' && (spec.completions ?? 0) > MANY_COMPLETIONS && (spec.parallelism ?? 0) > MANY_AT_A_TIME;
  const text = 'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
  return [...(isMuch ? [`${path}: ${text}`] : []), ...templateWarnings(spec?.template, path.child('template'))];
}

/** Labels by which a job finds its pods; the names without a domain are the older ones. */
const UID_LABELS = ['controller-uid', 'batch.kubernetes.io/controller-uid'];
const NAME_LABELS = ['job-name', 'batch.kubernetes.io/job-name'];

/** A job's selector is its uid, unless it brings its own (generateSelector). */
function generateSelector(job: Draft<Job>): void {
  const { spec, metadata: meta } = job;
  if (!spec || !meta?.uid || spec.manualSelector) return;
  const template = (spec.template ??= {});
  const templateMeta = (template.metadata ??= {});
  // A job without labels takes its template's, now and with what is added here.
  const inherits = Object.keys(meta.labels ?? {}).length === 0 || equal(meta.labels, templateMeta.labels);
  const labels = (templateMeta.labels ??= {});
  for (const key of NAME_LABELS) labels[key] ??= meta.name ?? '';
  for (const key of UID_LABELS) labels[key] ??= meta.uid;
  const selector = (spec.selector ??= {});
  (selector.matchLabels ??= {})['batch.kubernetes.io/controller-uid'] ??= meta.uid;
  if (inherits) meta.labels = draft(labels);
}

export const jobStrategy: Strategy<Job> = {
  applyDefaults: defaultJob,
  prepareForCreate(job) {
    job.status = {};
    generateSelector(job);
  },
  prepareForUpdate: keepStatus,
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  warnings(job, old) {
    if (old && equal(job.spec, old.spec)) return [];
    return [...(old ? [] : nameWarnings(job.metadata?.name, TEMPLATE_NAME_USE)), ...jobSpecWarnings(job.spec, Path.of('spec'))];
  },
  selectableFields: (job) => ({ 'status.successful': String(job.status?.succeeded ?? 0) }),
  unknownField: (field) => `field label ${goQuote(field)} not supported for Job`,
  // batch/v1 keeps to what Jobs did before there was garbage collection.
  defaultPropagation: 'Orphan',
};

export const cronJobStrategy: Strategy<CronJob> = {
  applyDefaults: defaultCronJob,
  prepareForCreate: startsWith(() => ({})),
  prepareForUpdate: keepStatus,
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings(cronJob, old) {
    if (old && equal(cronJob.spec, old.spec)) return [];
    return [...(old ? [] : nameWarnings(cronJob.metadata?.name, TEMPLATE_NAME_USE)), ...jobSpecWarnings(cronJob.spec?.jobTemplate.spec, Path.of('spec', 'jobTemplate', 'spec'))];
  },
};
