/** Writing objects that kubectl holds as Go structs: -o json keeps the structs' order, and so does the last-applied annotation. */
import { isObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { CommandContext } from '../command.ts';
import type { Flags } from '../flags.ts';
import { objectPrinter, withoutManagedFields, type ObjectPrinter, type printFlags } from '../shared/print-flags.ts';
import type { Encoder } from '../shared/last-applied.ts';

/** As objectPrinter, for objects that the real kubectl prints from a struct. */
export async function typedPrinter(ctx: CommandContext, flags: Flags<typeof printFlags>, operation: string): Promise<ObjectPrinter> {
  const { output, template } = flags.values;
  const format = output.toLowerCase();
  if (['', 'yaml', 'name'].includes(format) && template === '') return objectPrinter(ctx, flags, operation);
  const [{ toJson }, { inStructOrder }] = await Promise.all([import('../../api/go-json.ts'), import('./struct-order.ts')]);
  if (format !== 'json') return objectPrinter(ctx, flags, operation, (object) => toJson(inStructOrder(object, object.kind), 'given', ''));
  return {
    print(object: KubeObject) {
      const shown = flags.values['show-managed-fields'] ? object : withoutManagedFields(object);
      ctx.streams.stdout.write(`${toJson(inStructOrder(shown, object.kind), 'given')}\n`);
    },
  };
}

/** The encoder for the annotation of such objects. */
export async function typedEncoder(): Promise<Encoder> {
  const [{ toJson }, { inStructOrder }] = await Promise.all([import('../../api/go-json.ts'), import('./struct-order.ts')]);
  return (object) => {
    const { kind, metadata } = object as KubeObject;
    const { annotations, ...rest } = metadata ?? {};
    const kept = isObject(annotations) && Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
    return `${toJson(inStructOrder({ ...object, metadata: kept }, kind), 'given', '')}\n`;
  };
}
