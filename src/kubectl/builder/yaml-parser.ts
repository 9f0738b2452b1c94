/** From the tokens of a text's first document to its nodes, as libyaml and go-yaml put them together (sigs.k8s.io/yaml goyaml.v2/{parserc,decode}.go). */
import { SyntaxFault } from './yaml-cursor.ts';
import { Tokens, type Token, type TokenType } from './yaml-tokens.ts';

export type YamlNode = YamlScalar | YamlSequence | YamlMapping | YamlAlias;

interface Placed {
  /** Where it begins, from 0. */
  readonly line: number;
}
export interface YamlScalar extends Placed {
  readonly kind: 'scalar';
  readonly text: string;
  /** "tag:yaml.org,2002:str"; '' for none. */
  readonly tag: string;
  /** Without quotes and tag: what it is, its text decides. */
  readonly implicit: boolean;
}
export interface YamlSequence extends Placed {
  readonly kind: 'sequence';
  readonly items: YamlNode[];
}
export interface YamlMapping extends Placed {
  readonly kind: 'mapping';
  readonly entries: [key: YamlNode, value: YamlNode][];
}
export interface YamlAlias extends Placed {
  readonly kind: 'alias';
  readonly name: string;
  readonly target: YamlNode;
}

/** go-yaml's generations differ in the line that they name: where a fault shows, or where what holds it begins. */
export type Generation = 'v2' | 'v3';

/** Why a text is no YAML; the message is go-yaml's. */
export class YamlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'YamlError';
  }
}

/** The first document; undefined where there is none. Throws YamlError. */
export function parseYaml(text: string, generation: Generation): YamlNode | undefined {
  try {
    return new Parser(new Tokens(text)).document();
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    const [first, second] = generation === 'v2' ? [error.line, error.contextLine] : [error.contextLine, error.line];
    // Of the second line that v2 looks at it does not count on, even for the scanner.
    const counted = (line: number): number => (error.by === 'scanner' ? line + 1 : line);
    const line = first !== 0 ? counted(first) : second === 0 ? 0 : generation === 'v2' ? second : counted(second);
    throw new YamlError(`yaml: ${line === 0 ? '' : `line ${line}: `}${error.message}`);
  }
}

/** Tags that need no directive. */
const HANDLES: ReadonlyMap<string, string> = new Map([['', ''], ['!', '!'], ['!!', 'tag:yaml.org,2002:']]);

class Parser {
  readonly #handles = new Map(HANDLES);
  readonly #anchors = new Map<string, YamlNode>();

  constructor(private readonly tokens: Tokens) {}

  document(): YamlNode | undefined {
    const { type, line } = this.#next();
    if (type === 'stream-end') return undefined;
    if (type === 'document-start' || type === 'version-directive' || type === 'tag-directive') {
      this.#directives();
      if (!this.#is('document-start')) this.#fail('did not find expected <document start>', this.#next(), 0);
      this.tokens.skip();
      if (this.#is('version-directive', 'tag-directive', 'document-start', 'document-end', 'stream-end')) return nothing(line);
    }
    const root = this.#node(true, false);
    this.#next();
    return root;
  }

  #next(): Token {
    return this.tokens.peek();
  }

  #is(...types: readonly TokenType[]): boolean {
    return types.includes(this.#next().type);
  }

  #skipped(type: TokenType): boolean {
    if (this.#next().type !== type) return false;
    this.tokens.skip();
    return true;
  }

  #fail(message: string, { line }: Token, contextLine: number): never {
    throw new SyntaxFault(message, 'parser', line, contextLine);
  }

  #directives(): void {
    let version = false;
    for (let token = this.#next(); token.type === 'version-directive' || token.type === 'tag-directive'; token = this.#next()) {
      const { type, text, suffix = '' } = token;
      if (type === 'version-directive') {
        if (version) this.#fail('found duplicate %YAML directive', token, 0);
        if (text !== '1.1') this.#fail('found incompatible YAML document', token, 0);
        version = true;
      } else {
        if (this.#handles.has(text) && !HANDLES.has(text)) this.#fail('found duplicate %TAG directive', token, 0);
        this.#handles.set(text, suffix);
      }
      this.tokens.skip();
    }
  }

  #node(block: boolean, indentless: boolean): YamlNode {
    const { type, line, text: name } = this.#next();
    if (type === 'alias') {
      const target = this.#anchors.get(name);
      if (!target) throw new SyntaxFault(`unknown anchor '${name}' referenced`, 'reader', 0, 0);
      this.tokens.skip();
      return { kind: 'alias', line, name, target };
    }
    let anchor = this.#anchor();
    let tag: string | undefined;
    const tagged = this.#next();
    if (tagged.type === 'tag') {
      this.tokens.skip();
      anchor ??= this.#anchor();
      this.#next();
      const prefix = this.#handles.get(tagged.text);
      if (prefix === undefined) this.#fail('found undefined tag handle', tagged, line);
      tag = `${prefix}${tagged.suffix ?? ''}`;
    }
    const token = this.#next();
    const begun = <Node extends YamlNode>(node: Node): Node => {
      if (anchor !== undefined) this.#anchors.set(anchor, node);
      return node;
    };
    switch (token.type) {
      case 'block-entry':
        if (indentless) return this.#indentlessSequence(begun({ kind: 'sequence', line, items: [] }));
        break;
      case 'scalar':
        this.tokens.skip();
        return begun({ kind: 'scalar', line, text: token.text, tag: tag ?? '', implicit: (tag === undefined && token.plain === true) || tag === '!' });
      case 'flow-sequence-start':
        return this.#flowSequence(begun({ kind: 'sequence', line, items: [] }));
      case 'flow-mapping-start':
        return this.#flowMapping(begun({ kind: 'mapping', line, entries: [] }));
      case 'block-sequence-start':
        if (block) return this.#blockSequence(begun({ kind: 'sequence', line, items: [] }));
        break;
      case 'block-mapping-start':
        if (block) return this.#blockMapping(begun({ kind: 'mapping', line, entries: [] }));
        break;
      default:
    }
    if (anchor === undefined && tag === undefined) this.#fail('did not find expected node content', token, line);
    return begun({ kind: 'scalar', line, text: '', tag: tag ?? '', implicit: tag === undefined });
  }

  #anchor(): string | undefined {
    const { type, text } = this.#next();
    if (type !== 'anchor') return undefined;
    this.tokens.skip();
    return text;
  }

  /** A node, or nothing before what may follow it. */
  #nodeUnless(block: boolean, indentless: boolean, ...ends: readonly TokenType[]): YamlNode {
    const { type, line } = this.#next();
    return ends.includes(type) ? nothing(line) : this.#node(block, indentless);
  }

  /** What stands behind a ":", where there is one. */
  #valueUnless(block: boolean, ...ends: readonly TokenType[]): YamlNode {
    const { type, line } = this.#next();
    if (type !== 'value') return nothing(line);
    this.tokens.skip();
    return this.#is(...ends) ? nothing(line) : this.#node(block, block);
  }

  #blockSequence(node: YamlSequence): YamlSequence {
    const { line } = this.#next();
    this.tokens.skip();
    while (this.#skipped('block-entry')) node.items.push(this.#nodeUnless(true, false, 'block-entry', 'block-end'));
    if (!this.#skipped('block-end')) this.#fail("did not find expected '-' indicator", this.#next(), line);
    return node;
  }

  #indentlessSequence(node: YamlSequence): YamlSequence {
    while (this.#skipped('block-entry')) node.items.push(this.#nodeUnless(true, false, 'block-entry', 'key', 'value', 'block-end'));
    return node;
  }

  #blockMapping(node: YamlMapping): YamlMapping {
    const { line } = this.#next();
    this.tokens.skip();
    while (this.#skipped('key')) {
      const key = this.#nodeUnless(true, true, 'key', 'value', 'block-end');
      node.entries.push([key, this.#valueUnless(true, 'key', 'value', 'block-end')]);
    }
    if (!this.#skipped('block-end')) this.#fail('did not find expected key', this.#next(), line);
    return node;
  }

  #flowSequence(node: YamlSequence): YamlSequence {
    const { line } = this.#next();
    this.tokens.skip();
    for (let first = true; !this.#is('flow-sequence-end'); first = false) {
      if (!first && !this.#skipped('flow-entry')) this.#fail("did not find expected ',' or ']'", this.#next(), line);
      if (this.#is('key')) node.items.push(this.#pairInSequence());
      else if (!this.#is('flow-sequence-end')) node.items.push(this.#node(false, false));
    }
    this.tokens.skip();
    return node;
  }

  /** [a: b] is [{a: b}]. */
  #pairInSequence(): YamlMapping {
    const { line } = this.#next();
    this.tokens.skip();
    const key = this.#nodeOrSkipped('value', 'flow-entry', 'flow-sequence-end');
    return { kind: 'mapping', line, entries: [[key, this.#valueUnless(false, 'flow-entry', 'flow-sequence-end')]] };
  }

  /** A key; of one that is not there libyaml skips what stands in its place. */
  #nodeOrSkipped(...ends: readonly TokenType[]): YamlNode {
    if (!this.#is(...ends)) return this.#node(false, false);
    const { line } = this.#next();
    this.tokens.skip();
    return nothing(line);
  }

  #flowMapping(node: YamlMapping): YamlMapping {
    const { line } = this.#next();
    this.tokens.skip();
    for (let first = true; !this.#is('flow-mapping-end'); first = false) {
      if (!first && !this.#skipped('flow-entry')) this.#fail("did not find expected ',' or '}'", this.#next(), line);
      if (this.#skipped('key')) {
        const key = this.#nodeUnless(false, false, 'value', 'flow-entry', 'flow-mapping-end');
        node.entries.push([key, this.#valueUnless(false, 'flow-entry', 'flow-mapping-end')]);
      } else if (!this.#is('flow-mapping-end')) node.entries.push([this.#node(false, false), nothing(this.#next().line)]);
    }
    this.tokens.skip();
    return node;
  }
}

const nothing = (line: number): YamlScalar => ({ kind: 'scalar', line, text: '', tag: '', implicit: true });
