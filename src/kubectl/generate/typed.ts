/** Writing objects that kubectl holds as Go structs: -o json keeps the structs' order, and so do the last-applied annotation and what a template's error shows. */
import { isObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { formatOf, formatPrinter, noPrinter, objectPrinter, PRINT_FORMATS, printRequest, withoutManagedFields, writeFormatted, type ObjectPrinter, type printFlags, type PrintRequest } from '../shared/print-flags.ts';
import type { Encoder } from '../shared/last-applied.ts';

/** As objectPrinter, for objects that the real kubectl prints from a struct. */
export async function typedPrinter(ctx: CommandContext, flags: Flags<typeof printFlags>, operation: string): Promise<ObjectPrinter> {
  const request = printRequest(flags);
  if (request.output === '' && request.template === '') return objectPrinter(ctx, flags, operation);
  const format = await typedFormat(request);
  return { print: (object) => writeFormatted(ctx.streams.stdout, () => format(object)) };
}

/** -o json, and templates, whose faults show the object as JSON. */
const ORDERED = /^json$|template/;

/** As formatPrinter, for such objects and lists of them. Throws for formats that need a table. */
export async function typedFormat(request: PrintRequest): Promise<(object: KubeObject & { readonly items?: unknown }) => string> {
  const name = formatOf(request).toLowerCase();
  // The structs are many, and only these formats show their order.
  const ordered = ORDERED.test(name) ? await Promise.all([import('../../api/go-json.ts'), import('../../api/decode/struct-order.ts')]) : undefined;
  const json = (object: KubeObject, indent?: string): string => {
    if (!ordered) throw new Error(`no order of fields was read for ${name}`);
    const [{ toJson }, { objectInStructOrder }] = ordered;
    return toJson(objectInStructOrder(object), 'given', indent);
  };
  const format = await formatPrinter({ ...request, rawData: (object) => json(object, '') });
  if (!format) throw noPrinter(request.output, PRINT_FORMATS);
  switch (name) {
    case 'json':
      return (object) => `${json(request.showManagedFields ? object : withoutManagedFields(object))}\n`;
    case 'name':
      return (object) => {
        if (Array.isArray(object.items)) throw new CommandError(`list types are not supported by name printing: *v1.${object.kind}`);
        return format(object);
      };
    default:
      return format;
  }
}

/** The encoder for the annotation of such objects. */
export async function typedEncoder(): Promise<Encoder> {
  const [{ toJson }, { objectInStructOrder }] = await Promise.all([import('../../api/go-json.ts'), import('../../api/decode/struct-order.ts')]);
  return (object) => {
    const { metadata } = object as KubeObject;
    const { annotations, ...rest } = metadata ?? {};
    const kept = isObject(annotations) && Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
    return `${toJson(objectInStructOrder({ ...object, metadata: kept } as KubeObject), 'given', '')}\n`;
  };
}
