/** kubectl apply edit-last-applied. */
import { findResources } from '../../builder/builder.ts';
import { readInfos } from '../../builder/documents.ts';
import { objectOf, type Info } from '../../builder/info.ts';
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import type { Flags } from '../../flags.ts';
import { edit } from '../../editor/edit-session.ts';
import { annotating } from '../../editor/submit.ts';
import { filenameFlags, filenameOptions } from '../../shared/filename-flags.ts';
import { originalConfiguration } from '../../shared/last-applied.ts';
import { objectPrinter, printFlags } from '../../shared/print-flags.ts';
import { record, recordFlags } from '../../shared/record.ts';
import { fieldManagerFlags, validateFlags, validationOf } from '../../shared/write-flags.ts';

const flagTable = {
  ...printFlags,
  ...filenameFlags,
  ...validateFlags,
  ...fieldManagerFlags('kubectl-client-side-apply'),
  ...recordFlags,
  'windows-line-endings': { type: 'bool', default: process.platform === 'win32', description: 'Use line ends of Windows.' },
} as const;

export const command = defineCommand({
  name: 'edit-last-applied',
  usage: 'edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit the latest last-applied-configuration annotations of resources from the default editor.',
  examples: `# By type and name, as YAML
kubectl apply edit-last-applied deployment/nginx

# By file, as JSON
kubectl apply edit-last-applied -f deploy.yaml -o json`,
  flags: flagTable,
  async run(ctx, args, flags) {
    const { values } = flags;
    const printing = flags as unknown as Flags<typeof printFlags>;
    const found = await findResources(ctx, {
      files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>), args, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven, typeSelectsAll: true, latest: true, continueOnError: true,
    });
    const fieldValidation = validationOf(flags as unknown as Flags<typeof validateFlags>);
    const annotations: Info[] = [];
    for (const info of await found.infos()) {
      const text = originalConfiguration(objectOf(info));
      if (text !== undefined) annotations.push(...(await readInfos(ctx, text, 'edited-file')).slice(0, 1));
    }
    if (annotations.length === 0) throw new CommandError(`no last-applied-configuration annotation found on resources, to create the annotation, use command \`${ctx.program} apply set-last-applied --create-annotation\``);
    const submit = annotating(ctx, {
      write: { fieldManager: values['field-manager'], fieldValidation },
      print: async (object, operation) => (await objectPrinter(ctx, printing, operation)).print(object),
    });
    await edit({ ctx, mode: 'last-applied', output: values.output, windowsLineEndings: values['windows-line-endings'], annotate: false, record: (object) => record(ctx, flagTable, values, object), validate: fieldValidation, submit }, annotations);
  },
});
