/** kubectl edit (kubectl pkg/cmd/edit/edit.go). */
import { findResources } from '../builder/builder.ts';
import { defineCommand } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { edit } from '../editor/edit-session.ts';
import { patching } from '../editor/submit.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { objectPrinter, printFlags } from '../shared/print-flags.ts';
import { record, recordFlags } from '../shared/record.ts';
import { fieldManagerFlags, saveConfigFlags, validateFlags, validationOf } from '../shared/write-flags.ts';

const editFlags = {
  ...printFlags,
  ...filenameFlags,
  ...validateFlags,
  ...saveConfigFlags,
  ...fieldManagerFlags('kubectl-edit'),
  ...recordFlags,
  'output-patch': { type: 'bool', default: false, description: 'Print the patch.' },
  subresource: { type: 'string', default: '', description: 'Edit this subresource.' },
  'windows-line-endings': { type: 'bool', default: process.platform === 'win32', description: 'Use line ends of Windows.' },
} as const;

export const command = defineCommand({
  name: 'edit',
  usage: 'edit (RESOURCE/NAME | -f FILENAME)',
  short: 'Edit a resource from the default editor.',
  long: `Edit a resource from the default editor.

 Opens the editor that KUBE_EDITOR or EDITOR names ('vi' on Linux, 'notepad' on Windows where they name none) on any resource that the command line can get. When the editor is closed, the changes are sent to the server. Several objects may be edited at once.

 The format is YAML, or JSON with "-o json". Where the server refuses the changes, the file is opened again with the reasons.`,
  examples: `# A service
kubectl edit svc/registry

# With another editor
KUBE_EDITOR="nano" kubectl edit svc/registry

# As JSON
kubectl edit job.v1.batch/myjob -o json

# With the configuration kept in the annotation
kubectl edit deployment/mydeployment -o yaml --save-config

# The status
kubectl edit deployment mydeployment --subresource='status'`,
  flags: editFlags,
  async run(ctx, args, flags) {
    const { values } = flags;
    const printing = flags as unknown as Flags<typeof printFlags>;
    const found = await findResources(ctx, {
      files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>), args, namespace: await ctx.namespace(), enforceNamespace: ctx.namespaceGiven, typeSelectsAll: true, latest: true, continueOnError: true,
      ...(values.subresource === '' ? {} : { subresource: values.subresource }),
    });
    const fieldValidation = validationOf(flags as unknown as Flags<typeof validateFlags>);
    const infos = await found.infos();
    if (infos.length === 0) throw new CommandError('edit cancelled, no objects found');
    const submit = patching(ctx, {
      write: { fieldManager: values['field-manager'], fieldValidation, ...(values.subresource === '' ? {} : { subresource: values.subresource }) },
      outputPatch: values['output-patch'],
      print: async (object, operation) => (await objectPrinter(ctx, printing, operation)).print(object),
    });
    await edit({ ctx, mode: 'normal', output: values.output, windowsLineEndings: values['windows-line-endings'], annotate: values['save-config'], record: (object) => record(ctx, editFlags, values, object), validate: fieldValidation, submit }, infos);
  },
});
