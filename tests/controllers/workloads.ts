/** Workload objects for the controllers' tests, and a stand-in for scheduler and kubelet. */
import { freeze } from '../../src/api/json.ts';
import type { Deployment, DeploymentSpec, Pod, PodTemplateSpec, ReplicaSet, ReplicaSetSpec } from '../../src/api/generated/types.ts';
import { PODS } from '../../src/api/kinds.ts';
import type { Stored } from '../../src/api/object.ts';
import { formatTime } from '../../src/api/time.ts';
import type { TestContext } from '../support/test-context.ts';

export function template(image = 'nginx:1.27', labels: Record<string, string> = { app: 'web' }): PodTemplateSpec {
  return { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } };
}

/** A Deployment as the API server would have defaulted it. */
export function deployment(spec: Partial<DeploymentSpec> = {}, name = 'web'): Deployment & { apiVersion: string; kind: string } {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'default', name, labels: { app: 'web' } },
    spec: {
      replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template(), progressDeadlineSeconds: 600, revisionHistoryLimit: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }, ...spec,
    },
  };
}

export function replicaSet(spec: Partial<ReplicaSetSpec> = {}, name = 'web'): ReplicaSet & { apiVersion: string; kind: string } {
  return {
    apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { namespace: 'default', name },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
  };
}

/** An object as it would have been read: with the metadata that the API server fills in. */
export function stored<T>(object: T & { metadata?: object }, metadata: Record<string, unknown> = {}): Stored<T> {
  return freeze({ apiVersion: 'v1', kind: 'Pod', ...object, metadata: { name: 'x', uid: 'uid-x', resourceVersion: '1', creationTimestamp: '2025-01-01T00:00:00Z', ...object.metadata, ...metadata } }) as unknown as Stored<T>;
}

/** A running pod's status. */
export function runningStatus(ready: boolean, since: string, restartCount = 0): NonNullable<Pod['status']> {
  return {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: since }],
    containerStatuses: [{ name: 'web', image: 'nginx', imageID: '', ready, restartCount }],
  };
}

/** Plays scheduler and kubelet once: every pod that is not on its way out runs and is ready; those that are go. */
export async function runPods({ api, clock, settle }: TestContext, ready: (pod: Stored<Pod>) => boolean = () => true): Promise<void> {
  for (const pod of api.list(PODS)) {
    const { namespace, name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp) api.remove(PODS, namespace, name);
    else if (pod.status?.phase === 'Pending' && ready(pod)) {
      api.change(PODS, namespace, name, (changed) => Object.assign(changed, { spec: { ...changed.spec, nodeName: 'node-1' }, status: runningStatus(true, formatTime(clock.now())) }));
    }
  }
  await settle();
}
