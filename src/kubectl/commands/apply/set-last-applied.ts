/** kubectl apply set-last-applied. */
import type { KubeObject } from '../../../api/object.ts';
import { isNotFound } from '../../../api/status.ts';
import { draft } from '../../../api/json.ts';
import { findResources } from '../../builder/builder.ts';
import { refresh } from '../../builder/retrieve.ts';
import { objectOf, type Info, type UnstructuredObject } from '../../builder/info.ts';
import { defineCommand } from '../../command.ts';
import { addSource, CommandError } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { dryRunFlags, dryRunOf, dryRunSuffix } from '../../shared/dry-run.ts';
import { filenameFlags } from '../../shared/filename-flags.ts';
import { infoText } from '../../shared/info-text.ts';
import { LAST_APPLIED, encodeSorted, originalConfiguration } from '../../shared/last-applied.ts';
import { objectPrinter, printFlags } from '../../shared/print-flags.ts';

const { filename } = filenameFlags;

export const command = defineCommand({
  name: 'set-last-applied',
  usage: 'set-last-applied -f FILENAME',
  short: 'Set the latest last-applied-configuration annotations by setting it to match the contents of a file.',
  long: `Set the latest last-applied-configuration annotations by setting it to match the contents of a file.

 The annotation is changed as though 'kubectl apply -f<file>' had been run, and nothing else.`,
  examples: `# From a file
kubectl apply set-last-applied -f deploy.yaml

# From each file of a folder
kubectl apply set-last-applied -f path/

# Make the annotation where there is none
kubectl apply set-last-applied -f deploy.yaml --create-annotation=true`,
  flags: {
    ...printFlags,
    ...dryRunFlags,
    filename,
    'create-annotation': { type: 'bool', default: false, description: 'Make the annotation where the object has none.' },
  },
  async run(ctx, _args, flags) {
    const { values } = flags;
    const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
    const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `configured${dryRunSuffix(dryRun)}`);
    const found = await findResources(ctx, { files: { filenames: values.filename, kustomize: '', recursive: false }, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven });
    const client = await ctx.client();
    const changes: { readonly info: Info; readonly patch: object }[] = [];
    await found.visit(async (info) => {
      const { patch, text } = applyPatch(objectOf(info));
      try {
        await refresh(client, info);
      } catch (error) {
        throw isNotFound(error) ? error : addSource(`retrieving current configuration of:\n${infoText(info)}\nfrom server for:`, info.source, error);
      }
      const original = originalConfiguration(objectOf(info));
      if (original === undefined && !values['create-annotation']) {
        throw new CommandError(`no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`);
      }
      if (original === text) ctx.streams.stdout.write(`set-last-applied ${info.name}: no changes required.\n`);
      else changes.push({ info, patch });
    });
    for (const { info, patch } of changes) {
      const answer = dryRun === 'client' ? (objectOf(info) as KubeObject) : await client.of<KubeObject>(info.resource).patch(info.namespace || undefined, info.name, patch, 'merge', dryRun === 'server' ? { dryRun: true } : {});
      printer.print(answer);
    }
  },
});

/** The patch that writes an object's own text into its annotation (editor.GetApplyPatch). */
export function applyPatch(object: UnstructuredObject): { readonly patch: object; readonly text: string } {
  const text = encodeSorted(draft(object));
  return { text, patch: { metadata: { annotations: { [LAST_APPLIED]: text } } } };
}
