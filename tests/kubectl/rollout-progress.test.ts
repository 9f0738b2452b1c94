import type { DaemonSet, Deployment, StatefulSet } from '../../src/api/generated/types.ts';
import { daemonSetProgress, deploymentProgress, statefulSetProgress } from '../../src/kubectl/commands/rollout/progress.ts';

const deployment = (status: object, more: object = {}): Deployment =>
  ({ metadata: { name: 'web', generation: 2, annotations: { 'deployment.kubernetes.io/revision': '4' } }, spec: { replicas: 3, ...more }, status: { observedGeneration: 2, ...status } }) as unknown as Deployment;
const daemonSet = (status: object, type = 'RollingUpdate'): DaemonSet => ({ metadata: { name: 'agent', generation: 1 }, spec: { updateStrategy: { type } }, status: { observedGeneration: 1, ...status } }) as unknown as DaemonSet;
const statefulSet = (status: object, strategy: object = { type: 'RollingUpdate' }): StatefulSet =>
  ({ metadata: { name: 'db', generation: 1 }, spec: { replicas: 3, updateStrategy: strategy }, status: { observedGeneration: 1, ...status } }) as unknown as StatefulSet;

describe('a deployment', () => {
  it.each([
    [{ observedGeneration: 1 }, 'Waiting for deployment spec update to be observed...', false],
    [{ updatedReplicas: 1 }, 'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...', false],
    [{ updatedReplicas: 3, replicas: 4 }, 'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...', false],
    [{ updatedReplicas: 3, replicas: 3, availableReplicas: 2 }, 'Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...', false],
    [{ updatedReplicas: 3, replicas: 3, availableReplicas: 3 }, 'deployment "web" successfully rolled out', true],
  ])('%j', (status, text, done) => expect(deploymentProgress(deployment(status), 0)).toEqual({ text: `${text}\n`, done }));

  it('fails after its deadline', () =>
    expect(() => deploymentProgress(deployment({ conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }), 0)).toThrow('deployment "web" exceeded its progress deadline'));
  it('fails where another revision runs', () => expect(() => deploymentProgress(deployment({}), 3)).toThrow('desired revision (3) is different from the running revision (4)'));
  it('takes the revision that runs', () => expect(deploymentProgress(deployment({ updatedReplicas: 3, replicas: 3, availableReplicas: 3 }), 4).done).toBe(true));
});

describe('a daemon set', () => {
  it.each([
    [{ observedGeneration: 0 }, 'Waiting for daemon set spec update to be observed...', false],
    [{ updatedNumberScheduled: 1, desiredNumberScheduled: 3 }, 'Waiting for daemon set "agent" rollout to finish: 1 out of 3 new pods have been updated...', false],
    [{ updatedNumberScheduled: 3, desiredNumberScheduled: 3, numberAvailable: 2 }, 'Waiting for daemon set "agent" rollout to finish: 2 of 3 updated pods are available...', false],
    [{ updatedNumberScheduled: 3, desiredNumberScheduled: 3, numberAvailable: 3 }, 'daemon set "agent" successfully rolled out', true],
  ])('%j', (status, text, done) => expect(daemonSetProgress(daemonSet(status))).toEqual({ text: `${text}\n`, done }));

  it('must be rolling', () => expect(() => daemonSetProgress(daemonSet({}, 'OnDelete'))).toThrow('rollout status is only available for RollingUpdate strategy type'));
});

describe('a stateful set', () => {
  it.each([
    [{ observedGeneration: 0 }, undefined, 'Waiting for statefulset spec update to be observed...', false],
    [{ readyReplicas: 1 }, undefined, 'Waiting for 2 pods to be ready...', false],
    [{ readyReplicas: 3, updatedReplicas: 1, updateRevision: 'b', currentRevision: 'a' }, undefined, 'waiting for statefulset rolling update to complete 1 pods at revision b...', false],
    [{ readyReplicas: 3, currentReplicas: 3, updateRevision: 'b', currentRevision: 'b' }, undefined, 'statefulset rolling update complete 3 pods at revision b...', true],
    [{ readyReplicas: 3, updatedReplicas: 0 }, { type: 'RollingUpdate', rollingUpdate: { partition: 2 } }, 'Waiting for partitioned roll out to finish: 0 out of 1 new pods have been updated...', false],
    [{ readyReplicas: 3, updatedReplicas: 1 }, { type: 'RollingUpdate', rollingUpdate: { partition: 2 } }, 'partitioned roll out complete: 1 new pods have been updated...', true],
  ])('%j', (status, strategy, text, done) => expect(statefulSetProgress(statefulSet(status, strategy))).toEqual({ text: `${text}\n`, done }));

  it('must be rolling', () => expect(() => statefulSetProgress(statefulSet({}, { type: 'OnDelete' }))).toThrow('rollout status is only available for RollingUpdate strategy type'));
});
