/** `-o go-template` (cli-runtime pkg/printers/template.go). */
import type { KubeObject } from '../../../api/object.ts';
import { goQuote } from '../../../api/quote.ts';
import { CommandError, OutputError } from '../../errors.ts';
import { goText } from '../../../api/go-value.ts';
import { toJson } from '../../../api/go-json.ts';
import { ExecutionError, Template, TemplateError } from './template.ts';

export function goTemplatePrinter(text: string, options: { readonly allowMissingKeys: boolean; readonly encode?: (object: KubeObject) => string }): (object: KubeObject) => string {
  let template: Template;
  try {
    template = new Template('output', text, options.allowMissingKeys);
  } catch (error) {
    if (error instanceof TemplateError) throw new CommandError(`error parsing template ${text}, ${error.message}`);
    throw error;
  }
  return (object) => {
    try {
      return template.execute(object);
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      const output = `${error.partial}Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${options.encode?.(object) ?? toJson(object, 'sorted', '')}\n\tobject given to template engine was:\n\t\t${goText(object, 'int64')}\n\n`;
      throw new OutputError(`error executing template ${goQuote(text)}: ${error.message}`, output);
    }
  };
}
