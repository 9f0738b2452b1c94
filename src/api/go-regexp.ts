/** Go's regular expressions (RE2) by JavaScript's: the syntax that differs is rewritten, what RE2 lacks is refused. */
import { goQuote } from './quote.ts';

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z', alpha: 'A-Za-z', ascii: '\\x00-\\x7f', blank: '\\t ', cntrl: '\\x00-\\x1f\\x7f', digit: '0-9', graph: '!-~', lower: 'a-z', print: ' -~', punct: '!-\\/:-@\\[-`{-~', space: '\\t\\n\\v\\f\\r ', upper: 'A-Z', word: '0-9A-Za-z_', xdigit: '0-9A-Fa-f',
};
const MOST_KNOWN = 500;
const known = new Map<string, RegExp>();

/** What Go says of a pattern that is none: `error parsing regexp: …`. */
export class RegexpError extends Error {
  constructor(problem: string) {
    super(`error parsing regexp: ${problem}`);
    this.name = 'RegexpError';
  }
}

/** The compiled pattern, kept. Throws RegexpError. */
export function matcher(pattern: string): RegExp {
  let compiled = known.get(pattern);
  if (!compiled) {
    compiled = compileGo(pattern);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(pattern, compiled);
  }
  return compiled;
}

/** Throws RegexpError. */
export function compileGo(pattern: string): RegExp {
  const { source, flags } = rewrite(pattern);
  try {
    return new RegExp(source, `u${flags}`);
  } catch (error) {
    throw new RegexpError(reason(pattern, error));
  }
}

/** Flags at the front hold for all of it; Go's \s knows no vertical tab, and $ means the very end. */
function rewrite(pattern: string): { source: string; flags: string } {
  let flags = '';
  let rest = pattern;
  const front = /^\(\?([imsU]+)\)/.exec(rest);
  if (front) {
    flags = [...new Set(front[1])].filter((flag) => 'ims'.includes(flag)).join('');
    rest = rest.slice(front[0].length);
  }
  let source = '';
  let inClass = false;
  for (let i = 0; i < rest.length; i++) {
    const char = rest[i] ?? '';
    const posix = inClass ? /^\[:(\^?)(\w+):\]/.exec(rest.slice(i)) : null;
    if (posix) {
      source += CLASSES[posix[2] ?? ''] ?? '';
      i += posix[0].length - 1;
    } else if (char === '\\') {
      const { text, length } = escape(rest, i, inClass);
      source += text;
      i += length - 1;
    } else if (inClass) {
      if (char === ']' && rest[i - 1] !== '[') inClass = false;
      source += char === '[' || (char === ']' && inClass) ? `\\${char}` : char;
    } else if (char === '[') {
      inClass = true;
      const negated = rest[i + 1] === '^';
      source += negated ? '[^' : '[';
      if (negated) i++;
      if (rest[i + 1] === ']') {
        source += '\\]';
        i++;
      }
    } else if (rest.startsWith('(?P<', i)) {
      source += '(?<';
      i += 3;
    } else if (/^\(\?(?:=|!|<=|<!)/.test(rest.slice(i))) {
      throw new RegexpError(`invalid or unsupported Perl syntax: \`${/^\(\?<?./.exec(rest.slice(i))?.[0] ?? ''}\``);
    } else if ((char === '{' && !/^\{\d+(,\d*)?\}/.test(rest.slice(i))) || (char === '}' && !/\{\d+(,\d*)?$/.test(rest.slice(0, i))) || (char === ']' && !inClass)) {
      source += `\\${char}`;
    } else source += char;
  }
  return { source, flags };
}

function escape(text: string, at: number, inClass: boolean): { text: string; length: number } {
  const next = text[at + 1] ?? '';
  if (next === 'A' && !inClass) return { text: '(?<![\\s\\S])', length: 2 };
  if (next === 'z' && !inClass) return { text: '(?![\\s\\S])', length: 2 };
  if (next === 'Q') {
    const end = text.indexOf('\\E', at + 2);
    const quoted = text.slice(at + 2, end < 0 ? undefined : end);
    return { text: quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), length: end < 0 ? text.length - at : end + 2 - at };
  }
  if (next === 's') return { text: inClass ? '\\t\\n\\f\\r ' : '[\\t\\n\\f\\r ]', length: 2 };
  if (next === 'S' && !inClass) return { text: '[^\\t\\n\\f\\r ]', length: 2 };
  if (next === 'a') return { text: '\\x07', length: 2 };
  const script = /^\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))/.exec(text.slice(at));
  if (script) {
    const name = script[3] ?? script[4] ?? '';
    return { text: `\\${script[2] === '^' ? 'P' : script[1]}{${name.length <= 2 ? name : `Script=${name}`}}`, length: script[0].length };
  }
  if (/^[1-9]$/.test(next)) throw new RegexpError(`invalid escape sequence: \`\\${next}\``);
  // JavaScript's unicode mode escapes only what has a meaning; Go any punctuation.
  if (/[^\w\s]/.test(next) && !/[\\^$.*+?()[\]{}|/]/.test(next)) return { text: next === '-' && inClass ? '\\-' : next, length: 2 };
  return { text: `\\${next}`, length: 2 };
}

function reason(pattern: string, error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  if (text.includes('Unterminated group')) return `missing closing ): \`${pattern}\``;
  if (text.includes('Unmatched')) return `unexpected ): \`${pattern}\``;
  if (text.includes('Unterminated character class')) return `missing closing ]: \`${pattern.slice(pattern.lastIndexOf('['))}\``;
  const nested = /(?:[*+?]|\{\d+(?:,\d*)?\})\??[*+?]\??/.exec(pattern);
  if (text.includes('Nothing to repeat') && nested) return `invalid nested repetition operator: \`${nested[0]}\``;
  if (text.includes('Nothing to repeat')) return `missing argument to repetition operator: \`${/[*+?]/.exec(pattern)?.[0] ?? ''}\``;
  if (text.includes('at end of pattern')) return 'trailing backslash at end of expression: ``';
  if (text.includes('Range out of order')) return `invalid character class range: \`${/\w-\w/.exec(pattern)?.[0] ?? ''}\``;
  if (text.includes('Invalid escape')) return `invalid escape sequence: \`${/\\./.exec(pattern)?.[0] ?? ''}\``;
  return `invalid or unsupported Perl syntax: ${goQuote(pattern)}`;
}
