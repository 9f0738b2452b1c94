/** Deployments with their old and new replica sets (kubectl pkg/describe/describe.go: DeploymentDescriber, pkg/util/deployment). */
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/generated/types.ts';
import { draft, equal } from '../../api/json.ts';
import { DEPLOYMENTS, REPLICASETS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { compareBytes } from '../../api/go-json.ts';
import { writeEvents } from './events.ts';
import { intOrString, rfc1123 } from './format.ts';
import { controllerOf, writeAnnotations, writeLabels } from './metadata.ts';
import { writePodTemplate } from './pod-template.ts';
import { selectorText, type ClusterReader, type Describe } from './reader.ts';
import { writeShortConditions } from './workload.ts';
import { page } from './writer.ts';

const HASH_LABEL = 'pod-template-hash';

export const describe: Describe = async (reader, namespace, name) => {
  const deployment = await reader.get(DEPLOYMENTS, namespace, name);
  const events = await reader.eventsOf(deployment, DEPLOYMENTS);
  const sets = await replicaSetsOf(reader, deployment).catch(() => undefined);
  const { metadata, spec, status = {} } = deployment;
  return page(async (w) => {
    w.field('Name', metadata.name);
    w.field('Namespace', metadata.namespace ?? '');
    w.field('CreationTimestamp', rfc1123(metadata.creationTimestamp));
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.field('Selector', selectorText(spec?.selector));
    const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
    w.field('Replicas', `${spec?.replicas ?? 0} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable`);
    w.field('StrategyType', spec?.strategy?.type ?? '');
    w.field('MinReadySeconds', spec?.minReadySeconds ?? 0);
    const rolling = spec?.strategy?.rollingUpdate;
    if (rolling) w.field('RollingUpdateStrategy', `${intOrString(rolling.maxUnavailable)} max unavailable, ${intOrString(rolling.maxSurge)} max surge`);
    writePodTemplate(w, spec?.template);
    writeShortConditions(w, status.conditions);
    if (sets && (sets.old.length > 0 || sets.current)) {
      w.field('OldReplicaSets', replicaSetsText(sets.old));
      w.field('NewReplicaSet', replicaSetsText(sets.current ? [sets.current] : []));
    }
    await writeEvents(w, events, reader);
  });
};

interface ReplicaSets {
  readonly old: readonly Stored<ReplicaSet>[];
  /** The one with the deployment's template; the oldest of them, should there be several. */
  readonly current: Stored<ReplicaSet> | undefined;
}

async function replicaSetsOf(reader: ClusterReader, { metadata, spec }: Stored<Deployment>): Promise<ReplicaSets> {
  const labelSelector = selectorText(spec?.selector);
  const all = await reader.list(REPLICASETS, metadata.namespace ?? '', labelSelector ? { labelSelector } : {});
  const owned = all.filter((set) => controllerOf(set.metadata)?.uid === metadata.uid);
  const age = (set: Stored<ReplicaSet>): string => set.metadata.creationTimestamp;
  owned.sort((a, b) => compareBytes(age(a), age(b)) || compareBytes(a.metadata.name, b.metadata.name));
  const wanted = withoutHash(spec?.template);
  const current = owned.find((set) => equal(withoutHash(set.spec?.template), wanted));
  return { old: owned.filter((set) => set !== current), current };
}

/** A template as the deployment has it. */
function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const copy = draft(template);
  const metadata = copy?.metadata;
  if (!metadata?.labels) return copy;
  delete metadata.labels[HASH_LABEL];
  if (Object.keys(metadata.labels).length === 0) delete metadata.labels;
  return copy;
}

function replicaSetsText(sets: readonly Stored<ReplicaSet>[]): string {
  return sets.map(({ metadata, spec, status }) => `${metadata.name} (${status?.replicas ?? 0}/${spec?.replicas ?? 0} replicas created)`).join(', ') || '<none>';
}
