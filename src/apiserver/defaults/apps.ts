/** Defaults of the apps and batch groups and of ReplicationController. Follows kubernetes pkg/apis/{apps,batch,core}/v1/defaults.go. */
import type { CronJob, DaemonSet, Deployment, Job, PersistentVolumeClaim, ReplicaSet, ReplicationController, StatefulSet } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { omitEmpty, templateMeta } from './omit.ts';
import { defaultPodTemplate } from './pod.ts';
import { defaultClaim } from './storage.ts';

/** A missing spec is an empty one; its required parts are validation's business. */
function specOf<T extends { spec?: object }>(object: T): NonNullable<T['spec']> {
  return (object.spec ??= {}) as NonNullable<T['spec']>;
}

export function defaultDeployment(deployment: Draft<Deployment>): void {
  const spec = specOf(deployment);
  defaultPodTemplate(spec);
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  omitEmpty(spec, 'minReadySeconds', 'paused');
  const strategy = (spec.strategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = (strategy.rollingUpdate ??= {});
    rollingUpdate.maxUnavailable ??= '25%';
    rollingUpdate.maxSurge ??= '25%';
  }
}

export function defaultReplicaSet(replicaSet: Draft<ReplicaSet>): void {
  const spec = specOf(replicaSet);
  defaultPodTemplate(spec);
  spec.replicas ??= 1;
  omitEmpty(spec, 'minReadySeconds');
}

export function defaultStatefulSet(statefulSet: Draft<StatefulSet>): void {
  const spec = specOf(statefulSet);
  defaultPodTemplate(spec);
  spec.podManagementPolicy ||= 'OrderedReady';
  const strategy = (spec.updateStrategy ??= {});
  if (!strategy.type) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
  // MaxUnavailableStatefulSet is switched off in v1.33.
  if (strategy.rollingUpdate) delete strategy.rollingUpdate.maxUnavailable;
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  retention.whenDeleted ||= 'Retain';
  retention.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  omitEmpty(spec, 'minReadySeconds', 'volumeClaimTemplates');
  for (const claim of spec.volumeClaimTemplates ?? []) defaultClaimTemplate(claim);
}

function defaultClaimTemplate(claim: Draft<PersistentVolumeClaim>): void {
  claim.apiVersion = 'v1';
  claim.kind = 'PersistentVolumeClaim';
  templateMeta(claim);
  defaultClaim(claim);
}

export function defaultDaemonSet(daemonSet: Draft<DaemonSet>): void {
  const spec = specOf(daemonSet);
  defaultPodTemplate(spec);
  const strategy = (spec.updateStrategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = (strategy.rollingUpdate ??= {});
    rollingUpdate.maxUnavailable ??= 1;
    rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  omitEmpty(spec, 'minReadySeconds');
}

export function defaultReplicationController(controller: Draft<ReplicationController>): void {
  const spec = specOf(controller);
  const labels = spec.template?.metadata?.labels;
  if (labels) {
    if (isEmpty(spec.selector)) spec.selector = { ...labels };
    const meta = (controller.metadata ??= {});
    if (isEmpty(meta.labels)) meta.labels = { ...labels };
  }
  if (spec.template) defaultPodTemplate(spec);
  spec.replicas ??= 1;
  omitEmpty(spec, 'minReadySeconds');
}

const isEmpty = (map: object | undefined): boolean => map === undefined || Object.keys(map).length === 0;

export function defaultJob(job: Draft<Job>): void {
  const spec = specOf(job);
  defaultPodTemplate(spec);
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2147483647;
  const labels = spec.template.metadata?.labels;
  const meta = (job.metadata ??= {});
  if (labels && isEmpty(meta.labels)) meta.labels = { ...labels };
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  }
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
}

export function defaultCronJob(cronJob: Draft<CronJob>): void {
  const spec = specOf(cronJob);
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  const jobTemplate = (spec.jobTemplate ??= {});
  templateMeta(jobTemplate);
  defaultPodTemplate(specOf(jobTemplate));
}
