/** kubectl scale (kubectl pkg/cmd/scale/scale.go, pkg/scale/scale.go). */
import type { Scale } from '../../api/generated/types.ts';
import { draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { isConflict } from '../../api/status.ts';
import { goQuote } from '../../api/quote.ts';
import { findResources } from '../builder/builder.ts';
import { objectOf, type Info } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, textOf } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { objectPrinter, printFlags } from '../shared/print-flags.ts';
import { CHANGE_CAUSE, changeCause, recordFlags } from '../shared/record.ts';
import { until, WaitTimeout } from '../shared/until.ts';
import { selectorFlags } from '../shared/write-flags.ts';

const scaleFlags = {
  ...printFlags,
  ...recordFlags,
  ...filenameFlags,
  ...selectorFlags,
  ...dryRunFlags,
  all: { type: 'bool', default: false, description: 'Scale all objects of the types, in the namespace.' },
  'current-replicas': { type: 'int', default: -1, description: 'Scale only if this is the size now. -1: whatever it is.' },
  replicas: { type: 'int', default: 0, description: 'The new number of replicas. Required.' },
  'resource-version': { type: 'string', default: '', description: 'Scale only if this is the resource version now.' },
  timeout: { type: 'duration', default: 0, description: 'How long to wait until the new size is reached; zero does not wait. Other values need a unit (1s, 2m, 3h).' },
} as const;

export const command = defineCommand({
  name: 'scale',
  usage: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  long: `Set a new size for a deployment, replica set, replication controller or stateful set.

 With --current-replicas or --resource-version the size is set only where they hold at that moment.`,
  examples: `# Three replicas of a replica set
kubectl scale --replicas=3 rs/foo

# Three of what foo.yaml names
kubectl scale --replicas=3 -f foo.yaml

# Three of mysql, if it has two now
kubectl scale --current-replicas=2 --replicas=3 deployment/mysql

# Several at once
kubectl scale --replicas=5 rc/example1 rc/example2 rc/example3`,
  flags: scaleFlags,
  required: ['replicas'],
  run: runScale,
});

async function runScale(ctx: CommandContext, args: readonly string[], flags: Flags<typeof scaleFlags>): Promise<void> {
  const { values } = flags;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `scaled${dryRunSuffix(dryRun)}`);
  if (values.replicas < 0) throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  if (values['current-replicas'] < -1) throw new CommandError('The --current-replicas must specify an integer of -1 or greater');
  const found = await findResources(ctx, {
    files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>),
    args,
    namespace: await ctx.namespace(),
    enforceNamespace: ctx.namespaceGiven,
    labelSelector: values.selector,
    typeSelectsAll: values.all,
    continueOnError: true,
  });
  const { infos, error } = await found.collect();
  if (values['resource-version'] !== '' && infos.length > 1) throw new CommandError('cannot use --resource-version with multiple resources');
  if (infos.length === 0) {
    throw new CommandError(`no objects passed to scale${error === undefined ? '' : ` ${textOf(error)}`}`);
  }
  for (const info of infos) {
    if (dryRun !== 'client') {
      await scaleOne(ctx, info, values, dryRun === 'server');
      if (values.timeout !== 0 && dryRun === 'none') await untilScaled(ctx, info, values.replicas, values.timeout);
      if (values.record) await recordScale(ctx, info);
    }
    printer.print(objectOf(info));
  }
  if (error !== undefined) throw error;
}

/** How long conflicts are retried, and at what interval, ms. */
const RETRY_MS = 1000;
const RETRY_LIMIT_MS = 5 * 60 * 1000;

async function scaleOne(ctx: CommandContext, info: Info, values: Flags<typeof scaleFlags>['values'], dryRun: boolean): Promise<void> {
  const deadline = Date.now() + RETRY_LIMIT_MS;
  for (;;) {
    try {
      return await tryScale(ctx, info, values, dryRun);
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (Date.now() + RETRY_MS > deadline) throw new CommandError('context deadline exceeded');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function tryScale(ctx: CommandContext, { resource, namespace, name }: Info, values: Flags<typeof scaleFlags>['values'], dryRun: boolean): Promise<void> {
  const api = (await ctx.client()).of<KubeObject>(resource);
  const options = { subresource: 'scale', ...(dryRun ? { dryRun: true } : {}) };
  const { replicas, 'current-replicas': current, 'resource-version': version } = values;
  if (current === -1 && version === '') return void (await api.patch(namespace || undefined, name, { spec: { replicas } }, 'merge', options));
  const scale = draft((await api.get(namespace || undefined, name, { subresource: 'scale' })) as Scale);
  const size = scale.spec?.replicas ?? 0;
  if (current !== -1 && size !== current) throw new CommandError(`Expected replicas to be ${current}, was ${size}`);
  if (version !== '' && scale.metadata?.resourceVersion !== version) throw new CommandError(`Expected resource version to be ${version}, was ${scale.metadata?.resourceVersion ?? ''}`);
  scale.spec = { ...scale.spec, replicas };
  await api.update(scale as KubeObject, options);
}

interface Scalable {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

async function untilScaled(ctx: CommandContext, { resource, namespace, name }: Info, replicas: number, timeoutMs: number): Promise<void> {
  try {
    // kubectl's questions end with the time: where there is none, none is answered.
    if (timeoutMs < 0) throw new WaitTimeout();
    await until(ctx, {
      resource, namespace, name,
      deadlineMs: Date.now() + timeoutMs,
      done(object) {
        const { spec, status } = (object ?? {}) as Scalable;
        // Somebody else has set another size: that is no longer ours to wait for.
        return (spec?.replicas ?? 0) !== replicas || (status?.replicas ?? 0) === replicas;
      },
    });
  } catch (error) {
    throw error instanceof WaitTimeout ? new CommandError(`timed out waiting for ${goQuote(name)} to be synced`) : error;
  }
}

async function recordScale(ctx: CommandContext, { resource, namespace, name }: Info): Promise<void> {
  const patch = { metadata: { annotations: { [CHANGE_CAUSE]: changeCause(ctx, scaleFlags) } } };
  await (await ctx.client()).of<KubeObject>(resource).patch(namespace || undefined, name, patch, 'merge');
}
