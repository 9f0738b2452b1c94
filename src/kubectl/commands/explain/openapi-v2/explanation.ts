/**
 * The explanation of a kind or field from OpenAPI v2, `--output=plaintext-openapiv2` (kubectl pkg/explain: explain.go,
 * field_lookup.go, model_printer.go, regular_fields_printer.go, recursive_fields_printer.go, typename.go).
 */
import { goQuote } from '../../../../api/quote.ts';
import { CommandError } from '../../../errors.ts';
import type { GroupVersionKind } from '../render.ts';
import { Models, type Kind, type Model, type SwaggerSchema } from './models.ts';
import { wrapText } from './wrap.ts';

const WIDTH = 80;
const DESCRIPTION_INDENT = 5;
const FIELD_INDENT = 3;
const LEVEL_INDENT = 3;

export interface SwaggerDocument {
  readonly definitions?: Readonly<Record<string, SwaggerSchema>>;
}

/** The text for the field at a path of a kind. Throws a CommandError where the document has no such kind or field. */
export function explainFromSwagger({ definitions = {} }: SwaggerDocument, kind: GroupVersionKind, path: readonly string[], recursive: boolean): string {
  const models = new Models(definitions);
  const model = models.ofKind(kind);
  if (!model) throw new CommandError(`couldn't find resource for ${goQuote(`${kind.group}/${kind.version}, Kind=${kind.kind}`)}`);
  const explanation = new Explanation(models, recursive);
  explanation.write(lookUp(models, model, path), path.at(-1) ?? '', kind);
  return explanation.text;
}

const groupVersionText = ({ group, version }: GroupVersionKind): string => (group === '' ? version : `${group}/${version}`);

/** What a path leads to. What has no fields ends it, however much of it is left. */
function lookUp(models: Models, model: Model, path: readonly string[]): Model {
  if (path.length === 0 || model.type === 'primitive' || model.type === 'arbitrary') return model;
  if (model.type === 'array' || model.type === 'map') return lookUp(models, model.element, path);
  if (model.type === 'reference') return lookUp(models, models.at(model.to), path);
  const [name = '', ...rest] = path;
  const field = model.fields.get(name);
  if (!field) throw new CommandError(`field ${goQuote(name)} does not exist`);
  return lookUp(models, field, rest);
}

class Explanation {
  text = '';

  constructor(
    private readonly models: Models,
    private readonly recursive: boolean,
  ) {}

  /** All of it: the kind, the field where it is one, what they are for, and the fields in them. */
  write(model: Model, name: string, kind: GroupVersionKind): void {
    const descriptions = [model.description];
    // The type is that of what is asked for, past references; the fields are those of what it holds.
    let type = '';
    let end = model;
    while (end.type === 'array' || end.type === 'map' || end.type === 'reference') {
      if (end.type !== 'reference') type ||= this.#typeName(end);
      end = end.type === 'reference' ? this.models.at(end.to) : end.element;
      descriptions.push(end.description);
    }
    type ||= this.#typeName(end);
    this.#line(0, `KIND:     ${kind.kind}`);
    this.#line(0, `VERSION:  ${groupVersionText(kind)}\n`);
    if (end.type === 'kind' && name !== '') this.#line(0, `RESOURCE: ${name} <${type}>\n`);
    if (end.type === 'primitive') this.#line(0, `FIELD:    ${name} <${type}>\n`);
    this.#descriptions(descriptions);
    if (end.type !== 'kind') return;
    this.#line(0, '\nFIELDS:');
    if (this.recursive) this.#fieldTree(end, FIELD_INDENT, new Set());
    else this.#fields(end);
  }

  #descriptions(descriptions: readonly string[]): void {
    this.#line(0, 'DESCRIPTION:');
    for (const [index, description] of descriptions.entries()) {
      if (description === '') continue;
      if (index > 0) this.#line(0, '');
      this.#wrapped(DESCRIPTION_INDENT, description);
    }
    if (descriptions.every((each) => each === '')) this.#line(DESCRIPTION_INDENT, '<empty>');
  }

  #fields({ fields, required }: Kind): void {
    for (const [name, field] of fields) {
      this.#line(FIELD_INDENT, `${name}\t<${this.#typeName(field)}>${required.includes(name) ? ' -required-' : ''}`);
      this.#wrapped(FIELD_INDENT + 2, field.description);
      this.#line(0, '');
    }
  }

  /** The fields, each with those in it; a model that is being shown is not shown within itself. */
  #fieldTree(model: Model, indent: number, shown: ReadonlySet<string>): void {
    if (model.type === 'array' || model.type === 'map') this.#fieldTree(model.element, indent, shown);
    else if (model.type === 'reference' && !shown.has(model.to)) this.#fieldTree(this.models.at(model.to), indent, new Set([...shown, model.to]));
    else if (model.type === 'kind') {
      for (const [name, field] of model.fields) {
        this.#line(indent, `${name}\t<${this.#typeName(field)}>`);
        this.#fieldTree(field, indent + LEVEL_INDENT, shown);
      }
    }
  }

  /** '' for what may be anything. */
  #typeName(model: Model): string {
    switch (model.type) {
      case 'array':
        return `[]${this.#typeName(model.element)}`;
      case 'map':
        return `map[string]${this.#typeName(model.element)}`;
      case 'reference':
        return this.#typeName(this.models.at(model.to));
      case 'kind':
        return 'Object';
      case 'primitive':
        return model.name;
      case 'arbitrary':
        return '';
    }
  }

  #wrapped(indent: number, text: string): void {
    for (const line of wrapText(text, WIDTH - indent)) this.#line(indent, line);
  }

  #line(indent: number, text: string): void {
    this.text += text === '' ? '\n' : `${' '.repeat(indent)}${text}\n`;
  }
}
