/**
 * Whether a text's first document is YAML, and libyaml's words for why it is not (sigs.k8s.io/yaml goyaml.v2/parserc.go).
 * The library that reads YAML here takes more than libyaml does, and stumbles elsewhere.
 */
import { SyntaxFault, Tokens, type Token, type TokenType } from './yaml-tokens.ts';

/** go-yaml's generations differ in the line that they name: where a fault shows, or where what holds it begins. */
export type Generation = 'v2' | 'v3';

/** What go-yaml says of the text; undefined where it is YAML. */
export function syntaxFault(text: string, generation: Generation): string | undefined {
  try {
    new Parser(new Tokens(text)).document();
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    const [first, second] = generation === 'v2' ? [error.line, error.contextLine] : [error.contextLine, error.line];
    // Of the second line that v2 looks at it does not count on, even for the scanner.
    const counted = (line: number): number => (error.by === 'scanner' ? line + 1 : line);
    const line = first !== 0 ? counted(first) : second === 0 ? 0 : generation === 'v2' ? second : counted(second);
    return `yaml: ${line === 0 ? '' : `line ${line}: `}${error.message}`;
  }
}

/** Tags that need no directive. */
const HANDLES = ['', '!', '!!'];

class Parser {
  readonly #handles = new Set(HANDLES);
  readonly #anchors = new Set<string | undefined>();

  constructor(private readonly tokens: Tokens) {}

  document(): void {
    const { type } = this.#next();
    if (type === 'stream-end') return;
    if (type === 'document-start' || type === 'version-directive' || type === 'tag-directive') {
      this.#directives();
      if (!this.#is('document-start')) this.#fail('did not find expected <document start>', this.#next(), 0);
      this.tokens.skip();
      if (this.#is('version-directive', 'tag-directive', 'document-start', 'document-end', 'stream-end')) return;
    }
    this.#node(true, false);
    this.#next();
  }

  #next(): Token {
    return this.tokens.peek();
  }

  #is(...types: readonly TokenType[]): boolean {
    return types.includes(this.#next().type);
  }

  #skipped(type: TokenType): boolean {
    if (!this.#is(type)) return false;
    this.tokens.skip();
    return true;
  }

  #fail(message: string, { line }: Token, contextLine: number): never {
    throw new SyntaxFault(message, 'parser', line, contextLine);
  }

  #directives(): void {
    let version = false;
    for (let token = this.#next(); token.type === 'version-directive' || token.type === 'tag-directive'; token = this.#next()) {
      const { type, text = '' } = token;
      if (type === 'version-directive') {
        if (version) this.#fail('found duplicate %YAML directive', token, 0);
        if (text !== '1.1') this.#fail('found incompatible YAML document', token, 0);
        version = true;
      } else {
        if (this.#handles.has(text) && !HANDLES.includes(text)) this.#fail('found duplicate %TAG directive', token, 0);
        this.#handles.add(text);
      }
      this.tokens.skip();
    }
  }

  #node(block: boolean, indentless: boolean): void {
    const { type, line, text = '' } = this.#next();
    if (type === 'alias') {
      if (!this.#anchors.has(text)) throw new SyntaxFault(`unknown anchor '${text}' referenced`, 'reader', 0, 0);
      return this.tokens.skip();
    }
    let marked = this.#anchored();
    const tag = this.#next();
    if (tag.type === 'tag') {
      this.tokens.skip();
      if (!marked) this.#anchored();
      marked = true;
      this.#next();
      if (!this.#handles.has(tag.text ?? '')) this.#fail('found undefined tag handle', tag, line);
    }
    const token = this.#next();
    switch (token.type) {
      case 'block-entry':
        if (indentless) return this.#indentlessSequence();
        break;
      case 'scalar':
        return this.tokens.skip();
      case 'flow-sequence-start':
        return this.#flowSequence();
      case 'flow-mapping-start':
        return this.#flowMapping();
      case 'block-sequence-start':
        if (block) return this.#blockSequence();
        break;
      case 'block-mapping-start':
        if (block) return this.#blockMapping();
        break;
      default:
    }
    if (!marked) this.#fail('did not find expected node content', token, line);
  }

  #anchored(): boolean {
    const { type, text } = this.#next();
    if (type !== 'anchor') return false;
    this.#anchors.add(text);
    this.tokens.skip();
    return true;
  }

  /** A node, or nothing before what may follow it. */
  #nodeUnless(block: boolean, indentless: boolean, ...ends: readonly TokenType[]): void {
    if (!this.#is(...ends)) this.#node(block, indentless);
  }

  #blockSequence(): void {
    const { line } = this.#next();
    this.tokens.skip();
    while (this.#skipped('block-entry')) this.#nodeUnless(true, false, 'block-entry', 'block-end');
    if (!this.#skipped('block-end')) this.#fail("did not find expected '-' indicator", this.#next(), line);
  }

  #indentlessSequence(): void {
    while (this.#skipped('block-entry')) this.#nodeUnless(true, false, 'block-entry', 'key', 'value', 'block-end');
  }

  #blockMapping(): void {
    const { line } = this.#next();
    this.tokens.skip();
    while (this.#skipped('key')) {
      this.#nodeUnless(true, true, 'key', 'value', 'block-end');
      if (this.#skipped('value')) this.#nodeUnless(true, true, 'key', 'value', 'block-end');
    }
    if (!this.#skipped('block-end')) this.#fail('did not find expected key', this.#next(), line);
  }

  #flowSequence(): void {
    const { line } = this.#next();
    this.tokens.skip();
    for (let first = true; !this.#is('flow-sequence-end'); first = false) {
      if (!first && !this.#skipped('flow-entry')) this.#fail("did not find expected ',' or ']'", this.#next(), line);
      if (this.#skipped('key')) this.#pairInSequence();
      else this.#nodeUnless(false, false, 'flow-sequence-end');
    }
    this.tokens.skip();
  }

  #pairInSequence(): void {
    if (this.#is('value', 'flow-entry', 'flow-sequence-end')) this.tokens.skip();
    else this.#node(false, false);
    if (this.#skipped('value')) this.#nodeUnless(false, false, 'flow-entry', 'flow-sequence-end');
  }

  #flowMapping(): void {
    const { line } = this.#next();
    this.tokens.skip();
    for (let first = true; !this.#is('flow-mapping-end'); first = false) {
      if (!first && !this.#skipped('flow-entry')) this.#fail("did not find expected ',' or '}'", this.#next(), line);
      if (this.#skipped('key')) {
        this.#nodeUnless(false, false, 'value', 'flow-entry', 'flow-mapping-end');
        if (this.#skipped('value')) this.#nodeUnless(false, false, 'flow-entry', 'flow-mapping-end');
      } else this.#nodeUnless(false, false, 'flow-mapping-end');
    }
    this.tokens.skip();
  }
}
