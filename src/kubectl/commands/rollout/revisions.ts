/**
 * The revisions of a Deployment (its ReplicaSets) and of a DaemonSet or StatefulSet (ControllerRevisions). Follows
 * kubectl pkg/polymorphichelpers/history.go, rollback.go and pkg/util/deployment/deployment.go.
 */
import { draft, equal } from '../../../api/json.ts';
import type { ControllerRevision, DaemonSet, Deployment, PodTemplateSpec, ReplicaSet, StatefulSet } from '../../../api/generated/types.ts';
import { CONTROLLERREVISIONS, DAEMONSETS, DEPLOYMENTS, REPLICASETS, STATEFULSETS } from '../../../api/kinds.ts';
import { selectorFromLabelSelector } from '../../../api/labels.ts';
import { isControlledBy, type KubeObject, type Stored } from '../../../api/object.ts';
import { parseTime } from '../../../api/time.ts';
import type { Client } from '../../../client/client.ts';
import { CommandError, textOf } from '../../errors.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const TEMPLATE_HASH = 'pod-template-hash';

/** The number in the annotation; 0 where there is none, undefined where it is no number. */
export function revisionOf(object: Pick<KubeObject, 'metadata'>): number | undefined {
  const text = object.metadata?.annotations?.[REVISION];
  if (text === undefined) return 0;
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** Whether two templates are the same but for the hash that the controller adds. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return equal(withoutHash(a), withoutHash(b));
}

export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [TEMPLATE_HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** A Deployment's ReplicaSets: the old ones by age, then the one with its current template. */
export async function replicaSetsOf(client: Client, deployment: Stored<Deployment>): Promise<Stored<ReplicaSet>[]> {
  const { namespace = '', name } = deployment.metadata;
  try {
    const { items } = await client.of(REPLICASETS).list(namespace, { labelSelector: selectorFromLabelSelector(deployment.spec?.selector).toString() });
    const owned = items.filter((each) => isControlledBy(each, deployment)).sort(byAge);
    const template = deployment.spec?.template ?? {};
    const current = owned.find((each) => sameTemplate(each.spec?.template ?? {}, template));
    return current ? [...owned.filter((each) => each !== current), current] : owned;
  } catch (error) {
    throw new CommandError(`failed to retrieve replica sets from deployment ${name}: ${textOf(error)}`);
  }
}

function byAge(a: Stored<ReplicaSet>, b: Stored<ReplicaSet>): number {
  const difference = parseTime(a.metadata.creationTimestamp) - parseTime(b.metadata.creationTimestamp);
  return difference !== 0 ? difference : a.metadata.name < b.metadata.name ? -1 : 1;
}

export async function readDeployment(client: Client, namespace: string, name: string, kind: string): Promise<Stored<Deployment>> {
  try {
    return await client.of(DEPLOYMENTS).get(namespace, name);
  } catch (error) {
    throw new CommandError(`failed to retrieve ${kind} ${name}: ${textOf(error)}`);
  }
}

/** A DaemonSet or StatefulSet with its recorded revisions. */
export interface ControllerHistory {
  readonly owner: Stored<DaemonSet> | Stored<StatefulSet>;
  readonly revisions: readonly Stored<ControllerRevision>[];
}

export async function controllerHistory(client: Client, kind: 'DaemonSet' | 'StatefulSet', namespace: string, name: string): Promise<ControllerHistory> {
  let owner: ControllerHistory['owner'];
  try {
    owner = kind === 'DaemonSet' ? await client.of(DAEMONSETS).get(namespace, name) : await client.of(STATEFULSETS).get(namespace, name);
  } catch (error) {
    throw new CommandError(`failed to retrieve ${kind === 'DaemonSet' ? 'DaemonSet' : 'Statefulset'} ${name}: ${textOf(error)}`);
  }
  try {
    const { items } = await client.of(CONTROLLERREVISIONS).list(namespace, { labelSelector: selectorFromLabelSelector(owner.spec?.selector).toString() });
    return { owner, revisions: items.filter((each) => isControlledBy(each, owner)) };
  } catch (error) {
    throw new CommandError(`unable to find history controlled by ${kind} ${name}: ${textOf(error)}`);
  }
}

/** The object as it was at a revision. */
export async function atRevision(owner: ControllerHistory['owner'], revision: ControllerRevision): Promise<ControllerHistory['owner']> {
  const { applyPatch, schemaForKind } = await import('../../../api/patch/index.ts');
  return applyPatch('strategic', draft(owner), revision.data, schemaForKind(owner.apiVersion, owner.kind)) as unknown as ControllerHistory['owner'];
}

export const templateOf = (owner: ControllerHistory['owner']): PodTemplateSpec => owner.spec?.template ?? {};

/** A template as describe has it, its columns still apart by tabs: so upstream prints it. */
export async function templateText(template: PodTemplateSpec): Promise<string> {
  const [{ writePodTemplate }, { unaligned }] = await Promise.all([import('../../describe/pod-template.ts'), import('../../describe/writer.ts')]);
  return unaligned((writer) => writePodTemplate(writer, template));
}
