/** Words that the cluster and the kubeconfig know. What cannot be had is no word (kubectl pkg/util/completion/completion.go). */
import type { Container, Service } from '../../api/generated/types.ts';
import { compareBytes } from '../../api/go-json.ts';
import type { KubeObject } from '../../api/object.ts';
import { groupResourceName } from '../../api/resource.ts';
import { findResources } from '../builder/builder.ts';
import type { CommandContext } from '../command.ts';
import { preferredResources } from '../discovery.ts';
import { beginning } from './directive.ts';

/** The objects that TYPE or TYPE NAME mean; those that could be read. */
async function objects(ctx: CommandContext, args: readonly string[], namespace?: string): Promise<readonly KubeObject[]> {
  try {
    const found = await findResources(ctx, { args, namespace: namespace ?? (await ctx.namespace()), typeSelectsAll: true, continueOnError: true });
    const { infos } = await found.collect();
    return infos.flatMap(({ object }) => (object ? [object as KubeObject] : []));
  } catch {
    return [];
  }
}

export async function namesOf(ctx: CommandContext, type: string, typed: string): Promise<string[]> {
  return beginning((await objects(ctx, [type])).map(({ metadata }) => metadata?.name ?? ''), typed);
}

/** "namespace/pod:" for the pods of a namespace. */
export async function podPaths(ctx: CommandContext, namespace: string, typed: string): Promise<string[]> {
  return beginning((await objects(ctx, ['pod'], namespace)).map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}:`), typed);
}

/** The types that can be read; of a list ("pods,secre") the last one is completed. */
export async function resourceTypes(ctx: CommandContext, typed: string): Promise<string[]> {
  const comma = typed.lastIndexOf(',') + 1;
  try {
    const resources = (await preferredResources((await ctx.client()).transport)).filter(({ verbs }) => verbs.includes('get'));
    const sorted = [...resources].sort((a, b) => compareBytes(a.group, b.group) || compareBytes(a.plural, b.plural));
    return beginning(sorted.map(groupResourceName), typed.slice(comma)).map((name) => typed.slice(0, comma) + name);
  } catch {
    return [];
  }
}

type Containers = readonly Container[];
interface PodSpec {
  readonly initContainers?: Containers;
  readonly containers?: Containers;
}

async function podSpec(ctx: CommandContext, pod: string): Promise<PodSpec> {
  const [object] = await objects(ctx, ['pod', pod]);
  return (object as { readonly spec?: PodSpec } | undefined)?.spec ?? {};
}

export async function containersOf(ctx: CommandContext, pod: string, typed: string): Promise<string[]> {
  const { initContainers = [], containers = [] } = await podSpec(ctx, pod);
  return beginning([...initContainers, ...containers].map(({ name }) => name), typed);
}

/** LOCAL:REMOTE for each port; the local one is what was typed of it, or the same. */
const portPairs = (ports: readonly number[], typed: string): string[] => beginning(ports.map((port) => `${typed === '' ? port : typed.split(':')[0]}:${port}`), typed);

export async function podPorts(ctx: CommandContext, pod: string, typed: string): Promise<string[]> {
  const { containers = [] } = await podSpec(ctx, pod);
  return portPairs(containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort)), typed);
}

export async function servicePorts(ctx: CommandContext, service: string, typed: string): Promise<string[]> {
  const [object] = await objects(ctx, ['service', service]);
  return portPairs(((object as Service | undefined)?.spec?.ports ?? []).map(({ port }) => port), typed);
}

/** A completion waits no longer for a workload's first pod. */
const FIRST_POD_MS = 100;

/** POD, or TYPE/NAME of what has pods → a pod's name; '' where there is none. */
export async function podNameOf(ctx: CommandContext, argument: string): Promise<string> {
  if (!argument.includes('/')) return argument;
  const [object] = await objects(ctx, [argument]);
  if (!object) return '';
  if (object.kind === 'Pod') return object.metadata?.name ?? '';
  try {
    const { podsFor, podSelectorOf } = await import('../shared/pod-of-object.ts');
    const [pod] = await podsFor(ctx, object.metadata?.namespace ?? '', podSelectorOf(object), FIRST_POD_MS);
    return pod?.metadata.name ?? '';
  } catch {
    return '';
  }
}

/** Names of the kubeconfig. */
export async function configNames(ctx: CommandContext, section: 'contexts' | 'clusters' | 'users', typed: string): Promise<string[]> {
  try {
    const { readKubeconfig } = await import('../commands/config/kubeconfig-file.ts');
    return beginning(Object.keys(readKubeconfig(ctx)[section]).sort(compareBytes), typed);
  } catch {
    return [];
  }
}
