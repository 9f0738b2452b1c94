/** kubectl rollout undo (kubectl pkg/cmd/rollout/rollout_undo.go, polymorphichelpers/rollback.go). */
import type { ControllerRevision, PodTemplateSpec, ReplicaSet } from '../../../api/generated/types.ts';
import { DEPLOYMENTS } from '../../../api/kinds.ts';
import { equal } from '../../../api/json.ts';
import type { KubeObject, Stored } from '../../../api/object.ts';
import { objectOf, type Info } from '../../builder/info.ts';
import { findResources } from '../../builder/builder.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { goQuote } from '../../../api/quote.ts';
import { typedPrinter } from '../../generate/typed.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix, type DryRun } from '../../shared/dry-run.ts';
import { LAST_APPLIED } from '../../shared/last-applied.ts';
import { printFlags } from '../../shared/print-flags.ts';
import { atRevision, controllerHistory, readDeployment, replicaSetsOf, REVISION, revisionOf, sameTemplate, templateOf, templateText, withoutHash } from './revisions.ts';
import { requireRevisions, rolloutQuery, targetFlags } from './shared.ts';

export const command = defineCommand({
  name: 'undo',
  usage: 'undo (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Undo a previous rollout',
  long: 'Go back to an earlier revision: the one before, or that of --to-revision.',
  examples: `# Back to the revision before
kubectl rollout undo deployment/abc

# Back to revision 3
kubectl rollout undo daemonset/abc --to-revision=3

# Only ask the server whether it could be done
kubectl rollout undo --dry-run=server deployment/abc`,
  flags: {
    ...printFlags,
    ...targetFlags,
    ...dryRunFlags,
    'to-revision': { type: 'int', default: 0, description: 'Revision to go back to; 0 stands for the one before.' },
  },
  async run(ctx, args, flags) {
    const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
    const query = await rolloutQuery(ctx, args, flags);
    const revision = flags.values['to-revision'];
    await (await findResources(ctx, query)).visit(async (info) => {
      requireRevisions(info.resource, 'rollbacker', 'rollbacker');
      if (revision < 0) throw revisionNotFound(revision);
      const result = info.resource.kind === 'Deployment' ? await undoDeployment(ctx, info, revision, dryRun) : await undoController(ctx, info, revision, dryRun);
      (await typedPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `${result}${dryRunSuffix(dryRun)}`)).print(objectOf(info));
    });
  },
});

const DONE = 'rolled back';
const skipped = (revision: number): string => `skipped rollback (current template already matches revision ${revision})`;
const revisionNotFound = (revision: number): CommandError => new CommandError(`unable to find specified revision ${revision} in history`);

/** Annotations that say something of the Deployment itself, and stay. */
const KEPT = new Set([LAST_APPLIED, REVISION, 'deployment.kubernetes.io/revision-history', 'deployment.kubernetes.io/desired-replicas', 'deployment.kubernetes.io/max-replicas', 'deprecated.deployment.rollback.to']);

async function undoDeployment(ctx: CommandContext, { namespace, name }: Info, revision: number, dryRun: DryRun): Promise<string> {
  const client = await ctx.client();
  const deployment = await readDeployment(client, namespace, name, 'Deployment');
  const target = targetOf(await replicaSetsOf(client, deployment), revision, name);
  const template = target.spec?.template ?? {};
  if (dryRun === 'client') return templateText(template);
  if (deployment.spec?.paused) throw new CommandError("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
  if (sameTemplate(template, deployment.spec?.template ?? {})) return skipped(revision);
  const annotations = Object.fromEntries([
    ...Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => KEPT.has(key)),
    ...Object.entries(target.metadata.annotations ?? {}).filter(([key]) => !KEPT.has(key)),
  ]);
  const patch = [
    { op: 'replace', path: '/spec/template', value: withoutHash(template) },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ];
  try {
    await client.of(DEPLOYMENTS).patch(namespace, name, patch, 'json', dryRun === 'server' ? { dryRun: true } : {});
  } catch (error) {
    throw new CommandError(`failed restoring revision ${revision}: ${textOf(error)}`);
  }
  return DONE;
}

/** The ReplicaSet of a revision; of the second newest where none is named. */
function targetOf(sets: readonly Stored<ReplicaSet>[], revision: number, name: string): Stored<ReplicaSet> {
  const numbered = sets.flatMap((set) => {
    const number = revisionOf(set);
    return number === undefined ? [] : [{ set, number }];
  });
  if (revision > 0) {
    const found = numbered.find(({ number }) => number === revision);
    if (!found) throw revisionNotFound(revision);
    return found.set;
  }
  const [, previous] = numbered.sort((a, b) => b.number - a.number);
  if (!previous) throw new CommandError(`no rollout history found for deployment ${goQuote(name)}`);
  return previous.set;
}

async function undoController(ctx: CommandContext, info: Info, revision: number, dryRun: DryRun): Promise<string> {
  const { resource, namespace, name } = info;
  const client = await ctx.client();
  const { owner, revisions } = await controllerHistory(client, resource.kind as 'DaemonSet' | 'StatefulSet', namespace, name);
  if (revision === 0 && revisions.length <= 1) throw new CommandError('no last revision to roll back to');
  const target = revision === 0 ? [...revisions].sort((a, b) => a.revision - b.revision).at(-2) : revisions.find((each) => each.revision === revision);
  if (!target) throw revisionNotFound(revision);
  if (dryRun === 'client') return `will roll back to ${await templateText(templateOf(await atRevision(owner, target)))}`;
  if (equal(patchOf(templateOf(owner)), (target as ControllerRevision).data)) return skipped(revision);
  try {
    await client.of<KubeObject>(resource).patch(namespace, name, target.data, 'strategic', dryRun === 'server' ? { dryRun: true } : {});
  } catch (error) {
    throw new CommandError(`failed restoring revision ${revision}: ${textOf(error)}`);
  }
  return DONE;
}

/** A revision's data, as the controllers record it. */
const patchOf = (template: PodTemplateSpec): object => ({ spec: { template: { ...template, $patch: 'replace' } } });
