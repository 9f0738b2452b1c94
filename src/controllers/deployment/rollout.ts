/**
 * One sync of one Deployment: its new ReplicaSet, the steps of its strategy, scaling, clean-up, status.
 * Follows kubernetes pkg/controller/deployment/{sync,rolling,recreate,progress}.go.
 */
import type { DeploymentStatus, Pod } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { DEPLOYMENTS, REPLICASETS } from '../../api/kinds.ts';
import { isTerminating, type KubeObject } from '../../api/object.ts';
import { isPodTerminal } from '../../api/pods.ts';
import { isNotFound } from '../../api/status.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Lister } from '../../client/informer.ts';
import type { Now } from '../../simulation/clock.ts';
import { ownedBy } from '../shared/owner-indexes.ts';
import { desiredReplicas, withSize } from './annotations.ts';
import { deadlineMs, hasProgressDeadline, hasRevisionHistoryLimit, newCondition, PROGRESSING, progressing, REASONS, statusWith } from './conditions.ts';
import { createNewReplicaSet, syncNewReplicaSet } from './new-replica-set.ts';
import { calculateStatus, isComplete, rolloutStatus } from './progress.ts';
import { active, byRevision, findActiveOrLatest, findNew, findOld, replicasOf, sum, type StoredDeployment, type StoredReplicaSet } from './replica-sets.ts';
import { availableScaleDowns, isRollingUpdate, isSaturated, maxScaledDown, maxSurge, newReplicaSetSize, proportionalSizes, unhealthyScaleDowns, type ScaleDown } from './sizes.ts';

export interface RolloutTools {
  readonly client: Client;
  readonly clock: Now;
  readonly events: EventRecorder;
  readonly pods: Lister<Pod>;
  /** The ReplicaSet as the cache has it. */
  readonly replicaSet: (namespace: string | undefined, name: string) => StoredReplicaSet | undefined;
  /** Syncs the Deployment again after so many ms. */
  readonly again: (delayMs: number) => void;
}

/** The new ReplicaSet, if there is one yet, the old ones, and all of them. */
interface Revisions {
  readonly newRS: StoredReplicaSet | undefined;
  readonly old: readonly StoredReplicaSet[];
  readonly all: readonly StoredReplicaSet[];
}

const revisions = (newRS: StoredReplicaSet | undefined, old: readonly StoredReplicaSet[]): Revisions => ({ newRS, old, all: newRS ? [...old, newRS] : old });

export class Rollout {
  readonly tools: RolloutTools;
  /** The Deployment, as last read or written. */
  deployment: StoredDeployment;
  #replicaSets: readonly StoredReplicaSet[];

  constructor(tools: RolloutTools, deployment: StoredDeployment, replicaSets: readonly StoredReplicaSet[]) {
    this.tools = tools;
    this.deployment = deployment;
    this.#replicaSets = replicaSets;
  }

  /** Does the next step. Throws to be called again later. */
  async sync(): Promise<void> {
    if (isTerminating(this.deployment as KubeObject)) return this.#writeStatus(await this.#revisions(false), calculateStatus);
    await this.#notePause();
    const { spec } = this.deployment;
    if (spec?.paused || (await this.#isScalingEvent())) return this.#scaleOnly();
    return isRollingUpdate(this.deployment) ? this.#rollingUpdate() : this.#recreate();
  }

  /** Writes a status (and the revision annotation with it) and goes on with the result. */
  async updateStatus(status: DeploymentStatus, reason: string, metadata = this.deployment.metadata): Promise<void> {
    this.deployment = await this.tools.client.of(DEPLOYMENTS).updateStatus({ ...this.deployment, metadata, status }, { reason });
  }

  /** Writes a changed ReplicaSet and goes on with the result. */
  async updateReplicaSet(rs: StoredReplicaSet, reason: string): Promise<StoredReplicaSet> {
    const updated = await this.tools.client.of(REPLICASETS).update(rs, { reason });
    this.#replicaSets = this.#replicaSets.map((other) => (other.metadata.uid === updated.metadata.uid ? updated : other));
    return updated;
  }

  /** The new and old ReplicaSets, with revisions brought up to date; makes the new one if it is missing and `create` says so. */
  async #revisions(create: boolean): Promise<Revisions> {
    const found = findNew(this.deployment, this.#replicaSets);
    const old = findOld(this.#replicaSets, found);
    if (found) return revisions(await syncNewReplicaSet(this, found, old), old);
    if (!create) return revisions(undefined, old);
    const created = await createNewReplicaSet(this, old);
    if (!this.#replicaSets.some(({ metadata }) => metadata.uid === created.metadata.uid)) this.#replicaSets = [...this.#replicaSets, created];
    return revisions(created, old);
  }

  /** Says in the Progressing condition that the Deployment was paused or resumed, so that the time in between counts against no deadline. */
  async #notePause(): Promise<void> {
    const { deployment } = this;
    const condition = progressing(deployment.status);
    if (!hasProgressDeadline(deployment) || condition?.reason === REASONS.timedOut) return;
    const paused = deployment.spec?.paused === true;
    if (paused === (condition?.reason === REASONS.paused)) return;
    const next = paused
      ? newCondition(PROGRESSING, 'Unknown', REASONS.paused, 'Deployment is paused', this.tools.clock.now())
      : newCondition(PROGRESSING, 'Unknown', REASONS.resumed, 'Deployment is resumed', this.tools.clock.now());
    await this.updateStatus(statusWith(deployment.status, next), paused ? 'spec.paused is set: the rollout stops here' : 'spec.paused is no longer set: the rollout goes on');
  }

  /** Whether spec.replicas was changed since the active ReplicaSets were last scaled. */
  async #isScalingEvent(): Promise<boolean> {
    const { all } = await this.#revisions(false);
    return active(all).some((rs) => {
      const desired = desiredReplicas(rs);
      return desired !== undefined && desired !== replicasOf(this.deployment);
    });
  }

  async #scaleOnly(): Promise<void> {
    const found = await this.#revisions(false);
    await this.#scale(found);
    if (this.deployment.spec?.paused) await this.#cleanUp(found.old);
    await this.#writeStatus(this.#refreshed(found), calculateStatus);
  }

  async #scale({ newRS, old, all }: Revisions): Promise<void> {
    const wanted = replicasOf(this.deployment);
    const only = findActiveOrLatest(newRS, old);
    if (only) {
      if (replicasOf(only) !== wanted) await this.#resize(only, wanted, `the Deployment's spec.replicas is ${wanted} and this is its only ReplicaSet with pods`);
    } else if (isSaturated(this.deployment, newRS)) {
      for (const rs of active(old)) await this.#resize(rs, 0, 'the new ReplicaSet has all the pods that the Deployment asks for');
    } else if (isRollingUpdate(this.deployment)) {
      for (const [rs, size] of proportionalSizes(this.deployment, all)) {
        await this.#resize(rs, size, `the Deployment was scaled to ${wanted} in the middle of a rollout: all its ReplicaSets change in proportion`);
      }
    }
  }

  /** Scales up the new ReplicaSet, or else scales down old ones; what remains follows when these steps have had their effect. */
  async #rollingUpdate(): Promise<void> {
    let found = await this.#revisions(true);
    const newRS = found.newRS as StoredReplicaSet;
    const moved = (await this.#growNew(newRS, found.all)) || (await this.#shrinkOld(newRS, found));
    found = this.#refreshed(found);
    if (!moved && isComplete(this.deployment, this.deployment.status)) await this.#cleanUp(found.old);
    await this.#writeStatus(found, rolloutStatus);
  }

  async #growNew(newRS: StoredReplicaSet, all: readonly StoredReplicaSet[]): Promise<boolean> {
    const wanted = replicasOf(this.deployment);
    const size = replicasOf(newRS) > wanted ? wanted : newReplicaSetSize(this.deployment, all, replicasOf(newRS));
    if (size === replicasOf(newRS)) return false;
    return this.#resize(newRS, size, `${wanted} replicas plus a surge of ${maxSurge(this.deployment)} allow the new ReplicaSet ${size} pods beside ${sum(all, replicasOf) - replicasOf(newRS)} old ones`);
  }

  async #shrinkOld(newRS: StoredReplicaSet, { all, old }: Revisions): Promise<boolean> {
    let oldActive = active(old);
    const limit = maxScaledDown(this.deployment, all, newRS);
    if (oldActive.length === 0 || limit <= 0) return false;
    const unhealthy = unhealthyScaleDowns(oldActive, limit);
    let moved = await this.#stepDown(unhealthy, 'pods of an old revision that are not available go first');
    oldActive = this.#current(oldActive);
    const steps = availableScaleDowns(this.deployment, [...oldActive, newRS], oldActive);
    moved = (await this.#stepDown(steps, 'enough pods are available without these old ones')) || moved;
    return moved;
  }

  async #stepDown(steps: readonly ScaleDown[], why: string): Promise<boolean> {
    for (const [rs, size] of steps) await this.#resize(rs, size, why);
    return steps.length > 0;
  }

  /** All old pods go before the first new one comes. */
  async #recreate(): Promise<void> {
    let found = await this.#revisions(false);
    const oldActive = active(found.old);
    for (const rs of oldActive) await this.#resize(rs, 0, 'strategy Recreate: the old pods go before new ones are made');
    if (oldActive.length > 0 || this.#oldPodsRun(found)) return this.#writeStatus(this.#refreshed(found), rolloutStatus);
    found = found.newRS ? found : await this.#revisions(true);
    const newRS = found.newRS as StoredReplicaSet;
    await this.#resize(newRS, replicasOf(this.deployment), 'strategy Recreate: the old pods are gone');
    found = this.#refreshed(found);
    if (isComplete(this.deployment, this.deployment.status)) await this.#cleanUp(found.old);
    await this.#writeStatus(found, rolloutStatus);
  }

  /** Whether a pod of an old ReplicaSet still runs; one that is on its way out does. */
  #oldPodsRun({ old }: Revisions): boolean {
    if (sum(old, ({ status }) => status?.replicas) > 0) return true;
    return old.some(({ metadata }) => ownedBy(this.tools.pods, metadata.uid).some((pod) => !isPodTerminal(pod)));
  }

  /** Sets a ReplicaSet's size, and notes on it the Deployment's. Returns whether the size changed. */
  async #resize(rs: StoredReplicaSet, size: number, why: string): Promise<boolean> {
    const { deployment, tools } = this;
    const from = replicasOf(rs);
    const known = rs.metadata.annotations ?? {};
    const annotations = withSize(known, replicasOf(deployment), replicasOf(deployment) + maxSurge(deployment));
    if (from === size && annotations === known) return false;
    const spec = { ...(rs.spec as NonNullable<typeof rs.spec>), replicas: size };
    await this.updateReplicaSet({ ...rs, metadata: { ...rs.metadata, annotations }, spec }, from === size ? `spec.replicas or maxSurge of the Deployment changed: noted for the next scaling` : `scaled from ${from} to ${size}: ${why}`);
    if (from !== size) tools.events.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled ${from < size ? 'up' : 'down'} replica set ${rs.metadata.name} from ${from} to ${size}`);
    return from !== size;
  }

  /** Deletes the oldest empty ReplicaSets beyond the history that the Deployment wants to keep. */
  async #cleanUp(old: readonly StoredReplicaSet[]): Promise<void> {
    if (!hasRevisionHistoryLimit(this.deployment)) return;
    const limit = this.deployment.spec?.revisionHistoryLimit ?? 0;
    const there = old.filter((rs) => !isTerminating(rs as KubeObject)).sort(byRevision);
    for (const rs of there.slice(0, Math.max(0, there.length - limit))) {
      const { namespace, name, generation = 0 } = rs.metadata;
      if ((rs.status?.replicas ?? 0) !== 0 || replicasOf(rs) !== 0 || generation > (rs.status?.observedGeneration ?? 0)) continue;
      try {
        await this.tools.client.of(REPLICASETS).delete(namespace, name, { reason: `revisionHistoryLimit is ${limit} and this is the oldest of ${there.length} old revisions` });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  async #writeStatus({ all, newRS }: Revisions, calculate: typeof rolloutStatus): Promise<void> {
    const { deployment, tools } = this;
    const status = calculate(deployment, all, newRS, tools.clock.now());
    if (equal(deployment.status, status)) return calculate === rolloutStatus ? this.#watchDeadline(status) : undefined;
    const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
    await this.updateStatus(status, `of ${replicasOf(deployment)} replicas ${updatedReplicas} are up to date, ${readyReplicas} ready, ${availableReplicas} available`);
  }

  /** Nothing moves: looks again when the deadline is over (requeueStuckDeployment). */
  #watchDeadline(status: DeploymentStatus): void {
    const { deployment, tools } = this;
    const condition = progressing(deployment.status);
    if (!hasProgressDeadline(deployment) || !condition) return;
    if (isComplete(deployment, status) || condition.reason === REASONS.timedOut) return;
    tools.again(Math.max(0, deadlineMs(deployment, condition) - tools.clock.now()) + 1000);
  }

  /** ReplicaSets in the form last written. */
  #current(replicaSets: readonly StoredReplicaSet[]): StoredReplicaSet[] {
    const newest = new Map(this.#replicaSets.map((rs) => [rs.metadata.uid, rs]));
    return replicaSets.map((rs) => newest.get(rs.metadata.uid) ?? rs);
  }

  #refreshed({ newRS, old }: Revisions): Revisions {
    return revisions(newRS && this.#current([newRS])[0], this.#current(old));
  }
}
