/** An ephemeral container in a pod, a changed copy of a pod, a pod on a node (kubectl pkg/cmd/debug/debug.go: visitPod, visitNode). */
import { PODS } from '../../../api/kinds.ts';
import { draft } from '../../../api/json.ts';
import type { Pod } from '../../../api/generated/types.ts';
import { goQuote } from '../../../api/quote.ts';
import { isNotFound, StatusError } from '../../../api/status.ts';
import { randomSuffix } from '../../shared/random-suffix.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { findContainer } from '../../shared/containers.ts';
import { applyProfile } from './profiles.ts';
import type { DebugContainer, DebugPod, DebugWish } from './wish.ts';

const SUFFIX_LENGTH = 5;

/** The pod and the container that can be attached to; '' for none. */
export interface Made {
  readonly pod: Pod;
  readonly container: string;
}

export async function debugNode(ctx: CommandContext, node: string, namespace: string, wish: DebugWish): Promise<Made> {
  const name = wish.container || 'debugger';
  const podName = `node-debugger-${node}-${randomSuffix(SUFFIX_LENGTH)}`;
  wish.say(`Creating debugging pod ${podName} with container ${name} on node ${node}.`);
  const container = newContainer(name, wish);
  const pod: DebugPod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: podName, namespace }, spec: { containers: [container], nodeName: node, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }] } };
  applyProfile(wish.profile, 'node', pod, container, wish);
  pod.spec.containers = [await customized(container, wish)];
  const made = await (await ctx.client()).of(PODS).create(pod as Pod);
  return { pod: made, container: name };
}

export function debugPod(ctx: CommandContext, pod: Pod, wish: DebugWish): Promise<Made> {
  return wish['copy-to'] === '' ? byEphemeralContainer(ctx, pod, wish) : byCopy(ctx, pod, wish);
}

async function byEphemeralContainer(ctx: CommandContext, pod: Pod, wish: DebugWish): Promise<Made> {
  const name = containerName(pod, wish);
  const container = { ...newContainer(name, wish), ...(wish.target === '' ? {} : { targetContainerName: wish.target }) };
  const changed = draft(pod) as DebugPod;
  applyProfile(wish.profile, 'ephemeral', changed, container, wish);
  const finished = await customized(container, wish);
  changed.spec.ephemeralContainers = [...(changed.spec.ephemeralContainers ?? []), finished];
  warnOfUser(finished, changed, wish);
  const { createTwoWayMergePatch, schemaForKind } = await import('../../../api/patch/index.ts');
  const schema = schemaForKind('v1', 'Pod');
  if (!schema) throw new Error('there is no schema of pods');
  const patch = createTwoWayMergePatch(pod, changed, schema);
  const { name: podName = '', namespace } = pod.metadata ?? {};
  try {
    return { pod: await (await ctx.client()).of(PODS).patch(namespace, podName, patch, 'strategic', { subresource: 'ephemeralcontainers' }), container: name };
  } catch (error) {
    if (isNotFound(error) && error instanceof StatusError && !error.status.details?.name) throw new CommandError(`ephemeral containers are disabled for this cluster (error from server: ${goQuote(error.message)})`);
    throw error;
  }
}

async function byCopy(ctx: CommandContext, pod: Pod, wish: DebugWish): Promise<Made> {
  const { pod: copy, container } = await copyOf(pod, wish);
  const debugContainer = copy.spec.containers.find(({ name }) => name === container);
  if (debugContainer) warnOfUser(debugContainer, copy, wish);
  const api = (await ctx.client()).of(PODS);
  const made = await api.create(copy as Pod);
  if (wish.replace) await api.delete(pod.metadata?.namespace, pod.metadata?.name ?? '', { gracePeriodSeconds: 0 });
  return { pod: made, container };
}

async function copyOf(pod: Pod, wish: DebugWish): Promise<{ readonly pod: DebugPod; readonly container: string }> {
  const { metadata, spec } = draft(pod) as DebugPod;
  const copy: DebugPod = {
    apiVersion: 'v1', kind: 'Pod', spec,
    metadata: { name: wish['copy-to'], ...(metadata.namespace ? { namespace: metadata.namespace } : {}), ...(metadata.labels ? { labels: metadata.labels } : {}), ...(metadata.annotations ? { annotations: metadata.annotations } : {}) },
  };
  delete spec.ephemeralContainers;
  if (wish.shareProcesses !== undefined) spec.shareProcessNamespace = wish.shareProcesses;
  if (!wish['same-node']) delete spec.nodeName;
  for (const each of spec.containers) {
    const image = wish.setImages.get(each.name) ?? wish.setImages.get('*');
    if (image) each.image = image;
  }
  const known = [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === wish.container);
  if (!known && wish.image === '') {
    if (wish.setImages.size > 0) return { pod: copy, container: '' };
    throw new CommandError('you must specify image when creating new container');
  }
  const container: DebugContainer = known ?? { name: containerName(copy as Pod, wish), terminationMessagePolicy: 'File' };
  if (!known) spec.containers.push(container);
  change(container, wish);
  applyProfile(wish.profile, 'copy', copy, container, wish);
  const finished = await customized(container, wish);
  spec.containers = spec.containers.map((each) => (each === container ? finished : each));
  return { pod: copy, container: container.name };
}

/** What was asked for of a container that may be there already. */
function change(container: DebugContainer, wish: DebugWish): void {
  if (wish.words.length > 0) {
    if (wish['arguments-only']) container.args = [...wish.words];
    else {
      container.command = [...wish.words];
      delete container.args;
    }
  }
  if (wish.env.length > 0) container.env = [...wish.env];
  if (wish.image !== '') container.image = wish.image;
  if (wish['image-pull-policy'] !== '') container.imagePullPolicy = wish['image-pull-policy'];
  for (const name of ['stdin', 'tty'] as const) {
    if (wish[name]) container[name] = true;
    else delete container[name];
  }
}

function newContainer(name: string, wish: DebugWish): DebugContainer {
  const container: DebugContainer = { name, terminationMessagePolicy: 'File' };
  change(container, wish);
  return container;
}

function containerName(pod: Pod, { container, say }: DebugWish): string {
  if (container !== '') return container;
  let name: string;
  do name = `debugger-${randomSuffix(SUFFIX_LENGTH)}`;
  while (findContainer(pod, name));
  say(`Defaulting debug container name to ${name}.`);
  return name;
}

/** With what --custom says. */
async function customized(container: DebugContainer, { custom }: DebugWish): Promise<DebugContainer> {
  if (!custom) return container;
  const { applyStrategicMergePatch, schemaForKind } = await import('../../../api/patch/index.ts');
  const schema = schemaForKind('v1', 'Pod');
  if (!schema) throw new Error('there is no schema of pods');
  // As a container of a pod, whose schema is known.
  const patched = applyStrategicMergePatch({ spec: { containers: [container] } }, { spec: { containers: [{ ...custom, name: container.name }] } }, schema) as { spec: { containers: [DebugContainer] } };
  return patched.spec.containers[0];
}

/** Capabilities are of little use to somebody else than root. */
function warnOfUser({ securityContext }: DebugContainer, pod: DebugPod, wish: DebugWish): void {
  if (!pod.spec.securityContext?.runAsUser || !securityContext || securityContext.runAsUser === 0) return;
  if (securityContext.privileged !== true && (securityContext.capabilities?.add?.length ?? 0) === 0) return;
  wish.warn('Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".');
}
