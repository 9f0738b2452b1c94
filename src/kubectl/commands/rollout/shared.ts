/** What the subcommands of `kubectl rollout` have in common. */
import { draft } from '../../../api/json.ts';
import { goQuote } from '../../../api/quote.ts';
import { groupResourceName, type ResourceFacts } from '../../../api/resource.ts';
import type { ResourceQuery } from '../../builder/query.ts';
import { findResources } from '../../builder/builder.ts';
import { objectOf, type Info, type UnstructuredObject } from '../../builder/info.ts';
import type { CommandContext } from '../../command.ts';
import { CommandError, MultipleErrors, textOf } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { typedPrinter } from '../../generate/typed.ts';
import { filenameFlags, filenameOptions } from '../../shared/filename-flags.ts';
import { printFlags } from '../../shared/print-flags.ts';
import { sendPatch, strategicPatch } from '../../shared/strategic-patch.ts';
import { fieldManagerFlags, selectorFlags } from '../../shared/write-flags.ts';

export const targetFlags = { ...filenameFlags, ...selectorFlags } as const;
export const changeFlags = { ...printFlags, ...targetFlags, ...fieldManagerFlags('kubectl-rollout') } as const;

/** The question that all subcommands ask: objects by name, type, selector or file, as the server has them. */
export async function rolloutQuery(ctx: CommandContext, args: readonly string[], given: object): Promise<ResourceQuery> {
  const flags = given as Flags<typeof targetFlags>;
  const { values } = flags;
  if (args.length === 0 && values.filename.length === 0 && values.kustomize === '') throw new CommandError('required resource not specified');
  return {
    files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>),
    args,
    namespace: await ctx.namespace(),
    enforceNamespace: ctx.namespaceGiven,
    labelSelector: values.selector,
    typeSelectsAll: true,
    continueOnError: true,
    latest: true,
    typed: true,
  };
}

export interface Change {
  /** "paused": what is printed when it was done. */
  readonly done: string;
  /** Changes the object; throws where it cannot be. */
  readonly mutate: (object: UnstructuredObject, nowMs: number) => void;
  /** What is said where the object is already so. */
  readonly unchanged: (info: Info) => { readonly operation: string } | { readonly error: string };
}

/** Changes each object with a patch, prints it, and reports all faults at the end. */
export async function changeAll(ctx: CommandContext, args: readonly string[], given: object, change: Change): Promise<void> {
  const flags = given as Flags<typeof changeFlags>;
  const query = await rolloutQuery(ctx, args, given);
  const { infos, error: missing } = await (await findResources(ctx, query)).collect();
  const faults: unknown[] = missing === undefined ? [] : [missing];
  if (infos.length === 0 && faults.length === 0) return ctx.streams.stderr.write(`No resources found in ${await ctx.namespace()} namespace.\n`);
  const nowMs = infos.length > 0 ? await ctx.now() : 0;
  for (const info of infos) {
    try {
      const before = draft(objectOf(info));
      try {
        change.mutate(objectOf(info), nowMs);
      } catch (error) {
        throw new CommandError(`error: ${groupResourceName(info.resource)} ${goQuote(info.name)} ${textOf(error)}`);
      }
      const patch = await strategicPatch(before as UnstructuredObject, objectOf(info));
      let operation = change.done;
      if (!patch) {
        const said = change.unchanged(info);
        if ('error' in said) throw new CommandError(said.error);
        operation = said.operation;
      } else {
        try {
          info.object = await sendPatch(ctx, info, patch, { fieldManager: flags.values['field-manager'] });
        } catch (error) {
          throw new CommandError(`failed to patch: ${textOf(error)}`);
        }
      }
      (await typedPrinter(ctx, flags as unknown as Flags<typeof printFlags>, operation)).print(objectOf(info));
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw new MultipleErrors(faults);
}

/** "Deployment.apps": schema.GroupKind's own form. */
export const groupKind = ({ group, kind }: ResourceFacts): string => (group === '' ? kind : `${kind}.${group}`);

const VISITED = new Set(['DaemonSet.apps', 'Deployment.apps', 'Job.batch', 'Pod', 'ReplicaSet.apps', 'ReplicationController', 'StatefulSet.apps', 'CronJob.batch']);

/** Fails for kinds without revisions. `what`: "history viewer" or "rollbacker"; `retrieving`: what upstream calls it then. */
export function requireRevisions(resource: ResourceFacts, what: string, retrieving: string): void {
  const name = groupKind(resource);
  if (!VISITED.has(name)) throw new CommandError(`error retrieving ${retrieving} for ${goQuote(name)}, no visitor method exists for {${resource.group} ${resource.kind}}`);
  if (name !== 'Deployment.apps' && name !== 'DaemonSet.apps' && name !== 'StatefulSet.apps') throw new CommandError(`no ${what} has been implemented for ${goQuote(name)}`);
}
