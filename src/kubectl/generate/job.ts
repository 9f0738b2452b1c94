/** `create job` and `create cronjob` (kubectl pkg/cmd/create/create_job.go, create_cronjob.go). */
import type { CronJob } from '../../api/generated/types.ts';
import { draft } from '../../api/json.ts';
import { newMeta, optional, type Generated } from './object.ts';

export interface JobRequest {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly command: readonly string[];
}

const podTemplate = ({ name, image, command }: JobRequest, restartPolicy: string): object => ({
  metadata: { creationTimestamp: null },
  spec: { containers: [{ name, image, ...optional('command', command), resources: {} }], restartPolicy },
});

export function newJob(request: JobRequest): Generated {
  return { kind: 'Job', apiVersion: 'batch/v1', metadata: newMeta(request.name, request.namespace), spec: { template: podTemplate(request, 'Never') }, status: {} };
}

export function newCronJob(request: JobRequest & { readonly schedule: string; readonly restart: string }): Generated {
  const { name, namespace, schedule, restart } = request;
  return {
    kind: 'CronJob',
    apiVersion: 'batch/v1',
    metadata: newMeta(name, namespace),
    spec: { schedule, jobTemplate: { metadata: newMeta(name), spec: { template: podTemplate(request, restart) } } },
    status: {},
  };
}

/** A Job as the CronJob would make it now. */
export function newJobFromCronJob(name: string, namespace: string, cronJob: CronJob): Generated {
  const { metadata: from, spec: { jobTemplate } } = cronJob as CronJob & { readonly spec: NonNullable<CronJob['spec']> };
  const { labels, annotations } = draft(jobTemplate.metadata ?? {});
  const metadata = newMeta(name, namespace, { labels: labels ?? {}, annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations } });
  metadata.ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: from?.name ?? '', uid: from?.uid ?? '', controller: true }];
  return { kind: 'Job', apiVersion: 'batch/v1', metadata, spec: draft(jobTemplate.spec ?? {}), status: {} };
}
