/** kubectl rollout history (kubectl pkg/cmd/rollout/rollout_history.go, polymorphichelpers/history.go). */
import type { PodTemplateSpec } from '../../../api/generated/types.ts';
import type { KubeObject } from '../../../api/object.ts';
import { objectOf, type Info } from '../../builder/info.ts';
import { findResources } from '../../builder/builder.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { typedPrinter } from '../../generate/typed.ts';
import { TabWriter } from '../../printers/tab-writer.ts';
import { ignoringPrintFaults, printFlags } from '../../shared/print-flags.ts';
import { CHANGE_CAUSE } from '../../shared/record.ts';
import { atRevision, controllerHistory, readDeployment, replicaSetsOf, revisionOf, templateOf, templateText } from './revisions.ts';
import { requireRevisions, rolloutQuery, targetFlags } from './shared.ts';

export const command = defineCommand({
  name: 'history',
  usage: 'history (TYPE NAME | TYPE/NAME) [flags]',
  short: 'View rollout history',
  long: 'Show the revisions that were rolled out before, and with --revision what one of them was.',
  examples: `# The revisions of a deployment
kubectl rollout history deployment/abc

# What revision 3 of a daemon set was
kubectl rollout history daemonset/abc --revision=3`,
  flags: {
    ...printFlags,
    ...targetFlags,
    revision: { type: 'int', default: 0, description: 'Show this revision with its pod template.' },
  },
  async run(ctx, args, flags) {
    const { revision } = flags.values;
    const query = await rolloutQuery(ctx, args, flags);
    if (revision < 0) throw new CommandError(`revision must be a positive integer: ${revision}`);
    const printing = flags as unknown as Flags<typeof printFlags>;
    const asked = flags.changed('output') ? await typedPrinter(ctx, printing, '') : undefined;
    await (await findResources(ctx, query)).visit(async (info) => {
      requireRevisions(info.resource, 'history viewer', 'history');
      const history = await readHistory(ctx, info);
      if (asked) {
        if (revision > 0) {
          const wanted = history.get(revision);
          if (!wanted) throw notFound();
          return asked.print(await wanted.object());
        }
        for (const number of sorted(history)) {
          const object = await (history.get(number) as Revision).object();
          ignoringPrintFaults(() => asked.print(object));
        }
        return;
      }
      const title = revision > 0 ? `with revision #${revision}` : '';
      (await typedPrinter(ctx, printing, `${title}\n${await historyText(history, revision)}`)).print(objectOf(info));
    });
  },
});

interface Revision {
  readonly cause: string;
  template(): Promise<PodTemplateSpec>;
  /** What -o prints of it. */
  object(): Promise<KubeObject>;
}

type History = ReadonlyMap<number, Revision>;

const sorted = (history: History): number[] => [...history.keys()].sort((a, b) => a - b);
const notFound = (): CommandError => new CommandError('unable to find the specified revision');

async function readHistory(ctx: CommandContext, { resource, namespace, name }: Info): Promise<History> {
  const client = await ctx.client();
  const history = new Map<number, Revision>();
  if (resource.kind === 'Deployment') {
    const deployment = await readDeployment(client, namespace, name, 'deployment');
    for (const set of await replicaSetsOf(client, deployment)) {
      const number = revisionOf(set);
      if (number === undefined) continue;
      const template = set.spec?.template ?? {};
      const cause = set.metadata.annotations?.[CHANGE_CAUSE] || template.metadata?.annotations?.[CHANGE_CAUSE] || '';
      const described = cause === '' ? template : { ...template, metadata: { ...template.metadata, annotations: { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause } } };
      history.set(number, { cause, template: () => Promise.resolve(described), object: () => Promise.resolve({ ...set, apiVersion: 'apps/v1', kind: 'ReplicaSet' }) });
    }
    return history;
  }
  const { owner, revisions } = await controllerHistory(client, resource.kind as 'DaemonSet' | 'StatefulSet', namespace, name);
  for (const each of revisions) {
    const object = () => atRevision(owner, each);
    history.set(each.revision, { cause: each.metadata.annotations?.[CHANGE_CAUSE] ?? '', template: async () => templateOf(await object()), object });
  }
  return history;
}

async function historyText(history: History, revision: number): Promise<string> {
  if (history.size === 0) return 'No rollout history found.';
  if (revision > 0) {
    const found = history.get(revision);
    if (!found) throw notFound();
    return templateText(await found.template());
  }
  const writer = new TabWriter({ minWidth: 0, padding: 2, rememberWidths: false });
  writer.row(['REVISION', 'CHANGE-CAUSE']);
  for (const number of sorted(history)) writer.row([String(number), history.get(number)?.cause || '<none>']);
  return writer.flush();
}
