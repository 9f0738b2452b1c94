/** kubectl delete (kubectl pkg/cmd/delete/delete.go). */
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import { isForbidden, isNotFound, StatusError } from '../../api/status.ts';
import { findResources } from '../builder/builder.ts';
import type { ResourceQuery } from '../builder/query.ts';
import type { Info } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { addSource, CommandError, filterOut, throwCollected } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { cascadeFlags, graceFlags, propagationOf } from '../shared/delete-flags.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix, type DryRun } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { countOf, withProgress, type Tell } from '../shared/progress.ts';
import { FOREVER_MS, untilGone, WaitTimeout } from '../shared/until.ts';
import { allNamespacesFlags, fieldSelectorFlags, selectorFlags } from '../shared/write-flags.ts';

const deleteFlags = {
  ...filenameFlags,
  ...selectorFlags,
  ...fieldSelectorFlags,
  ...allNamespacesFlags,
  ...cascadeFlags,
  ...graceFlags,
  ...dryRunFlags,
  all: { type: 'bool', default: false, description: 'Delete all objects of the types, in the namespace.' },
  'ignore-not-found': { type: 'bool', default: false, description: 'Succeed where the object does not exist. The default with --all is true.' },
  interactive: { type: 'bool', default: false, short: 'i', description: 'Ask before anything is deleted.' },
  now: { type: 'bool', default: false, description: 'Tell objects to end at once (as --grace-period=1).' },
  output: { type: 'string', default: '', short: 'o', description: 'With "-o name" only names are printed (resource/name).' },
  raw: { type: 'string', default: '', description: 'Path to send DELETE to, as it is.' },
  wait: { type: 'bool', default: true, description: 'Return only when the objects are gone, finalizers and all.' },
} as const;

export const command = defineCommand({
  name: 'delete',
  usage: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: `Delete objects that files, standard input, names, or selectors name.

 Only one kind of argument may be used at a time. Some objects, such as pods, are given time to end gracefully; --grace-period shortens it and --force skips it. Note that delete does not compare versions: an update that somebody makes at the same time is lost with the object.`,
  examples: `# What a manifest names
kubectl delete -f ./pod.json

# Pods and services called "baz" and "foo"
kubectl delete pod,service baz foo

# Pods and services with a label
kubectl delete pods,services -l name=myLabel

# A pod, at once
kubectl delete pod foo --now

# A pod on a node that is gone
kubectl delete pod foo --force

# All pods
kubectl delete pods --all`,
  flags: deleteFlags,
  run: runDelete,
});

interface Plan {
  /** Seconds; negative for the object's own. */
  readonly gracePeriod: number;
  readonly dryRun: DryRun;
  readonly ignoreNotFound: boolean;
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan';
}

function planOf(ctx: CommandContext, flags: Flags<typeof deleteFlags>): Plan {
  const { values } = flags;
  const propagationPolicy = propagationOf(values.cascade, (line) => ctx.streams.stderr.write(`${line}\n`));
  let gracePeriod = values['grace-period'];
  if (values.now) {
    if (gracePeriod !== -1) throw new CommandError('--now and --grace-period cannot be specified together');
    gracePeriod = 1;
  }
  // A period of 0 means that nobody waits for the object to end: only who says --force gets that.
  if (gracePeriod === 0 && !values.force) gracePeriod = 1;
  if (values.force && gracePeriod < 0) gracePeriod = 0;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const selecting = values.all || values.selector !== '' || values['field-selector'] !== '';
  return { gracePeriod, dryRun, propagationPolicy, ignoreNotFound: values['ignore-not-found'] || (selecting && !flags.changed('ignore-not-found')) };
}

function check(ctx: CommandContext, { values }: Flags<typeof deleteFlags>, { gracePeriod }: Plan): void {
  if (values.output !== '' && values.output !== 'name') throw new CommandError(`unexpected -o output mode: ${values.output}. We only support '-o name'`);
  if (values.all && values.selector !== '') throw new CommandError('cannot set --all and --selector at the same time');
  if (values.all && values['field-selector'] !== '') throw new CommandError('cannot set --all and --field-selector at the same time');
  if (gracePeriod === 0 && values.force) ctx.warn('Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.');
  else if (gracePeriod > 0 && values.force) throw new CommandError('--force and --grace-period greater than 0 cannot be specified together');
  if (values.raw === '') return;
  if (values.interactive) throw new CommandError('--interactive can not be used with --raw');
  if (values.filename.length > 1) throw new CommandError('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(values.filename[0] ?? '')) throw new CommandError('--raw cannot read from a url');
  if (values.recursive) throw new CommandError('--raw and --recursive are mutually exclusive');
  if (values.output !== '') throw new CommandError('--raw and --output are mutually exclusive');
}

async function runDelete(ctx: CommandContext, args: readonly string[], flags: Flags<typeof deleteFlags>): Promise<void> {
  const { values } = flags;
  const plan = planOf(ctx, flags);
  if (values.raw !== '') {
    check(ctx, flags, plan);
    const { transport } = await ctx.client();
    const response = await transport.raw('DELETE', values.raw);
    if (response.code >= 400) throw StatusError.from(JSON.parse(response.body) as object);
    ctx.streams.stdout.write(response.body);
    return;
  }
  const query: ResourceQuery = {
    files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>),
    args,
    namespace: await ctx.namespace(),
    enforceNamespace: ctx.namespaceGiven,
    allNamespaces: values['all-namespaces'],
    labelSelector: values.selector,
    fieldSelector: values['field-selector'],
    selectAll: values.all,
    continueOnError: true,
    requireObject: false,
  };
  const found = await findResources(ctx, query);
  check(ctx, flags, plan);
  const { infos, error: all } = await withProgress(ctx, (tell) => found.collect((count) => tell(countOf('read', count, found.known()))));
  const missing = plan.ignoreNotFound ? filterOut(all, isNotFound) : all;
  const faults: unknown[] = [];
  if (values.interactive && !confirmed(ctx, infos)) return;
  if (infos.length === 0 && missing === undefined) return ctx.streams.stdout.write('No resources found\n');

  let warnClusterScope = ctx.namespaceGiven && !values['all-namespaces'];
  const uids = new Map<Info, string>();
  await withProgress(ctx, async (tell) => {
    for (const [index, info] of infos.entries()) {
      ctx.signal.throwIfAborted();
      if (warnClusterScope && !info.resource.namespaced) {
        ctx.warn('deleting cluster-scoped resources, not scoped to the provided namespace');
        warnClusterScope = false;
      }
      try {
        const uid = await deleteOne(ctx, info, plan, values.output === 'name');
        if (uid !== undefined) uids.set(info, uid);
      } catch (error) {
        if (!(plan.ignoreNotFound && isNotFound(error))) faults.push(error);
      }
      tell(countOf('deleted', index + 1, infos.length));
    }
    throwCollected(missing === undefined ? faults : [...faults, missing]);
    if (values.wait && plan.dryRun === 'none') await waitUntilGone(ctx, infos, uids, values.timeout, tell);
  });
}

/** Deletes one object and prints its line; returns its uid where the server tells it. */
async function deleteOne(ctx: CommandContext, info: Info, plan: Plan, nameOnly: boolean): Promise<string | undefined> {
  let uid: string | undefined;
  if (plan.dryRun !== 'client') {
    try {
      const client = await ctx.client();
      const answer = await client.of<KubeObject>(info.resource).delete(info.namespace || undefined, info.name, {
        propagationPolicy: plan.propagationPolicy,
        ...(plan.gracePeriod >= 0 ? { gracePeriodSeconds: plan.gracePeriod } : {}),
        ...(plan.dryRun === 'server' ? { dryRun: true } : {}),
      });
      uid = answer.kind === 'Status' ? (answer as { details?: { uid?: string } }).details?.uid : answer.metadata?.uid;
    } catch (error) {
      throw addSource('deleting', info.source, error);
    }
  }
  const kind = kindName(info.resource);
  const operation = `${plan.gracePeriod === 0 ? 'force deleted' : 'deleted'}${dryRunSuffix(plan.dryRun)}`;
  ctx.streams.stdout.write(nameOnly ? `${kind}/${info.name}\n` : `${kind} "${info.name}" ${operation}\n`);
  return uid;
}

const kindName = ({ kind, group }: ResourceFacts): string => (group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`);

function confirmed(ctx: CommandContext, infos: readonly Info[]): boolean {
  const { stdin, stdout } = ctx.streams;
  if (infos.length === 0) {
    stdout.write('No resources found\n');
    return false;
  }
  stdout.write(`You are about to delete the following ${infos.length} resource(s):\n`);
  for (const info of infos) stdout.write(`${kindName(info.resource)}/${info.name}\n`);
  stdout.write('Do you want to continue? (y/n): ');
  if (stdin.readLine()?.trim().toLowerCase() === 'y') return true;
  stdout.write('deletion is cancelled\n');
  return false;
}

/** Returns when all of them are gone, or others of the same name have taken their place. */
async function waitUntilGone(ctx: CommandContext, infos: readonly Info[], uids: ReadonlyMap<Info, string>, timeoutMs: number, tell: Tell): Promise<void> {
  const deadlineMs = Date.now() + (timeoutMs > 0 ? timeoutMs : FOREVER_MS);
  const faults: unknown[] = [];
  for (const [index, info] of infos.entries()) {
    tell(countOf('waiting until they are gone:', index, infos.length));
    const uid = uids.get(info);
    try {
      await untilGone(ctx, {
        resource: info.resource, namespace: info.namespace, name: info.name, deadlineMs,
        ...(uid ? { replaced: (object) => object.metadata?.uid !== uid } : {}),
      });
    } catch (error) {
      if (error instanceof WaitTimeout) faults.push(new CommandError(`${error.message} on ${info.resource.plural}/${info.name}`));
      // Who may delete but not watch has done what he could; and where the kind has gone, too, nothing is left to wait for.
      else if (!isForbidden(error) && !isNotFound(error) && !(error instanceof StatusError && error.reason === 'MethodNotAllowed')) throw error;
    }
  }
  throwCollected(faults);
}

