/** kubectl get -o json, yaml, name, jsonpath …: whole objects, several of them in a List (get.go: printGeneric). */
import type { KubeObject } from '../../../api/object.ts';
import { isNotFound } from '../../../api/status.ts';
import { findResources } from '../../builder/builder.ts';
import type { CommandContext } from '../../command.ts';
import { filterOut, throwFlat } from '../../errors.ts';
import { formatPrinter, noPrinter, writeFormatted } from '../../shared/print-flags.ts';
import { GET_FORMATS, resourceQuery, type GetFlags } from '../get.ts';

/** The function that makes an object's text, for any format but tables. */
export async function getFormatPrinter({ values, changed }: GetFlags): Promise<(object: KubeObject) => string> {
  const format = await formatPrinter({
    output: values.output,
    outputGiven: changed('output') && values.output !== '',
    template: values.template,
    allowMissingKeys: values['allow-missing-template-keys'],
    showManagedFields: values['show-managed-fields'],
    noHeaders: values['no-headers'],
  }) ?? (await import('../../printers/custom-columns.ts')).customColumnsPrinter(values.output, values.template, values['no-headers']);
  if (!format) throw noPrinter(values.output, GET_FORMATS);
  return format;
}

export async function printGeneric(ctx: CommandContext, args: readonly string[], flags: GetFlags): Promise<void> {
  const { values } = flags;
  const found = await findResources(ctx, { ...(await resourceQuery(ctx, args, flags)), continueOnError: true });
  const { infos, error: all } = await found.collect();
  const error = values['ignore-not-found'] ? filterOut(all, isNotFound) : all;
  if (found.singleItem && error !== undefined) throw error;
  if (infos.length === 0 && values['ignore-not-found']) return throwFlat(error);
  const format = await getFormatPrinter(flags);
  if (values['sort-by'] !== '' && !(found.singleItem && infos.length === 1)) (await import('./sort.ts')).sortInfos(infos, values['sort-by']);
  const objects = infos.flatMap((info) => (info.object ? [info.object] : []));
  const single = found.singleItem && objects.length === 1 ? objects[0] : undefined;
  const shown = single ?? ({ apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } } as unknown as KubeObject);
  writeFormatted(ctx.streams.stdout, () => format(shown));
  throwFlat(error);
}
