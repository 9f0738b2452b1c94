/** create --edit: each object of the files goes through the editor before it is created. */
import { findResources } from '../builder/builder.ts';
import type { CommandContext } from '../command.ts';
import type { Flags } from '../flags.ts';
import { createFromFileFlags } from '../commands/create.ts';
import { record } from '../shared/record.ts';
import type { FilenameOptions } from '../shared/filename-flags.ts';
import { objectPrinter, type printFlags } from '../shared/print-flags.ts';
import { validationOf, type validateFlags } from '../shared/write-flags.ts';
import { edit } from './edit-session.ts';
import { creating } from './submit.ts';

export async function editBeforeCreate(ctx: CommandContext, flags: Flags<typeof createFromFileFlags>, files: FilenameOptions): Promise<void> {
  const { values } = flags;
  const found = await findResources(ctx, { files, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven, continueOnError: true });
  const fieldValidation = validationOf(flags as unknown as Flags<typeof validateFlags>);
  const submit = creating(ctx, {
    write: { fieldManager: 'kubectl-create', fieldValidation },
    print: async (object, operation) => (await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, operation)).print(object),
  });
  await found.visit((info) =>
    // --windows-line-endings is looked at by no one here.
    edit({ ctx, mode: 'create', output: values.output, windowsLineEndings: process.platform === 'win32', annotate: values['save-config'], record: (object) => record(ctx, createFromFileFlags, values, object), validate: fieldValidation, submit }, [info]),
  );
}
