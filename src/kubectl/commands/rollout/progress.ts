/** How far a rollout has come, in a sentence (kubectl pkg/polymorphichelpers/rollout_status.go). */
import { findCondition } from '../../../api/conditions.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../../../api/generated/types.ts';
import type { KubeObject } from '../../../api/object.ts';
import { goQuote } from '../../../api/quote.ts';
import type { ResourceFacts } from '../../../api/resource.ts';
import { CommandError } from '../../errors.ts';
import { revisionOf } from './revisions.ts';
import { groupKind } from './shared.ts';

export interface Progress {
  readonly text: string;
  readonly done: boolean;
}

/** Looks at an object; `revision` 0 stands for whichever is the newest. Throws where the rollout has failed. */
export type ProgressOf = (object: KubeObject, revision: number) => Progress;

const going = (text: string): Progress => ({ text: `${text}\n`, done: false });
const done = (text: string): Progress => ({ text: `${text}\n`, done: true });

const VIEWERS: Readonly<Record<string, ProgressOf>> = {
  'Deployment.apps': (object, revision) => deploymentProgress(object as Deployment, revision),
  'DaemonSet.apps': (object) => daemonSetProgress(object as DaemonSet),
  'StatefulSet.apps': (object) => statefulSetProgress(object as StatefulSet),
};

/** The viewer for a resource's kind. */
export function progressViewer(resource: ResourceFacts): ProgressOf {
  const viewer = VIEWERS[groupKind(resource)];
  if (!viewer) throw new CommandError(`no status viewer has been implemented for ${groupKind(resource)}`);
  return viewer;
}

export function deploymentProgress({ metadata, spec, status }: Deployment, revision: number): Progress {
  const name = goQuote(metadata?.name ?? '');
  if (revision > 0) {
    const running = revisionOf({ metadata });
    if (running === undefined) throw new CommandError(`cannot get the revision of deployment ${name}: strconv.ParseInt: parsing ${goQuote(metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? '')}: invalid syntax`);
    if (running !== revision) throw new CommandError(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) return going('Waiting for deployment spec update to be observed...');
  if (findCondition(status?.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded') throw new CommandError(`deployment ${name} exceeded its progress deadline`);
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  const waiting = `Waiting for deployment ${name} rollout to finish: `;
  if (spec?.replicas !== undefined && updatedReplicas < spec.replicas) return going(`${waiting}${updatedReplicas} out of ${spec.replicas} new replicas have been updated...`);
  if (replicas > updatedReplicas) return going(`${waiting}${replicas - updatedReplicas} old replicas are pending termination...`);
  if (availableReplicas < updatedReplicas) return going(`${waiting}${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  return done(`deployment ${name} successfully rolled out`);
}

const ONLY_ROLLING = 'rollout status is only available for RollingUpdate strategy type';

export function daemonSetProgress({ metadata, spec, status }: DaemonSet): Progress {
  const name = goQuote(metadata?.name ?? '');
  if (spec?.updateStrategy?.type !== 'RollingUpdate') throw new CommandError(ONLY_ROLLING);
  if ((metadata?.generation ?? 0) > (status?.observedGeneration ?? 0)) return going('Waiting for daemon set spec update to be observed...');
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = status ?? {};
  const waiting = `Waiting for daemon set ${name} rollout to finish: `;
  if (updatedNumberScheduled < desiredNumberScheduled) return going(`${waiting}${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`);
  if (numberAvailable < desiredNumberScheduled) return going(`${waiting}${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
  return done(`daemon set ${name} successfully rolled out`);
}

export function statefulSetProgress({ metadata, spec, status }: StatefulSet): Progress {
  if (spec?.updateStrategy?.type !== 'RollingUpdate') throw new CommandError(ONLY_ROLLING);
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0, updateRevision = '', currentRevision = '' } = status ?? {};
  if (observedGeneration === 0 || (metadata?.generation ?? 0) > observedGeneration) return going('Waiting for statefulset spec update to be observed...');
  const { replicas } = spec;
  if (replicas !== undefined && readyReplicas < replicas) return going(`Waiting for ${replicas - readyReplicas} pods to be ready...`);
  const { rollingUpdate } = spec.updateStrategy;
  if (rollingUpdate) {
    const { partition } = rollingUpdate;
    if (replicas !== undefined && partition !== undefined && updatedReplicas < replicas - partition) {
      return going(`Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${replicas - partition} new pods have been updated...`);
    }
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  if (updateRevision !== currentRevision) return going(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`);
  return done(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`);
}
