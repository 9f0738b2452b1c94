/** kubectl replace (kubectl pkg/cmd/replace/replace.go). */
import type { KubeObject } from '../../api/object.ts';
import { isNotFound } from '../../api/status.ts';
import type { ResourceClient } from '../../client/client.ts';
import { findResources } from '../builder/builder.ts';
import type { ResourceQuery } from '../builder/query.ts';
import { take } from '../builder/retrieve.ts';
import { objectOf, type Info } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { addSource, CommandError, throwCollected } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { cascadeFlags, graceFlags, propagationOf } from '../shared/delete-flags.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions, requireFilename } from '../shared/filename-flags.ts';
import { createOrUpdateAnnotation } from '../shared/last-applied.ts';
import { objectPrinter, printFlags, type ObjectPrinter } from '../shared/print-flags.ts';
import { untilGone, WaitTimeout } from '../shared/until.ts';
import { fieldManagerFlags, saveConfigFlags, validateFlags, validationOf } from '../shared/write-flags.ts';

/** How long --force waits for what it deletes, where no limit was given. */
const FORCE_WAIT_MS = 5 * 60_000;

const replaceFlags = {
  ...printFlags,
  ...filenameFlags,
  ...cascadeFlags,
  ...graceFlags,
  ...dryRunFlags,
  ...validateFlags,
  ...saveConfigFlags,
  ...fieldManagerFlags('kubectl-replace'),
  raw: { type: 'string', default: '', description: 'Path to PUT the file to, as it is.' },
  subresource: { type: 'string', default: '', description: 'Replace this subresource.' },
  wait: { type: 'bool', default: false, description: 'Return only when what is deleted is gone, finalizers and all.' },
} as const;

type ReplaceFlags = Flags<typeof replaceFlags>;

export const command = defineCommand({
  name: 'replace',
  usage: 'replace -f FILENAME',
  short: 'Replace a resource by file name or stdin.',
  long: `Replace a resource by file name or stdin.

 Files are JSON or YAML. To replace an object that exists, its whole specification must be given; it can be had by

  $ kubectl get TYPE NAME -o yaml`,
  examples: `# What a file describes
kubectl replace -f ./pod.json

# From standard input
cat pod.json | kubectl replace -f -

# A pod's image
kubectl get pod mypod -o yaml | sed 's/\\(image: myimage\\):.*$/\\1:v4/' | kubectl replace -f -

# Delete and create anew
kubectl replace --force -f ./pod.json`,
  flags: replaceFlags,
  run: replace,
});

async function replace(ctx: CommandContext, _args: readonly string[], flags: ReplaceFlags): Promise<void> {
  const { values } = flags;
  const fieldValidation = validationOf(flags as unknown as Flags<typeof validateFlags>);
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `replaced${dryRunSuffix(dryRun)}`);
  propagationOf(values.cascade, (line) => ctx.streams.stderr.write(`${line}\n`));
  const files = filenameOptions(flags as unknown as Flags<typeof filenameFlags>);
  requireFilename(files);
  if (values['grace-period'] >= 0 && !values.force) throw new CommandError('--grace-period must have --force specified');
  if (values.timeout !== 0 && !values.force) throw new CommandError('--timeout must have --force specified');
  if (values.force && dryRun !== 'none') throw new CommandError('--dry-run can not be used when --force is set');
  if (values.raw !== '') {
    const { checkRaw, sendRaw } = await import('../shared/raw-body.ts');
    checkRaw({ path: values.raw, filenames: values.filename, recursive: values.recursive, output: values.output });
    return sendRaw(ctx, 'PUT', values.raw, values.filename[0] as string);
  }
  const query: ResourceQuery = {
    files, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven, continueOnError: true, ...(values.subresource === '' ? {} : { subresource: values.subresource }),
  };
  const options = { fieldManager: values['field-manager'], fieldValidation };
  if (values.force) return forceReplace(ctx, flags, query, printer, options);
  const found = await findResources(ctx, { ...query, validate: fieldValidation });
  await found.visit(async (info) => {
    const object = objectOf(info);
    createOrUpdateAnnotation(values['save-config'], object);
    if (dryRun !== 'client') {
      try {
        if (info.name === '') throw new CommandError('resource name may not be empty');
        const api = (await ctx.client()).of<KubeObject>(info.resource);
        const subresource = values.subresource === '' ? {} : { subresource: values.subresource };
        take(info, await api.update(await overwriting(api, object as KubeObject, subresource), { ...options, ...(dryRun === 'server' ? { dryRun: true } : {}), ...subresource }));
      } catch (error) {
        throw addSource('replacing', info.source, error);
      }
    }
    printer.print(objectOf(info) as KubeObject);
  });
}

/** An object of no version replaces whichever is there (cli-runtime pkg/resource/helper.go: Replace). */
async function overwriting(api: ResourceClient<KubeObject>, object: KubeObject, subresource: { readonly subresource?: string }): Promise<KubeObject> {
  const { namespace, name = '', resourceVersion } = object.metadata ?? {};
  if (resourceVersion) return object;
  const current = await api.get(namespace, name, subresource).catch(() => undefined);
  return current ? { ...object, metadata: { ...object.metadata, resourceVersion: current.metadata.resourceVersion } } : object;
}

/** --force: deletes, waits until all is gone, creates. */
async function forceReplace(ctx: CommandContext, flags: ReplaceFlags, query: ResourceQuery, printer: ObjectPrinter, options: { readonly fieldManager: string; readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore' }): Promise<void> {
  const { values } = flags;
  // Standard input can be read once only: the same objects serve for deleting and creating.
  const found = await findResources(ctx, { ...query, validate: options.fieldValidation, keepInvalid: true });
  const { infos, error: missing } = await found.collect();
  const client = await ctx.client();
  const propagationPolicy = propagationOf(values.cascade, () => undefined);
  const grace = values['grace-period'];
  const faults: unknown[] = [];
  for (const info of infos) {
    try {
      await client.of<KubeObject>(info.resource).delete(info.namespace || undefined, info.name, { propagationPolicy, ...(grace >= 0 ? { gracePeriodSeconds: grace === 0 ? 1 : grace } : {}) });
    } catch (error) {
      if (!isNotFound(error)) faults.push(addSource('deleting', info.source, error));
      continue;
    }
    tellDeleted(ctx, info, values.output);
  }
  throwCollected(missing === undefined ? faults : [...faults, missing]);
  const deadlineMs = Date.now() + (values.timeout || FORCE_WAIT_MS);
  for (const info of infos) {
    try {
      await untilGone(ctx, { resource: info.resource, namespace: info.namespace, name: info.name, deadlineMs });
    } catch (error) {
      throw error instanceof WaitTimeout ? new CommandError('context deadline exceeded') : error;
    }
  }
  if (infos.length === 0) throw new CommandError('no objects passed to replace');
  const failures: unknown[] = [];
  for (const info of infos) {
    // What is no valid document is found out only now that its objects are gone.
    if (info.invalid) {
      if (!failures.includes(info.invalid)) failures.push(info.invalid);
      continue;
    }
    const object = objectOf(info);
    createOrUpdateAnnotation(values['save-config'], object);
    try {
      take(info, await client.of<KubeObject>(info.resource).create(object as KubeObject, options));
    } catch (error) {
      failures.push(error);
      continue;
    }
    printer.print(objectOf(info) as KubeObject);
  }
  throwCollected(failures);
}

function tellDeleted(ctx: CommandContext, { resource, name }: Info, output: string): void {
  const kind = resource.group === '' ? resource.kind.toLowerCase() : `${resource.kind.toLowerCase()}.${resource.group}`;
  if (output === 'name') ctx.streams.stdout.write(`${kind}/${name}\n`);
  else ctx.streams.stdout.write(`${kind} "${name}" deleted\n`);
}
