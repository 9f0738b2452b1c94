/** kubectl create: -f, and the family of generators below it (kubectl pkg/cmd/create/create.go). */
import type { KubeObject } from '../../api/object.ts';
import { findResources } from '../builder/builder.ts';
import { take } from '../builder/retrieve.ts';
import { objectOf } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { addSource, CommandError, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions, requireFilename } from '../shared/filename-flags.ts';
import { createOrUpdateAnnotation } from '../shared/last-applied.ts';
import { objectPrinter, printFlags } from '../shared/print-flags.ts';
import { countOf, withProgress } from '../shared/progress.ts';
import { record, recordFlags } from '../shared/record.ts';
import { fieldManagerFlags, saveConfigFlags, selectorFlags, validateFlags, validationOf } from '../shared/write-flags.ts';

export const createFromFileFlags = {
  ...printFlags,
  ...filenameFlags,
  ...selectorFlags,
  ...dryRunFlags,
  ...validateFlags,
  ...saveConfigFlags,
  ...fieldManagerFlags('kubectl-create'),
  ...recordFlags,
  edit: { type: 'bool', default: false, description: 'Open an editor on the objects before they are created.' },
  raw: { type: 'string', default: '', description: 'Path to POST the file to, as it is.' },
  'windows-line-endings': { type: 'bool', default: process.platform === 'win32', description: 'With --edit: use line ends of Windows.' },
} as const;

export const command = defineCommand({
  name: 'create',
  usage: 'create -f FILENAME',
  short: 'Create a resource from a file or from stdin.',
  long: `Create a resource from a file or from stdin.

 Files are JSON or YAML.`,
  examples: `# What a file describes
kubectl create -f ./pod.json

# From standard input
cat pod.json | kubectl create -f -

# Edited before it is created
kubectl create -f registry.yaml --edit -o json`,
  flags: createFromFileFlags,
  acceptsArguments: true,
  subcommands: [
    { name: 'clusterrole', short: 'Create a cluster role', load: () => import('./create/clusterrole.ts') },
    { name: 'clusterrolebinding', short: 'Create a cluster role binding for a particular cluster role', load: () => import('./create/clusterrolebinding.ts') },
    { name: 'configmap', aliases: ['cm'], short: 'Create a config map from a local file, directory or literal value', load: () => import('./create/configmap.ts') },
    { name: 'cronjob', aliases: ['cj'], short: 'Create a cron job with the specified name', load: () => import('./create/cronjob.ts') },
    { name: 'deployment', aliases: ['deploy'], short: 'Create a deployment with the specified name', load: () => import('./create/deployment.ts') },
    { name: 'ingress', aliases: ['ing'], short: 'Create an ingress with the specified name', load: () => import('./create/ingress.ts') },
    { name: 'job', short: 'Create a job with the specified name', load: () => import('./create/job.ts') },
    { name: 'namespace', aliases: ['ns'], short: 'Create a namespace with the specified name', load: () => import('./create/namespace.ts') },
    { name: 'poddisruptionbudget', aliases: ['pdb'], short: 'Create a pod disruption budget with the specified name', load: () => import('./create/poddisruptionbudget.ts') },
    { name: 'priorityclass', aliases: ['pc'], short: 'Create a priority class with the specified name', load: () => import('./create/priorityclass.ts') },
    { name: 'quota', aliases: ['resourcequota'], short: 'Create a quota with the specified name', load: () => import('./create/quota.ts') },
    { name: 'role', short: 'Create a role with single rule', load: () => import('./create/role.ts') },
    { name: 'rolebinding', short: 'Create a role binding for a particular role or cluster role', load: () => import('./create/rolebinding.ts') },
    { name: 'secret', short: 'Create a secret using a specified subcommand', load: () => import('./create/secret.ts') },
    { name: 'service', aliases: ['svc'], short: 'Create a service using a specified subcommand', load: () => import('./create/service.ts') },
    { name: 'serviceaccount', aliases: ['sa'], short: 'Create a service account with the specified name', load: () => import('./create/serviceaccount.ts') },
    { name: 'token', short: 'Request a service account token', load: () => import('./create/token.ts') },
  ],
  run: createFromFiles,
});

async function createFromFiles(ctx: CommandContext, args: readonly string[], flags: Flags<typeof createFromFileFlags>): Promise<void> {
  const { values } = flags;
  if (args.length > 0) throw usageError(ctx, `Unexpected args: [${args.join(' ')}]`);
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const fieldValidation = validationOf(flags as unknown as Flags<typeof validateFlags>);
  const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `created${dryRunSuffix(dryRun)}`);
  const files = filenameOptions(flags as unknown as Flags<typeof filenameFlags>);
  requireFilename(files);
  if (values.raw !== '') return createRaw(ctx, flags);
  if (values.edit) {
    const { editBeforeCreate } = await import('../editor/edit-before-create.ts');
    return editBeforeCreate(ctx, flags, files);
  }
  const found = await findResources(ctx, { files, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven, labelSelector: values.selector, validate: fieldValidation, continueOnError: true });
  let count = 0;
  await withProgress(ctx, (tell) => found.visit(async (info) => {
    ctx.signal.throwIfAborted();
    const object = objectOf(info);
    createOrUpdateAnnotation(values['save-config'], object);
    record(ctx, createFromFileFlags, values, object);
    if (dryRun !== 'client') {
      try {
        const client = await ctx.client();
        take(info, await client.of<KubeObject>(info.resource).create(object as KubeObject, { fieldManager: values['field-manager'], fieldValidation, ...(dryRun === 'server' ? { dryRun: true } : {}) }));
      } catch (error) {
        throw addSource('creating', info.source, error);
      }
    }
    count++;
    printer.print(objectOf(info) as KubeObject);
    tell(countOf('created', count, found.known()));
  }));
  if (count === 0) throw new CommandError('no objects passed to create');
}

async function createRaw(ctx: CommandContext, { values }: Flags<typeof createFromFileFlags>): Promise<void> {
  if (values.edit) throw new CommandError('--raw and --edit are mutually exclusive');
  const { checkRaw, sendRaw } = await import('../shared/raw-body.ts');
  checkRaw({
    path: values.raw, filenames: values.filename, recursive: values.recursive, output: values.output,
    extra: () => {
      if (values.selector !== '') throw new CommandError('--raw and --selector (-l) are mutually exclusive');
    },
  });
  await sendRaw(ctx, 'POST', values.raw, values.filename[0] as string);
}
