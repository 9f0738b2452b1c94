/** apply --prune: deletes what was applied once and is no longer among the files (kubectl pkg/cmd/apply/prune.go, pkg/util/prune/prune.go). */
import type { KubeObject } from '../../../api/object.ts';
import { apiVersionOf, resourceForKind, type ResourceFacts } from '../../../api/resource.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import { klogLine } from '../../klog.ts';
import { LAST_APPLIED } from '../../shared/last-applied.ts';
import type { ApplyRun } from '../apply.ts';

const DEFAULT_KINDS = [
  'v1/ConfigMap', 'v1/Endpoints', 'v1/PersistentVolumeClaim', 'v1/Pod', 'v1/ReplicationController', 'v1/Secret', 'v1/Service', 'batch/v1/Job', 'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress', 'apps/v1/DaemonSet', 'apps/v1/Deployment', 'apps/v1/ReplicaSet', 'apps/v1/StatefulSet', 'v1/Namespace', 'v1/PersistentVolume',
];
const DEPRECATION =
  'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.';

/** The resources of --prune-allowlist; none for the usual ones. */
export async function pruneResources(ctx: CommandContext, allowlist: readonly string[]): Promise<readonly ResourceFacts[]> {
  const mapper = await ctx.mapper();
  const resources: ResourceFacts[] = [];
  for (const text of allowlist) {
    const [group = '', version = '', kind = '', ...rest] = text.split('/');
    if (kind === '' || rest.length > 0) throw new CommandError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
    const apiVersion = apiVersionOf({ group: group === 'core' ? '' : group, version });
    const resource = await mapper.forKind(apiVersion, kind);
    if (!resource) throw new CommandError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
    resources.push(resource);
  }
  return resources;
}

/** Where pruning looks, and what it leaves alone. */
export interface PruneScope {
  readonly ctx: CommandContext;
  readonly selector: string;
  readonly seenUids: ReadonlySet<string>;
  readonly seenNamespaces: ReadonlySet<string>;
}

/** Deletes what was applied once and is not among the objects seen. */
export async function prune(run: ApplyRun, allowed: readonly ResourceFacts[]): Promise<void> {
  await forEachPruned({ ...run, selector: run.values.selector }, allowed, async (object, resource) => {
    await deletePruned(run, object, resource);
    await run.line(object, 'pruned');
  });
}

/** Deletes an object as the run's flags say; with --dry-run=client not at all. */
export async function deletePruned({ ctx, values, dryRun, propagationPolicy }: ApplyRun, { metadata }: KubeObject, resource: ResourceFacts): Promise<void> {
  if (dryRun === 'client') return;
  const gracePeriod = values['grace-period'];
  await (await ctx.client()).of<KubeObject>(resource).delete(metadata?.namespace, metadata?.name ?? '', {
    propagationPolicy, ...(gracePeriod >= 0 ? { gracePeriodSeconds: gracePeriod } : {}), ...(dryRun === 'server' ? { dryRun: true } : {}),
  });
}

/** Calls for each object that pruning would delete. */
export async function forEachPruned(scope: PruneScope, allowed: readonly ResourceFacts[], each: (object: KubeObject, resource: ResourceFacts) => Promise<void> | void): Promise<void> {
  if (allowed.length === 0) scope.ctx.streams.stderr.write(klogLine('W', 'prune.go:71', DEPRECATION));
  const resources = allowed.length > 0 ? allowed : defaultResources();
  for (const namespace of scope.seenNamespaces) {
    for (const resource of resources.filter(({ namespaced }) => namespaced)) await ofKind(scope, resource, namespace, 'namespaced', each);
  }
  for (const resource of resources.filter(({ namespaced }) => !namespaced)) await ofKind(scope, resource, undefined, 'nonNamespaced', each);
}

function defaultResources(): readonly ResourceFacts[] {
  return DEFAULT_KINDS.flatMap((text) => {
    const slash = text.lastIndexOf('/');
    return resourceForKind(text.slice(0, slash), text.slice(slash + 1)) ?? [];
  });
}

async function ofKind({ ctx, selector, seenUids }: PruneScope, resource: ResourceFacts, namespace: string | undefined, what: string, each: (object: KubeObject, resource: ResourceFacts) => Promise<void> | void): Promise<void> {
  try {
    const client = await ctx.client();
    const { items } = await client.of<KubeObject>(resource).list(namespace, selector === '' ? {} : { labelSelector: selector });
    for (const item of items) {
      if (item.metadata.annotations?.[LAST_APPLIED] === undefined || seenUids.has(item.metadata.uid)) continue;
      await each({ ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }, resource);
    }
  } catch (error) {
    const { group, version, kind } = resource;
    throw new CommandError(`error pruning ${what} object ${group}/${version}, Kind=${kind}: ${textOf(error)}`);
  }
}
