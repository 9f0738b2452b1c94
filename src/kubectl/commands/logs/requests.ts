/** Whose logs are meant: an object's pods and their containers (kubectl pkg/polymorphichelpers/logsforobject.go). */
import type { Pod } from '../../../api/generated/types.ts';
import type { KubeObject } from '../../../api/object.ts';
import { goQuote } from '../../../api/quote.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import { allContainerNames, containerNames, DEFAULT_CONTAINER, hasContainer } from '../../shared/containers.ts';
import { goTypeOf, podSelectorOf, podsFor } from '../../shared/pod-of-object.ts';

export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface LogWish {
  /** '' for none. */
  readonly container: string;
  readonly allContainers: boolean;
  readonly allPods: boolean;
  /** How long to wait for a first pod, ms. */
  readonly timeoutMs: number;
}

export async function logSources(ctx: CommandContext, object: KubeObject, wish: LogWish): Promise<LogSource[]> {
  if (object.kind === 'Pod') return podSources(ctx, object as Pod, wish);
  let selector: string;
  try {
    selector = podSelectorOf(object);
  } catch (error) {
    throw new CommandError(`cannot get the logs from ${goTypeOf(object)}: ${textOf(error)}`);
  }
  const pods = await podsFor(ctx, object.metadata?.namespace ?? '', selector, wish.timeoutMs);
  const [first] = pods;
  if (pods.length > 1 && wish.allPods) return pods.flatMap((pod) => podSources(ctx, pod, wish));
  if (pods.length > 1) ctx.streams.stderr.write(`Found ${pods.length} pods, using pod/${first?.metadata.name ?? ''}\n`);
  return podSources(ctx, first as Pod, wish);
}

export function podSources(ctx: CommandContext, pod: Pod, { container, allContainers, allPods }: LogWish): LogSource[] {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  if (allContainers) {
    const { init, regular, ephemeral } = containerNames(pod);
    return [...init, ...regular, ...ephemeral].map((each) => ({ namespace, pod: name, container: each }));
  }
  const chosen = container || preferred(ctx, pod) || first(ctx, pod, allPods);
  if (!hasContainer(pod, chosen)) throw new CommandError(`container ${chosen} is not valid for pod ${name}`);
  return [{ namespace, pod: name, container: chosen }];
}

/** The container that the pod's annotation names. */
function preferred(ctx: CommandContext, pod: Pod): string {
  const name = pod.metadata?.annotations?.[DEFAULT_CONTAINER] ?? '';
  if (name === '' || hasContainer(pod, name)) return name;
  ctx.streams.stderr.write(`Default container name ${goQuote(name)} not found in pod ${pod.metadata?.name ?? ''}\n`);
  return '';
}

function first(ctx: CommandContext, pod: Pod, quiet: boolean): string {
  const { regular, init, ephemeral } = containerNames(pod);
  const name = regular[0] ?? '';
  if (!quiet && regular.length + init.length + ephemeral.length > 1) ctx.streams.stderr.write(`Defaulted container ${goQuote(name)} out of: ${allContainerNames(pod)}\n`);
  return name;
}
