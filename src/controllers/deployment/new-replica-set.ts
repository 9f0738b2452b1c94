/**
 * The ReplicaSet of a Deployment's present pod template: found and brought up to date, or made.
 * Follows kubernetes pkg/controller/deployment/sync.go: getNewReplicaSet.
 */
import type { LabelSelector, ReplicaSet } from '../../api/generated/types.ts';
import { podTemplateHash } from '../../api/hash.ts';
import { DEPLOYMENTS, REPLICASETS } from '../../api/kinds.ts';
import { controllerRef, isControlledBy, type KubeObject } from '../../api/object.ts';
import { isAlreadyExists, isNamespaceTerminating } from '../../api/status.ts';
import { maxRevision, newReplicaSetAnnotations, REVISION, withSize } from './annotations.ts';
import { hasProgressDeadline, newCondition, PROGRESSING, progressing, REASONS, statusWith } from './conditions.ts';
import { POD_TEMPLATE_HASH, replicasOf, sameTemplate, sum, type StoredDeployment, type StoredReplicaSet } from './replica-sets.ts';
import type { Rollout } from './rollout.ts';
import { isRollingUpdate, maxSurge, newReplicaSetSize } from './sizes.ts';

/** Brings annotations and minReadySeconds of the existing new ReplicaSet up to date, then the Deployment's revision. */
export async function syncNewReplicaSet(rollout: Rollout, rs: StoredReplicaSet, old: readonly StoredReplicaSet[]): Promise<StoredReplicaSet> {
  const { deployment } = rollout;
  const known = rs.metadata.annotations ?? {};
  const revision = maxRevision(old) + 1;
  const annotations = newReplicaSetAnnotations(deployment.metadata.annotations ?? {}, known, revision);
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  if (annotations !== known || (rs.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
    // What is undefined is not written: 0 stands for absent, as in Go.
    const spec = { ...(rs.spec as NonNullable<ReplicaSet['spec']>), minReadySeconds: minReadySeconds || undefined };
    const rolledBack = known[REVISION] !== undefined && annotations[REVISION] !== known[REVISION];
    const reason = rolledBack
      ? `the Deployment's pod template is that of revision ${known[REVISION]} again, which becomes revision ${annotations[REVISION]}`
      : 'annotations and minReadySeconds follow the Deployment';
    return rollout.updateReplicaSet({ ...rs, metadata: { ...rs.metadata, annotations }, spec }, reason);
  }
  const found = hasProgressDeadline(deployment) && !progressing(deployment.status)
    ? newCondition(PROGRESSING, 'True', REASONS.found, `Found new replica set "${rs.metadata.name}"`, rollout.tools.clock.now())
    : undefined;
  await noteRevision(rollout, known[REVISION] ?? '', found, `ReplicaSet ${rs.metadata.name} has the Deployment's pod template`);
  return rs;
}

/** Writes the Deployment's revision annotation, and a condition, where that changes anything. */
async function noteRevision(rollout: Rollout, revision: string, condition: Parameters<typeof statusWith>[1] | undefined, reason: string): Promise<void> {
  const { deployment } = rollout;
  const annotations = deployment.metadata.annotations ?? {};
  if (annotations[REVISION] === revision && !condition) return;
  const metadata = { ...deployment.metadata, annotations: { ...annotations, [REVISION]: revision } };
  await rollout.updateStatus(condition ? statusWith(deployment.status, condition) : (deployment.status ?? {}), reason, metadata);
}

/** The ReplicaSet that a Deployment's pod template asks for, with as many pods as the strategy allows now. */
export function newReplicaSet(deployment: StoredDeployment, old: readonly StoredReplicaSet[]): ReplicaSet {
  const { metadata, spec, status } = deployment;
  const template = spec?.template ?? {};
  const hash = podTemplateHash(template, status?.collisionCount);
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  const selector: LabelSelector = { ...spec?.selector, matchLabels: { ...spec?.selector.matchLabels, [POD_TEMPLATE_HASH]: hash } };
  const copied = newReplicaSetAnnotations(metadata.annotations ?? {}, {}, maxRevision(old) + 1);
  const minReadySeconds = spec?.minReadySeconds ?? 0;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
      labels,
      annotations: withSize(copied, replicasOf(deployment), replicasOf(deployment) + maxSurge(deployment)),
      ownerReferences: [controllerRef(deployment, DEPLOYMENTS)],
    },
    spec: {
      replicas: newReplicaSetSize(deployment, old, 0),
      ...(minReadySeconds > 0 ? { minReadySeconds } : {}),
      selector,
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** Makes the new ReplicaSet. A name that another template's ReplicaSet has already is a hash collision, counted and got round by the next sync. */
export async function createNewReplicaSet(rollout: Rollout, old: readonly StoredReplicaSet[]): Promise<StoredReplicaSet> {
  const { deployment, tools } = rollout;
  const wanted = newReplicaSet(deployment, old);
  const name = wanted.metadata?.name ?? '';
  const revision = String(maxRevision(old) + 1);
  const size = replicasOf(wanted);
  let created: StoredReplicaSet;
  let exists = false;
  try {
    created = await tools.client.of(REPLICASETS).create(wanted, { reason: reasonToCreate(deployment, old, revision, size) });
  } catch (error) {
    if (isAlreadyExists(error)) {
      created = await existing(rollout, name, error);
      exists = true;
    } else {
      if (!isNamespaceTerminating(error)) await noteFailure(rollout, `Failed to create new replica set "${name}": ${(error as Error).message}`);
      throw error;
    }
  }
  if (!exists && size > 0) tools.events.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`);
  const condition = !exists && hasProgressDeadline(deployment)
    ? newCondition(PROGRESSING, 'True', REASONS.created, `Created new replica set "${name}"`, tools.clock.now())
    : undefined;
  await noteRevision(rollout, revision, condition, `ReplicaSet ${name} is revision ${revision}`);
  return created;
}

/** The ReplicaSet that has the name already, if it is this Deployment's own (made before, not yet seen); else counts a collision. */
async function existing(rollout: Rollout, name: string, error: Error): Promise<StoredReplicaSet> {
  const { deployment, tools } = rollout;
  const rs = tools.replicaSet(deployment.metadata.namespace, name);
  if (!rs) throw error;
  if (isControlledBy(rs as KubeObject, deployment as KubeObject) && sameTemplate(deployment.spec?.template, rs.spec?.template)) return rs;
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  await rollout.updateStatus({ ...deployment.status, collisionCount }, `another ReplicaSet is called ${name} already: the next name is made with collisionCount ${collisionCount}`);
  throw error;
}

async function noteFailure(rollout: Rollout, message: string): Promise<void> {
  const { deployment, tools } = rollout;
  if (hasProgressDeadline(deployment)) {
    const condition = newCondition(PROGRESSING, 'False', REASONS.createError, message, tools.clock.now());
    // The failure to create is what matters and is thrown; this one comes again with the next try.
    await rollout.updateStatus(statusWith(deployment.status, condition), 'the new ReplicaSet could not be created').catch(() => undefined);
  }
  tools.events.event(deployment, 'Warning', REASONS.createError, message);
}

function reasonToCreate(deployment: StoredDeployment, old: readonly StoredReplicaSet[], revision: string, size: number): string {
  const strategy = isRollingUpdate(deployment)
    ? `maxSurge ${deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? '25%'}, ${sum(old, replicasOf)} old ones`
    : 'strategy Recreate';
  return `no ReplicaSet has this pod template, so a new one is made for revision ${revision} with ${size} of ${replicasOf(deployment)} replicas (${strategy})`;
}
