/**
 * JSON read closely: what is wrong with it in the words of Go's decoder, and its fields in order with duplicates, which
 * JSON.parse hides. Follows sigs.k8s.io/json internal/golang/encoding/json/scanner.go.
 */

/** A value with all its members, duplicates included. */
export type JsonNode =
  | { readonly type: 'object'; readonly members: readonly (readonly [key: string, value: JsonNode])[] }
  | { readonly type: 'array'; readonly items: readonly JsonNode[] }
  | { readonly type: 'scalar'; readonly value: string | number | boolean | null; readonly text: string };

class SyntaxFault extends Error {}

/** Deeper nesting than this is refused. */
const MAX_DEPTH = 10_000;

class Scanner {
  #at = 0;
  #depth = 0;
  duplicates = false;

  constructor(private readonly text: string) {}

  document(): JsonNode {
    const value = this.#value('looking for beginning of value');
    this.#space();
    if (this.#at < this.text.length) this.#fault('after top-level value');
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #fault(context: string): never {
    const char = this.text[this.#at];
    if (char === undefined) throw new SyntaxFault('unexpected end of JSON input');
    const quoted = char === "'" ? `'\\''` : char === '"' ? `'"'` : `'${JSON.stringify(char).slice(1, -1)}'`;
    throw new SyntaxFault(`invalid character ${quoted} ${context}`);
  }

  #value(context: string): JsonNode {
    this.#space();
    const char = this.text[this.#at];
    switch (char) {
      case '{': return this.#object();
      case '[': return this.#array();
      case '"': {
        const start = this.#at;
        const value = this.#string();
        return { type: 'scalar', value, text: this.text.slice(start, this.#at) };
      }
      case 't': return this.#literal('true', true);
      case 'f': return this.#literal('false', false);
      case 'n': return this.#literal('null', null);
      default:
        if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) return this.#number();
        return this.#fault(context);
    }
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > MAX_DEPTH) throw new SyntaxFault('exceeded max depth');
  }

  #object(): JsonNode {
    this.#enter();
    const members: (readonly [string, JsonNode])[] = [];
    const seen = new Set<string>();
    this.#space();
    if (this.text[this.#at] === '}') return this.#leave({ type: 'object', members });
    for (;;) {
      this.#space();
      if (this.text[this.#at] !== '"') this.#fault('looking for beginning of object key string');
      const key = this.#string();
      if (seen.has(key)) this.duplicates = true;
      seen.add(key);
      this.#space();
      if (this.text[this.#at] !== ':') this.#fault('after object key');
      this.#at++;
      members.push([key, this.#value('looking for beginning of value')]);
      this.#space();
      const char = this.text[this.#at];
      if (char === '}') return this.#leave({ type: 'object', members });
      if (char !== ',') this.#fault('after object key:value pair');
      this.#at++;
    }
  }

  #array(): JsonNode {
    this.#enter();
    const items: JsonNode[] = [];
    this.#space();
    if (this.text[this.#at] === ']') return this.#leave({ type: 'array', items });
    for (;;) {
      items.push(this.#value('looking for beginning of value'));
      this.#space();
      const char = this.text[this.#at];
      if (char === ']') return this.#leave({ type: 'array', items });
      if (char !== ',') this.#fault('after array element');
      this.#at++;
    }
  }

  #leave(node: JsonNode): JsonNode {
    this.#at++;
    this.#depth--;
    return node;
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      const code = this.text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        this.#at++;
        const escape = this.text[this.#at];
        if (escape === 'u') {
          for (let digit = 0; digit < 4; digit++) {
            this.#at++;
            if (!/[0-9a-fA-F]/.test(this.text[this.#at] ?? '')) this.#fault('in \\u hexadecimal character escape');
          }
        } else if (escape === undefined || !'bfnrt\\/"'.includes(escape)) this.#fault('in string escape code');
      } else if (Number.isNaN(code) || code < 0x20) this.#fault('in string literal');
      this.#at++;
    }
    this.#at++;
    return JSON.parse(this.text.slice(start, this.#at)) as string;
  }

  #number(): JsonNode {
    const start = this.#at;
    const digits = (context: string) => {
      if (!this.#isDigit()) this.#fault(context);
      while (this.#isDigit()) this.#at++;
    };
    if (this.text[this.#at] === '-') this.#at++;
    if (this.text[this.#at] === '0') this.#at++;
    else digits('in numeric literal');
    if (this.text[this.#at] === '.') {
      this.#at++;
      digits('after decimal point in numeric literal');
    }
    if (this.text[this.#at] === 'e' || this.text[this.#at] === 'E') {
      this.#at++;
      if (this.text[this.#at] === '+' || this.text[this.#at] === '-') this.#at++;
      digits('in exponent of numeric literal');
    }
    const text = this.text.slice(start, this.#at);
    return { type: 'scalar', value: Number(text), text };
  }

  #isDigit(): boolean {
    const code = this.text.charCodeAt(this.#at);
    return code >= 0x30 && code <= 0x39;
  }

  #literal(word: string, value: boolean | null): JsonNode {
    for (const expected of word) {
      if (this.text[this.#at] !== expected) this.#fault(`in literal ${word} (expecting '${expected}')`);
      this.#at++;
    }
    return { type: 'scalar', value, text: word };
  }
}

/** What Go's decoder says about a text that is not JSON; undefined where it is. */
export function jsonSyntaxError(text: string): string | undefined {
  try {
    new Scanner(text).document();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxFault) return error.message;
    throw error;
  }
}

/** The value with duplicates, and whether there are any. The text must be JSON. */
export function scanJson(text: string): { readonly node: JsonNode; readonly duplicates: boolean } {
  const scanner = new Scanner(text);
  const node = scanner.document();
  return { node, duplicates: scanner.duplicates };
}

/** How many arrays and objects stand in each other at most, counted up to one more than `limit`. The text need not be well-formed. */
export function depthOf(text: string, limit: number): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0, quoted = false; i < text.length && deepest <= limit; i++) {
    const char = text.charCodeAt(i);
    if (quoted) {
      if (char === 0x5c) i++;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x7d || char === 0x5d) depth--;
  }
  return deepest;
}
