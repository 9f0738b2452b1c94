/** `-o jsonpath…` and `-o go-template…`: from what -o and --template say to a printer (genericclioptions/*_flags.go). */
import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { systemText } from '../builder/files.ts';
import { CommandError } from '../errors.ts';
import { goSyntax, type Numbers } from '../../api/go-value.ts';
import { JsonPath, JsonPathError } from '../../api/jsonpath/jsonpath.ts';

export interface TemplateRequest {
  readonly template: string;
  readonly allowMissingKeys: boolean;
  readonly numbers?: Numbers;
  /** The object's JSON as reports of faults show it; sorted where nothing is said. */
  readonly encode?: (object: KubeObject) => string;
}

const JSONPATH = ['jsonpath', 'jsonpath-as-json', 'jsonpath-file'];
const GO_TEMPLATE = ['template', 'go-template', 'go-template-file', 'templatefile'];
const FROM_FILE = new Set(['jsonpath-file', 'go-template-file', 'templatefile']);

/** The printer for an output format; undefined where the format is no template. */
export async function templatePrinter(output: string, request: TemplateRequest): Promise<((object: KubeObject) => string) | undefined> {
  let format = output;
  let { template } = request;
  if (template === '') {
    const equals = output.indexOf('=');
    if (equals >= 0) {
      format = output.slice(0, equals);
      template = output.slice(equals + 1);
    }
  }
  if (!JSONPATH.includes(format) && !GO_TEMPLATE.includes(format)) return undefined;
  if (template === '') throw new CommandError('template format specified but no template given');
  if (FROM_FILE.has(format)) template = readTemplate(template);
  const options = { allowMissingKeys: request.allowMissingKeys, numbers: request.numbers ?? ('int64' as const), ...(request.encode ? { encode: request.encode } : {}) };
  if (JSONPATH.includes(format)) return jsonPathPrinter(format, template, options);
  return (await import('./gotemplate/printer.ts')).goTemplatePrinter(template, options);
}

function readTemplate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`error reading --template ${file}, ${systemText(error, file)}`);
  }
}

function jsonPathPrinter(format: string, template: string, options: { readonly allowMissingKeys: boolean; readonly numbers: Numbers }): (object: KubeObject) => string {
  let path: JsonPath;
  try {
    path = new JsonPath(template, options);
  } catch (error) {
    if (error instanceof JsonPathError) throw new CommandError(`error parsing jsonpath ${template}, ${error.message}`);
    throw error;
  }
  return (object) => {
    try {
      return format === 'jsonpath-as-json' ? path.executeAsJson(object) : path.execute(object);
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      const more = `Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object, options.numbers)}\n\n`;
      throw new CommandError(`error executing jsonpath ${goQuote(template)}: ${more}\n`);
    }
  };
}
