/** kubectl apply (kubectl pkg/cmd/apply/apply.go). */
import type { KubeObject } from '../../api/object.ts';
import { findResources } from '../builder/builder.ts';
import type { ResourceQuery } from '../builder/query.ts';
import { objectOf, type Info } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, throwCollected, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { typedPrinter } from '../generate/typed.ts';
import { cascadeFlags, graceFlags, propagationOf } from '../shared/delete-flags.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix, type DryRun } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions, requireFilename } from '../shared/filename-flags.ts';
import { objectPrinter, printFlags, type ObjectPrinter } from '../shared/print-flags.ts';
import { countOf, withProgress, type Tell } from '../shared/progress.ts';
import { record, recordFlags } from '../shared/record.ts';
import { fieldManagerFlags, selectorFlags, validateFlags, validationOf } from '../shared/write-flags.ts';
import type { ApplySet } from './apply/applyset/applyset.ts';
import { applyOnClient } from './apply/client-side.ts';

export const applyFlags = {
  ...printFlags,
  ...filenameFlags,
  ...selectorFlags,
  ...cascadeFlags,
  ...graceFlags,
  ...dryRunFlags,
  ...validateFlags,
  ...fieldManagerFlags('kubectl-client-side-apply'),
  ...recordFlags,
  all: { type: 'bool', default: false, description: 'With --prune: all objects of the types, in the namespaces.' },
  applyset: { type: 'string', default: '', gate: 'KUBECTL_APPLYSET', description: 'With --prune: the object that keeps account of what is applied together; what it had before and the files no longer name is deleted. [RESOURCE][.GROUP/]NAME; without a resource, a secret. Alpha.' },
  'force-conflicts': { type: 'bool', default: false, description: 'With --server-side: take over fields that others manage.' },
  'openapi-patch': { type: 'bool', default: true, description: "Compute the patch by the server's OpenAPI document where it names the type." },
  overwrite: { type: 'bool', default: true, description: 'Where the live object was changed by others, let the file win.' },
  prune: { type: 'bool', default: false, description: 'Delete what an earlier apply (or create --save-config) made and the files do not name. With -l or --all.' },
  'prune-allowlist': { type: 'array', default: [], description: 'Types that --prune looks at, instead of the usual ones: <group/version/kind>.' },
  'server-side': { type: 'bool', default: false, description: 'Let the server apply.' },
  subresource: { type: 'string', default: '', description: 'With --server-side: apply to this subresource.' },
  wait: { type: 'bool', default: false, description: 'Return only when what is deleted is gone, finalizers and all.' },
} as const;

export type ApplyFlags = Flags<typeof applyFlags>;

export const command = defineCommand({
  name: 'apply',
  usage: 'apply (-f FILENAME | -k DIRECTORY)',
  short: 'Apply a configuration to a resource by file name or stdin.',
  long: `Apply a configuration to a resource by file name or stdin. The resource is created where there is none of its name; to use apply on one that exists, make it with apply or with create --save-config.

 Files are JSON or YAML.`,
  examples: `# What a file describes
kubectl apply -f ./pod.json

# From standard input
cat pod.json | kubectl apply -f -

# All files that end with '.json'
kubectl apply -f '*.json'

# Delete what has the label and is not in the file
kubectl apply --prune -f manifest.yaml -l app=nginx

# Delete all other config maps
kubectl apply --prune -f manifest.yaml --all --prune-allowlist=core/v1/ConfigMap`,
  flags: applyFlags,
  acceptsArguments: true,
  subcommands: [
    { name: 'edit-last-applied', short: 'Edit latest last-applied-configuration annotations of a resource/object', load: () => import('./apply/edit-last-applied.ts') },
    { name: 'set-last-applied', short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file', load: () => import('./apply/set-last-applied.ts') },
    { name: 'view-last-applied', short: 'View the latest last-applied-configuration annotations of a resource/object', load: () => import('./apply/view-last-applied.ts') },
  ],
  run: apply,
});

/** One run of apply: what its flags say, and what it has seen. */
export interface ApplyRun {
  readonly ctx: CommandContext;
  readonly values: ApplyFlags['values'];
  readonly dryRun: DryRun;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan';
  /** Objects are printed whole, at the end; otherwise one line each. */
  readonly printsObjects: boolean;
  /** Prints "deployment.apps/web configured", or what -o asks for. */
  printer(operation: string): Promise<ObjectPrinter>;
  /** One line by a printer of its own. */
  line(object: KubeObject, operation: string): Promise<void>;
  readonly seenUids: Set<string>;
  readonly seenNamespaces: Set<string>;
}

async function apply(ctx: CommandContext, args: readonly string[], flags: ApplyFlags): Promise<void> {
  const { values } = flags;
  if (args.length > 0) throw usageError(ctx, `Unexpected args: [${args.join(' ')}]`);
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const propagationPolicy = propagationOf(values.cascade, (line) => ctx.streams.stderr.write(`${line}\n`));
  const files = filenameOptions(flags as unknown as Flags<typeof filenameFlags>);
  requireFilename(files);
  const fieldValidation = validationOf(flags as unknown as Flags<typeof validateFlags>);
  const applySet = values.applyset ? await (await import('./apply/applyset/applyset.ts')).ApplySet.of(ctx, values.applyset) : undefined;
  const pruning = values.prune ? await (await import('./apply/prune.ts')).pruneResources(ctx, values['prune-allowlist']) : undefined;
  await check(values, dryRun, applySet);

  const namespace = await ctx.namespace();
  const run: ApplyRun = {
    ctx, values, dryRun, fieldValidation, propagationPolicy,
    fieldManager: flags.changed('field-manager') ? values['field-manager'] : values['server-side'] ? 'kubectl' : values['field-manager'],
    printsObjects: values.output !== '' && values.output !== 'name',
    printer: (operation) => objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `${operation}${dryRunSuffix(dryRun)}`),
    async line(object, operation) {
      (await run.printer(operation)).print(object);
    },
    seenUids: new Set(),
    seenNamespaces: new Set(ctx.namespaceGiven ? [namespace] : []),
  };
  const query: ResourceQuery = { files, namespace, enforceNamespace: ctx.namespaceGiven, labelSelector: values.selector, validate: fieldValidation, continueOnError: true };
  const { infos, faults } = await withProgress(ctx, (tell) => applyAll(run, query, applySet, tell));
  throwCollected(faults);
  if (run.printsObjects) await printAll(ctx, flags, dryRun, infos);
  if (applySet) await applySet.prune(run);
  else if (pruning) await (await import('./apply/prune.ts')).prune(run, pruning);
}

/** Applies the objects of the files. What is wrong with some of them keeps no other back. */
async function applyAll(run: ApplyRun, query: ResourceQuery, applySet: ApplySet | undefined, tell: Tell): Promise<{ readonly infos: readonly Info[]; readonly faults: readonly unknown[] }> {
  const { infos, error } = await readObjects(run, query, applySet, tell);
  if (infos.length === 0 && error === undefined) throw new CommandError('no objects passed to apply');
  await applySet?.beforeApply(run, infos);
  const faults: unknown[] = error === undefined ? [] : [error];
  for (const [index, info] of infos.entries()) {
    run.ctx.signal.throwIfAborted();
    try {
      await applyOne(run, info);
    } catch (fault) {
      faults.push(fault);
    }
    tell(countOf('applied', index + 1, infos.length));
  }
  return { infos, faults };
}

/** The objects of the files, marked as the set's, and what was wrong with others. */
async function readObjects(run: ApplyRun, query: ResourceQuery, applySet: ApplySet | undefined, tell: Tell): Promise<{ readonly infos: readonly Info[]; readonly error: unknown }> {
  try {
    const found = await findResources(run.ctx, query);
    const read = await found.collect((count) => tell(countOf('read', count, found.known())));
    applySet?.addLabels(read.infos);
    return read;
  } catch (error) {
    return { infos: [], error };
  }
}

async function check(values: ApplyFlags['values'], dryRun: DryRun, applySet: ApplySet | undefined): Promise<void> {
  const serverSide = values['server-side'];
  if (values['force-conflicts'] && !serverSide) throw new CommandError('--force-conflicts only works with --server-side');
  if (dryRun === 'client' && serverSide) throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  if (serverSide && values.force) throw new CommandError('--force cannot be used with --server-side');
  if (dryRun === 'server' && values.force) throw new CommandError('--dry-run=server cannot be used with --force');
  if (values.all && values.selector !== '') throw new CommandError('cannot set --all and --selector at the same time');
  if (applySet) {
    if (!values.prune) throw new CommandError('--applyset requires --prune');
    await applySet.validate();
  }
  if (values.prune) {
    if (values.force) throw new CommandError('--force cannot be used with --prune');
    if (applySet) {
      const other = values.all ? '--all' : values.selector !== '' ? '--selector' : values['prune-allowlist'].length > 0 ? '--prune-allowlist' : undefined;
      if (other !== undefined) throw new CommandError(`${other} is incompatible with --applyset`);
    } else if (!values.all && values.selector === '') {
      throw new CommandError('all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector');
    }
    if (serverSide && !applySet) throw new CommandError("--prune is in alpha and doesn't currently work on objects created by server-side apply");
  }
  if (values.subresource !== '' && !serverSide) throw new CommandError('--subresource can only be specified for --server-side');
}

async function applyOne(run: ApplyRun, info: Info): Promise<void> {
  record(run.ctx, applyFlags, run.values, objectOf(info));
  if (info.resource.namespaced) run.seenNamespaces.add(info.namespace);
  const generateName = info.object?.metadata?.generateName ?? '';
  if (info.name === '' && generateName !== '') throw new CommandError(`from ${generateName}: cannot use generate name with apply`);
  if (run.values['server-side']) return (await import('./apply/server-side.ts')).applyOnServer(run, info);
  return applyOnClient(run, info);
}

/** Notes that the object is one of those applied. */
export function markSeen(run: ApplyRun, info: Info): void {
  run.seenUids.add(objectOf(info).metadata?.uid ?? '');
}

/** Tells that an object is on its way out and will not stay as applied. */
export function warnIfDeleting({ ctx }: ApplyRun, { metadata }: KubeObject): void {
  if (metadata?.deletionTimestamp) ctx.streams.stderr.write(`Warning: Detected changes to resource ${metadata.name ?? ''} which is currently being deleted.\n`);
}

async function printAll(ctx: CommandContext, flags: ApplyFlags, dryRun: DryRun, infos: readonly Info[]): Promise<void> {
  const objects = infos.map((info) => objectOf(info) as KubeObject);
  const [first] = objects;
  if (!first) return;
  const printing = flags as unknown as Flags<typeof printFlags>;
  if (objects.length === 1) return (await objectPrinter(ctx, printing, dryRunSuffix(dryRun))).print(first);
  const list = { kind: 'List', apiVersion: 'v1', metadata: {}, items: objects };
  (await typedPrinter(ctx, printing, dryRunSuffix(dryRun))).print(list as KubeObject);
}

