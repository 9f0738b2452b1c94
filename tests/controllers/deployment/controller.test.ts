import type { DeploymentSpec } from '../../../src/api/generated/types.ts';
import { DEPLOYMENTS, EVENTS, PODS, REPLICASETS } from '../../../src/api/kinds.ts';
import { controllerOf } from '../../../src/api/object.ts';
import { forbidden } from '../../../src/api/status.ts';
import { deploymentController } from '../../../src/controllers/deployment/controller.ts';
import { replicaSetController } from '../../../src/controllers/replicaset/controller.ts';
import { testContext } from '../../support/fake-api.ts';
import type { TestContext } from '../../support/fake-api.ts';
import { deployment, replicaSet, runPods, template } from '../workloads.ts';

let test: TestContext;
beforeEach(() => {
  test = testContext({ component: 'deployment-controller' });
});
afterEach(() => test.stop());

const web = () => test.api.get(DEPLOYMENTS, 'default', 'web')!;
const replicaSets = () => test.api.list(REPLICASETS);
const sizes = () => replicaSets().map(({ spec }) => spec?.replicas);
const conditions = () => Object.fromEntries((web().status?.conditions ?? []).map(({ type, status, reason, message }) => [type, `${status} ${reason} ${message}`]));
const messages = (reason = 'ScalingReplicaSet') => test.api.list(EVENTS).filter((event) => event.reason === reason).map(({ message }) => message);
const change = (spec: Partial<DeploymentSpec>) => test.api.change(DEPLOYMENTS, 'default', 'web', (object) => Object.assign(object.spec!, spec));
const settle = () => test.clock.converge(30_000);

async function start(spec: Partial<DeploymentSpec> = {}): Promise<void> {
  test.api.put(deployment(spec));
  await test.start(deploymentController, replicaSetController);
}

async function rollOut(): Promise<void> {
  for (let step = 0; step < 30; step++) {
    await settle();
    await runPods(test);
  }
  await settle();
}

describe('a new Deployment', () => {
  it('gets a ReplicaSet named by the hash of its template', async () => {
    await start();
    const [rs] = replicaSets();
    const hash = rs?.metadata.labels?.['pod-template-hash'] ?? '';
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{6,10}$/);
    expect(rs?.metadata).toMatchObject({
      name: `web-${hash}`,
      labels: { app: 'web', 'pod-template-hash': hash },
      annotations: { 'deployment.kubernetes.io/revision': '1', 'deployment.kubernetes.io/desired-replicas': '3', 'deployment.kubernetes.io/max-replicas': '4' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: web().metadata.uid, controller: true, blockOwnerDeletion: true }],
    });
    expect(rs?.spec).toMatchObject({ replicas: 3, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } }, template: { metadata: { labels: { app: 'web', 'pod-template-hash': hash } } } });
    expect(web().metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(messages()).toEqual([`Scaled up replica set web-${hash} from 0 to 3`]);
    expect(test.api.writes('replicasets')[0]?.reason).toBe('no ReplicaSet has this pod template, so a new one is made for revision 1 with 3 of 3 replicas (maxSurge 25%, 0 old ones)');
    expect(test.errors).toEqual([]);
  });

  it('says how it gets on', async () => {
    await start();
    const [rs] = replicaSets();
    const name = rs?.metadata.name;
    expect(conditions()).toEqual({
      Available: 'False MinimumReplicasUnavailable Deployment does not have minimum availability.',
      Progressing: `True ReplicaSetUpdated ReplicaSet "${name}" is progressing.`,
    });
    expect(web().status).toMatchObject({ observedGeneration: 1, replicas: 3, updatedReplicas: 3, unavailableReplicas: 3 });
    await test.clock.advance(5_000);
    await runPods(test);
    await settle();
    expect(web().status).toEqual({
      observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.', lastUpdateTime: '2025-01-01T00:00:05Z', lastTransitionTime: '2025-01-01T00:00:05Z' },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `ReplicaSet "${name}" has successfully progressed.`, lastUpdateTime: '2025-01-01T00:00:05Z', lastTransitionTime: '2025-01-01T00:00:00Z' },
      ],
    });
    const writes = test.api.writes().length;
    await test.clock.advance(3_600_000);
    expect(test.api.writes()).toHaveLength(writes);
  });

  it('begins with NewReplicaSetCreated', async () => {
    test.api.put(deployment());
    await test.start(deploymentController);
    expect(conditions().Progressing).toBe(`True NewReplicaSetCreated Created new replica set "${replicaSets()[0]?.metadata.name}"`);
  });

  it('takes over a ReplicaSet with its template that nobody owns', async () => {
    test.api.put({ ...replicaSet({ replicas: 3 }), metadata: { namespace: 'default', name: 'found', labels: { app: 'web' } } });
    test.api.put(deployment());
    await test.start(deploymentController);
    await settle();
    expect(replicaSets().map(({ metadata }) => metadata.name)).toEqual(['found']);
    expect(controllerOf(replicaSets()[0]!)).toMatchObject({ kind: 'Deployment', name: 'web' });
    expect(conditions().Progressing).toBe('True FoundNewReplicaSet Found new replica set "found"');
  });

  it('gets round a name that is taken', async () => {
    await start();
    const taken = replicaSets()[0]!.metadata.name;
    await test.stop();
    test = testContext();
    test.api.put({ ...replicaSet({ selector: { matchLabels: { app: 'other' } }, template: template('other', { app: 'other' }), replicas: 0 }, taken) });
    await start();
    await settle();
    expect(web().status?.collisionCount).toBe(1);
    expect(replicaSets()).toHaveLength(2);
    expect(replicaSets()[1]?.metadata.name).not.toBe(taken);
  });

  it('reports that its ReplicaSet cannot be made', async () => {
    test.api.before(({ verb, resource }) => {
      if (verb === 'create' && resource === 'replicasets') throw forbidden(REPLICASETS, '', 'exceeded quota');
    });
    await start();
    expect(conditions().Progressing).toMatch(/^False ReplicaSetCreateError Failed to create new replica set "web-\w+": replicasets.apps is forbidden: exceeded quota$/);
    expect(messages('ReplicaSetCreateError')[0]).toMatch(/^Failed to create new replica set "web-\w+": replicasets.apps is forbidden: exceeded quota$/);
  });

  it('is refused when it selects everything', async () => {
    await start({ selector: {} });
    expect(messages('SelectingAll')).toEqual(['This deployment is selecting all pods. A non-empty selector is required.']);
    expect(web().status).toEqual({ observedGeneration: 1 });
    expect(replicaSets()).toEqual([]);
  });

  it('passes on that pods cannot be made', async () => {
    test.api.before(({ verb, resource }) => {
      if (verb === 'create' && resource === 'pods') throw forbidden(PODS, '', 'exceeded quota: small');
    });
    await start();
    expect(conditions().ReplicaFailure).toBe('True FailedCreate pods is forbidden: exceeded quota: small');
  });
});

describe('a rolling update', () => {
  it('keeps within surge and unavailability at every step', async () => {
    await start({ replicas: 10 });
    await rollOut();
    change({ template: template('nginx:1.28') });
    let most = 0;
    let least = 10;
    for (let step = 0; step < 30; step++) {
      await settle();
      const { readyReplicas = 0, replicas = 0 } = web().status ?? {};
      most = Math.max(most, replicas);
      least = Math.min(least, readyReplicas);
      await runPods(test);
    }
    expect([least, most]).toEqual([8, 13]);
    expect(sizes()).toEqual([0, 10]);
    expect(web().status).toMatchObject({ replicas: 10, updatedReplicas: 10, availableReplicas: 10 });
    expect(conditions().Progressing).toBe(`True NewReplicaSetAvailable ReplicaSet "${replicaSets()[1]?.metadata.name}" has successfully progressed.`);
    expect(web().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    const [old, young] = replicaSets().map(({ metadata }) => metadata.name);
    expect(messages().slice(0, 4)).toEqual([
      `Scaled up replica set ${old} from 0 to 10`, `Scaled up replica set ${young} from 0 to 3`, `Scaled down replica set ${old} from 10 to 8`, `Scaled up replica set ${young} from 3 to 5`,
    ]);
    expect(test.errors).toEqual([]);
  });

  it('goes one by one without surge', async () => {
    await start({ replicas: 2, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } });
    await rollOut();
    change({ template: template('nginx:1.28') });
    await settle();
    expect(sizes()).toEqual([1, 1]);
    await rollOut();
    expect(sizes()).toEqual([0, 2]);
  });

  it('becomes a rollback when the old template comes again', async () => {
    await start();
    await rollOut();
    change({ template: template('nginx:1.28') });
    await rollOut();
    change({ template: template('nginx:1.27') });
    await rollOut();
    expect(sizes()).toEqual([3, 0]);
    expect(replicaSets()[0]?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' });
    expect(web().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('keeps as many old ReplicaSets as revisionHistoryLimit says', async () => {
    await start({ revisionHistoryLimit: 1, replicas: 1 });
    await rollOut();
    for (const image of ['nginx:2', 'nginx:3', 'nginx:4']) {
      change({ template: template(image) });
      await rollOut();
    }
    expect(replicaSets().map(({ spec }) => spec?.template?.spec?.containers[0]?.image)).toEqual(['nginx:3', 'nginx:4']);
    expect(test.api.writes('replicasets').find(({ verb }) => verb === 'delete')?.reason).toBe('revisionHistoryLimit is 1 and this is the oldest of 2 old revisions');
  });

  it('exceeds its deadline when nothing moves, and recovers', async () => {
    await start({ progressDeadlineSeconds: 60 });
    await settle();
    await test.clock.advance(59_000);
    expect(conditions().Progressing).toContain('ReplicaSetUpdated');
    await test.clock.advance(3_000);
    const name = replicaSets()[0]?.metadata.name;
    expect(conditions().Progressing).toBe(`False ProgressDeadlineExceeded ReplicaSet "${name}" has timed out progressing.`);
    await rollOut();
    expect(conditions().Progressing).toBe(`True NewReplicaSetAvailable ReplicaSet "${name}" has successfully progressed.`);
  });

  it('has no Progressing condition without a deadline', async () => {
    await start({ progressDeadlineSeconds: 2147483647 });
    await rollOut();
    expect(Object.keys(conditions())).toEqual(['Available']);
  });

  it('hands minReadySeconds and annotations down', async () => {
    await start();
    test.api.change(DEPLOYMENTS, 'default', 'web', (object) => {
      Object.assign(object.spec!, { minReadySeconds: 5 });
      object.metadata.annotations = { ...object.metadata.annotations, 'kubernetes.io/change-cause': 'why' };
    });
    await settle();
    expect(replicaSets()[0]?.spec?.minReadySeconds).toBe(5);
    expect(replicaSets()[0]?.metadata.annotations).toMatchObject({ 'kubernetes.io/change-cause': 'why', 'deployment.kubernetes.io/revision': '1' });
  });
});

describe('scaling', () => {
  it('goes to the only ReplicaSet, and notes the new size', async () => {
    await start();
    await rollOut();
    change({ replicas: 5 });
    await settle();
    const [rs] = replicaSets();
    expect(rs?.spec?.replicas).toBe(5);
    expect(rs?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/desired-replicas': '5', 'deployment.kubernetes.io/max-replicas': '7' });
    expect(messages().at(-1)).toBe(`Scaled up replica set ${rs?.metadata.name} from 3 to 5`);
    change({ replicas: 0 });
    await settle();
    expect(sizes()).toEqual([0]);
    expect(conditions().Available).toBe('True MinimumReplicasAvailable Deployment has minimum availability.');
    change({ replicas: 2 });
    await rollOut();
    expect(sizes()).toEqual([2]);
  });

  it('is shared out in the middle of a rollout', async () => {
    await start({ replicas: 10 });
    await rollOut();
    change({ template: template('nginx:1.28') });
    await settle();
    expect(sizes()).toEqual([8, 5]);
    change({ replicas: 20 });
    await settle();
    // 25 pods may be: 8 and 5 of 13 grow to 15 and 10.
    expect(sizes()).toEqual([15, 10]);
  });
});

describe('a pause', () => {
  it('stops the rollout but not scaling', async () => {
    await start();
    await rollOut();
    change({ paused: true });
    await settle();
    expect(conditions().Progressing).toBe('Unknown DeploymentPaused Deployment is paused');
    change({ template: template('nginx:1.28') });
    await settle();
    expect(replicaSets()).toHaveLength(1);
    change({ replicas: 4 });
    await settle();
    expect(sizes()).toEqual([4]);
    change({ paused: false });
    await settle();
    expect(replicaSets()).toHaveLength(2);
    await rollOut();
    expect(sizes()).toEqual([0, 4]);
    expect(conditions().Progressing).toMatch(/^True NewReplicaSetAvailable/);
  });

  it('says that it is over', async () => {
    await start({ paused: true });
    change({ paused: false, replicas: 0 });
    test.api.before(({ verb, resource }) => {
      if (verb === 'create' && resource === 'replicasets') throw forbidden(REPLICASETS, '', 'wait');
    });
    const seen: string[] = [];
    test.api.before(({ verb, resource, body }) => {
      if (verb === 'update' && resource === 'deployments') seen.push(...((body as { status: { conditions: { reason: string }[] } }).status.conditions).map(({ reason }) => reason));
    });
    await settle();
    expect(seen).toContain('DeploymentResumed');
  });
});

it('with strategy Recreate makes no new pod before the last old one is gone', async () => {
  await start({ strategy: { type: 'Recreate' } });
  await runPods(test);
  await settle();
  change({ template: template('nginx:1.28') });
  await settle();
  expect(sizes()).toEqual([0]);
  const terminating = test.api.list(PODS);
  expect(terminating.every(({ metadata }) => metadata.deletionTimestamp)).toBe(true);
  for (const pod of terminating.slice(1)) test.api.remove(PODS, 'default', pod.metadata.name);
  await settle();
  expect(sizes()).toEqual([0]);
  test.api.remove(PODS, 'default', terminating[0]!.metadata.name);
  await settle();
  expect(sizes()).toEqual([0, 3]);
  await rollOut();
  expect(web().status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
});

it('does nothing but count when it is on its way out', async () => {
  await start();
  test.api.change(DEPLOYMENTS, 'default', 'web', (object) => {
    Object.assign(object.metadata, { deletionTimestamp: '2025-01-01T00:00:00Z', finalizers: ['foregroundDeletion'] });
    object.spec!.replicas = 9;
  });
  await settle();
  expect(sizes()).toEqual([3]);
});

it('rolls a thousand pods out with few writes', async () => {
  await start({ replicas: 1000 });
  await settle();
  await runPods(test);
  await settle();
  expect(web().status).toMatchObject({ replicas: 1000, readyReplicas: 1000, availableReplicas: 1000 });
  expect(test.api.writes('deployments').length).toBeLessThan(30);
  expect(test.errors).toEqual([]);
});
