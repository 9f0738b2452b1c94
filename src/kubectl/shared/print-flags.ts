/**
 * -o and its companions for commands that print objects one by one (cli-runtime genericclioptions/print_flags.go):
 *
 *     flags: { ...printFlags, ... }
 *     const printer = await objectPrinter(ctx, flags, `created${dryRunSuffix(dryRun)}`);
 *     printer.print(object);        // "pod/web created", or the object in the format asked for
 *
 * `get` has its own wider set in commands/get.ts.
 */
import { isObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import type { CommandContext } from '../command.ts';
import { CommandError, OutputError } from '../errors.ts';
import type { Flags, FlagTable } from '../flags.ts';
import { nameLines } from '../printers/name.ts';

export const templateFlags = {
  'allow-missing-template-keys': { type: 'bool', default: true, description: 'Go on where a field or map key that a template names is missing. Only for golang and jsonpath formats.' },
  template: { type: 'string', default: '', description: 'Template, or file with one, for -o=go-template and -o=go-template-file. The format is that of golang templates [http://golang.org/pkg/text/template/#pkg-overview].' },
} as const satisfies FlagTable;

export const printFlags = {
  ...templateFlags,
  output: { type: 'string', default: '', short: 'o', description: 'Output format. One of: (json, yaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).' },
  'show-managed-fields': { type: 'bool', default: false, description: 'Keep managedFields in JSON and YAML.' },
} as const satisfies FlagTable;

export const PRINT_FORMATS = ['json', 'yaml', 'name', 'go-template', 'go-template-file', 'template', 'templatefile', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file'] as const;

/** Prints objects to standard output. */
export interface ObjectPrinter {
  print(object: KubeObject): void;
}

export interface PrintRequest {
  /** What -o says. */
  readonly output: string;
  readonly outputGiven: boolean;
  readonly template: string;
  readonly allowMissingKeys: boolean;
  readonly showManagedFields: boolean;
  readonly noHeaders?: boolean;
  /** An object's JSON as a template's error shows it; keys in order where nothing is said. */
  readonly rawData?: (object: KubeObject) => string;
}

export function printRequest(flags: Flags<typeof printFlags>): PrintRequest {
  const { output, template } = flags.values;
  return { output, template, outputGiven: flags.changed('output'), allowMissingKeys: flags.values['allow-missing-template-keys'], showManagedFields: flags.values['show-managed-fields'] };
}

/** The printer that -o asks for; without -o one line per object: its name and the operation. */
export async function objectPrinter(ctx: CommandContext, flags: Flags<typeof printFlags>, operation: string, more: Pick<PrintRequest, 'rawData'> = {}): Promise<ObjectPrinter> {
  const request = { ...printRequest(flags), ...more };
  const { stdout } = ctx.streams;
  if (request.output === '' && request.template === '') return { print: (object) => stdout.write(nameLines(object, operation)) };
  const format = await formatPrinter(request);
  if (!format) throw noPrinter(request.output, PRINT_FORMATS);
  return { print: (object) => writeFormatted(stdout, () => format(object)) };
}

/** Writes the text of a printer, and what one that fails has to say before its error. */
export function writeFormatted(stdout: { write(text: string): void }, format: () => string): void {
  let text: string;
  try {
    text = format();
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    stdout.write(error.output);
    throw new CommandError(error.message);
  }
  stdout.write(text);
}

/** Where upstream does not look at whether an object could be printed. */
export function ignoringPrintFaults(print: () => void): void {
  try {
    print();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
}

/** A template alone is Go's. */
export const formatOf = ({ output, outputGiven, template }: PrintRequest): string => (template !== '' && !outputGiven ? 'go-template' : output);

/** An object's text in one of the formats that need no table; undefined where `output` is none of them. */
export async function formatPrinter(request: PrintRequest): Promise<((object: KubeObject) => string) | undefined> {
  const output = formatOf(request);
  // Of these alone it does not matter how they are written.
  const format = output.toLowerCase();
  const shown = (object: KubeObject): KubeObject => (request.showManagedFields ? object : withoutManagedFields(object));
  switch (format) {
    case 'json': {
      const { printJson } = await import('../printers/object-json.ts');
      return (object) => printJson(shown(object));
    }
    case 'yaml': {
      const { toYaml } = await import('../printers/yaml.ts');
      let count = 0;
      return (object) => `${count++ > 0 ? '---\n' : ''}${toYaml(shown(object))}`;
    }
    case 'name':
      return (object) => nameLines(object);
  }
  const { templatePrinter } = await import('../printers/template-printer.ts');
  return templatePrinter(output, request);
}

/** genericclioptions.NoCompatiblePrinterError. */
export function noPrinter(output: string, formats: readonly string[]): CommandError {
  return new CommandError(`unable to match a printer suitable for the output format ${goQuote(output)}, allowed formats are: ${[...formats].sort().join(',')}`);
}

/** managedFields are left out of what is printed unless --show-managed-fields asks for them. */
export function withoutManagedFields(object: KubeObject & { readonly items?: unknown }): KubeObject {
  let shown = object;
  // --local shows whatever a patch has made of it.
  if (isObject(object.metadata) && 'managedFields' in object.metadata) {
    const { managedFields: _, ...metadata } = object.metadata;
    shown = { ...object, metadata };
  }
  if (Array.isArray(object.items)) shown = { ...shown, items: (object.items as KubeObject[]).map(withoutManagedFields) } as KubeObject;
  return shown;
}
