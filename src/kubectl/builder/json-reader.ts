/** A stream of JSON values with encoding/json's error texts. */
import type { JsonValue } from '../../api/json.ts';
import { goQuote } from '../../api/quote.ts';

/** Malformed JSON; the message is Go's. `at` is where the wrong character stands; undefined where the text ends too early. */
export class JsonError extends Error {
  constructor(
    message: string,
    readonly at?: number,
  ) {
    super(message);
    this.name = 'JsonError';
  }
}

const SPACE = /[ \t\r\n]/;

/** The values that stand one after the other in a text; each with its own text and where it ends. Stops with JsonError at the first fault. */
export function* readJsonStream(text: string): Generator<{ readonly value: JsonValue; readonly raw: string; readonly end: number }> {
  for (let at = 0; ; ) {
    while (at < text.length && SPACE.test(text[at] as string)) at++;
    if (at >= text.length) return;
    const end = new Scanner(text, at).value();
    const raw = text.slice(at, end);
    yield { value: JSON.parse(raw) as JsonValue, raw, end };
    at = end;
  }
}

/** One JSON value and nothing after it, as json.Unmarshal wants it. Throws JsonError. */
export function readJson(text: string): JsonValue {
  try {
    new Scanner(text, 0).only();
  } catch (error) {
    throw error instanceof JsonError && error.at === undefined ? new JsonError('unexpected end of JSON input') : error;
  }
  return JSON.parse(text) as JsonValue;
}

/** Finds the end of one JSON value, or says why there is none. */
class Scanner {
  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  /** The position after the value that begins here. */
  value(): number {
    this.#value('looking for beginning of value');
    return this.at;
  }

  /** Looks whether there is a value and nothing else. */
  only(): void {
    this.value();
    this.#space();
    if (this.at < this.text.length) this.#fail('after top-level value');
  }

  #value(context: string): void {
    this.#space();
    const char = this.#peek();
    if (char === '{') this.#object();
    else if (char === '[') this.#array();
    else if (char === '"') this.#string();
    else if (char === '-' || (char >= '0' && char <= '9')) this.#number();
    else if (char === 't') this.#literal('true');
    else if (char === 'f') this.#literal('false');
    else if (char === 'n') this.#literal('null');
    else this.#fail(context);
  }

  #object(): void {
    this.at++;
    this.#space();
    if (this.#peek() === '}') return void this.at++;
    for (;;) {
      this.#space();
      if (this.#peek() !== '"') this.#fail('looking for beginning of object key string');
      this.#string();
      this.#space();
      if (this.#peek() !== ':') this.#fail('after object key');
      this.at++;
      this.#value('looking for beginning of value');
      this.#space();
      const char = this.#peek();
      if (char !== ',' && char !== '}') this.#fail('after object key:value pair');
      this.at++;
      if (char === '}') return;
    }
  }

  #array(): void {
    this.at++;
    this.#space();
    if (this.#peek() === ']') return void this.at++;
    for (;;) {
      this.#value('looking for beginning of value');
      this.#space();
      const char = this.#peek();
      if (char !== ',' && char !== ']') this.#fail('after array element');
      this.at++;
      if (char === ']') return;
    }
  }

  #string(): void {
    for (this.at++; ; this.at++) {
      const char = this.#peek();
      if (char === '"') return void this.at++;
      if (char < ' ') this.#fail('in string literal');
      if (char !== '\\') continue;
      this.at++;
      const escaped = this.#peek();
      if (escaped === 'u') {
        for (let digit = 0; digit < 4; digit++) {
          this.at++;
          if (!/[0-9a-fA-F]/.test(this.#peek())) this.#fail('in \\u hexadecimal character escape');
        }
      } else if (!'"\\/bfnrt'.includes(escaped)) this.#fail('in string escape code');
    }
  }

  #number(): void {
    if (this.text[this.at] === '-') this.at++;
    if (!/[0-9]/.test(this.#peek())) this.#fail('in numeric literal');
    if (this.text[this.at] === '0') this.at++;
    else this.#digits();
    if (this.text[this.at] === '.') {
      this.at++;
      if (!/[0-9]/.test(this.#peek())) this.#fail('after decimal point in numeric literal');
      this.#digits();
    }
    if (/[eE]/.test(this.text[this.at] ?? '')) {
      this.at++;
      if (/[-+]/.test(this.#peek())) this.at++;
      if (!/[0-9]/.test(this.#peek())) this.#fail('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (/[0-9]/.test(this.text[this.at] ?? '')) this.at++;
  }

  #literal(word: string): void {
    for (let index = 1; index < word.length; index++) {
      this.at++;
      if (this.#peek() !== word[index]) this.#fail(`in literal ${word} (expecting '${word[index]}')`);
    }
    this.at++;
  }

  #space(): void {
    while (this.at < this.text.length && SPACE.test(this.text[this.at] as string)) this.at++;
  }

  #peek(): string {
    const char = this.text[this.at];
    if (char === undefined) throw new JsonError('unexpected EOF');
    return char;
  }

  #fail(context: string): never {
    this.#peek();
    // Go goes by bytes: the first one stands for the character.
    const [byte = 0] = Buffer.from(String.fromCodePoint(this.text.codePointAt(this.at) ?? 0));
    const char = String.fromCharCode(byte);
    const shown = char === "'" ? `'\\''` : char === '"' ? `'"'` : `'${goQuote(char).slice(1, -1)}'`;
    throw new JsonError(`invalid character ${shown} ${context}`, this.at);
  }
}
