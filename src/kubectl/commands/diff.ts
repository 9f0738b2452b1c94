/** kubectl diff (kubectl pkg/cmd/diff/diff.go). Exits with 0 for no difference, 1 for one, more for a fault. */
import { draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { isConflict, isNotFound } from '../../api/status.ts';
import type { WriteOptions } from '../../client/client.ts';
import { findResources } from '../builder/builder.ts';
import { refresh } from '../builder/retrieve.ts';
import { objectOf, type Info, type UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, describeError, ExitError, PlainError, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { klogLine } from '../klog.ts';
import { toYaml } from '../printers/yaml.ts';
import { filenameFlags, filenameOptions, requireFilename } from '../shared/filename-flags.ts';
import { configurationOf } from '../shared/last-applied.ts';
import { withoutManagedFields } from '../shared/print-flags.ts';
import { fieldManagerFlags, selectorFlags } from '../shared/write-flags.ts';
import { Patcher } from './apply/patcher.ts';
import { DiffFolders } from './diff/folders.ts';
import { maskSecrets } from './diff/mask.ts';

/** How often an object is compared that changes meanwhile; the last time without regard to that. */
const MAX_RETRIES = 4;
const EXIT_FAULT = 2;

const diffFlags = {
  ...filenameFlags,
  ...selectorFlags,
  ...fieldManagerFlags('kubectl-client-side-apply'),
  concurrency: { type: 'int', default: 1, description: 'How many objects are compared at the same time.' },
  'force-conflicts': { type: 'bool', default: false, description: 'With --server-side: take over fields that others manage.' },
  prune: { type: 'bool', default: false, description: 'Show what apply --prune would delete, too.' },
  'prune-allowlist': { type: 'array', default: [], description: 'Types that --prune looks at, instead of the usual ones: <group/version/kind>.' },
  'server-side': { type: 'bool', default: false, description: 'Let the server apply.' },
  'show-managed-fields': { type: 'bool', default: false, description: 'Compare managedFields, too.' },
} as const;

type DiffFlags = Flags<typeof diffFlags>;

export const command = defineCommand({
  name: 'diff',
  usage: 'diff -f FILENAME',
  short: 'Diff configurations specified by file name or stdin between the current online configuration, and the configuration as it would be if applied.',
  long: `Diff configurations specified by file name or stdin between the current online configuration, and the configuration as it would be if applied.

 The output is always YAML.

 KUBECTL_EXTERNAL_DIFF names another program than "diff -u -N", with arguments if needed: KUBECTL_EXTERNAL_DIFF="colordiff -N -u".

 Exit status: 0 No differences were found. 1 Differences were found. >1 Kubectl or diff failed with an error.`,
  examples: `# What a file would change
kubectl diff -f pod.json

# From standard input
cat service.yaml | kubectl diff -f -`,
  flags: diffFlags,
  flagErrorCode: EXIT_FAULT,
  async run(ctx, args, flags) {
    try {
      await diff(ctx, args, flags as unknown as DiffFlags);
    } catch (error) {
      if (error instanceof ExitError) throw error;
      const { text, code } = describeError(error);
      throw new PlainError(text, code + 1);
    }
  },
});

async function diff(ctx: CommandContext, args: readonly string[], flags: DiffFlags): Promise<void> {
  const { values } = flags;
  if (args.length > 0) throw usageError(ctx, `Unexpected args: [${args.join(' ')}]`);
  const files = filenameOptions(flags as unknown as Flags<typeof filenameFlags>);
  requireFilename(files);
  if (values['force-conflicts'] && !values['server-side']) throw new CommandError('--force-conflicts only works with --server-side');
  const pruning = values.prune ? await import('./apply/prune.ts') : undefined;
  const allowed = pruning ? await pruning.pruneResources(ctx, values['prune-allowlist']) : [];
  const fieldManager = flags.changed('field-manager') ? values['field-manager'] : values['server-side'] ? 'kubectl' : values['field-manager'];
  const folders = new DiffFolders();
  const seenUids = new Set<string>();
  const seenNamespaces = new Set<string>();
  try {
    const found = await findResources(ctx, { files, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven, labelSelector: values.selector });
    let fault: { readonly error: unknown } | undefined;
    try {
      await found.visit(async (info) => {
        if (info.resource.namespaced) seenNamespaces.add(info.namespace);
        await compareOne(ctx, info, folders, { fieldManager, dryRun: true }, values);
        if (info.object?.metadata?.uid) seenUids.add(info.object.metadata.uid);
      });
    } catch (error) {
      fault = { error };
    }
    if (pruning) await pruning.forEachPruned({ ctx, selector: values.selector, seenUids, seenNamespaces }, allowed, (object, { group, version, kind }) => {
      folders.write('live', fileName({ group, version, kind }, object.metadata?.namespace ?? '', object.metadata?.name ?? ''), toYaml(object));
    });
    if (fault) throw fault.error;
    folders.compare(ctx);
  } finally {
    folders.remove();
  }
}

/** Writes the object as it is and as it would be. */
async function compareOne(ctx: CommandContext, info: Info, folders: DiffFolders, write: WriteOptions, values: DiffFlags['values']): Promise<void> {
  const client = await ctx.client();
  const local = draft(objectOf(info)) as UnstructuredObject;
  for (let attempt = 1; ; attempt++) {
    let live: UnstructuredObject | undefined;
    try {
      await refresh(client, info);
      live = objectOf(info);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      info.object = undefined;
    }
    if (attempt === MAX_RETRIES) ctx.streams.stderr.write(klogLine('W', 'diff.go:719', `Object (${info.resource.group}/${info.resource.version}, Kind=${info.resource.kind}: ${info.name}) keeps changing, diffing without lock`));
    try {
      const merged = await mergedObject(ctx, info, local, live, write, values, attempt < MAX_RETRIES);
      const show = (object: KubeObject): KubeObject => (values['show-managed-fields'] ? object : withoutManagedFields(object));
      let [from, to]: readonly [KubeObject | undefined, KubeObject] = [live && show(live as KubeObject), show(merged)];
      const secret = to.kind === 'Secret' && to.apiVersion === 'v1';
      if (secret) [from, to] = maskSecrets(from, to);
      const name = fileName(info.resource, info.namespace, info.name);
      // The real kubectl's mask turns a Secret that is not there into a null.
      folders.write('live', name, from ? toYaml(from) : secret ? 'null\n' : '');
      folders.write('merged', name, toYaml(to));
    } catch (error) {
      if (isConflict(error) && attempt < MAX_RETRIES) continue;
      throw error;
    }
    if (live?.metadata?.deletionTimestamp) ctx.streams.stderr.write(`Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`);
    return;
  }
}

/** The object as applying would leave it: the server's answer to a dry run. */
async function mergedObject(ctx: CommandContext, info: Info, local: UnstructuredObject, live: UnstructuredObject | undefined, write: WriteOptions, values: DiffFlags['values'], locked: boolean): Promise<KubeObject> {
  const api = (await ctx.client()).of<KubeObject>(info.resource);
  if (values['server-side']) return api.patch(info.namespace || undefined, info.name, local, 'apply', { ...write, force: values['force-conflicts'] });
  if (!live) return api.create(local as KubeObject, write);
  const resourceVersion = live.metadata?.resourceVersion;
  const patcher = new Patcher({ ctx, info, modified: configurationOf(local), write, overwrite: true, ...(locked && resourceVersion !== undefined ? { resourceVersion } : {}) });
  return patcher.patch(live);
}

function fileName({ group, version, kind }: { readonly group: string; readonly version: string; readonly kind: string }, namespace: string, name: string): string {
  return `${group === '' ? '' : `${group}.`}${version}.${kind}.${namespace}.${name}`;
}
