/** Go's regular expressions (RE2) as JavaScript's, compiled once. What Go refuses is refused here, too, as far as it can be told. */

const compiled = new Map<string, RegExp | Error>();

/** Throws an Error where the pattern is none that Go knows. */
export function goRegExp(pattern: string): RegExp {
  let known = compiled.get(pattern);
  if (known === undefined) {
    try {
      known = compile(pattern);
    } catch (error) {
      known = error as Error;
    }
    compiled.set(pattern, known);
  }
  if (known instanceof Error) throw known;
  return known;
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z', alpha: 'A-Za-z', ascii: '\\x00-\\x7F', blank: '\\t ', cntrl: '\\x00-\\x1F\\x7F', digit: '0-9', graph: '!-~', lower: 'a-z',
  print: ' -~', punct: '!-\\/:-@\\[-`{-~', space: '\\t\\n\\v\\f\\r ', upper: 'A-Z', word: '0-9A-Za-z_', xdigit: '0-9A-Fa-f',
};

function compile(pattern: string): RegExp {
  const lookaround = /\(\?(?:[=!]|<[=!])/.exec(pattern);
  if (lookaround) throw new Error(`error parsing regexp: invalid or unsupported Perl syntax: \`${lookaround[0]}\``);
  const reference = /(?<!\\)(?:\\\\)*(\\[1-9])/.exec(pattern);
  if (reference) throw new Error(`error parsing regexp: invalid escape sequence: \`${reference[1]}\``);
  let source = pattern;
  let flags = '';
  const leading = /^\(\?([ims]+)\)/.exec(source);
  if (leading) {
    flags = leading[1] ?? '';
    source = source.slice(leading[0].length);
  }
  source = source
    .replace(/\[:(\^?)(\w+):\]/g, (whole, negated: string, name: string) => (negated === '' && POSIX[name] !== undefined ? POSIX[name] : whole))
    .replace(/\(\?P</g, '(?<')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\\Q([\s\S]*?)\\E/g, (_, text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    try {
      // Escapes of plain characters are errors in JavaScript's unicode mode alone.
      return new RegExp(source, flags);
    } catch (error) {
      throw new Error(`error parsing regexp: ${goReason(pattern, error as Error)}`, { cause: error });
    }
  }
}

/** The commonest faults in Go's words. */
function goReason(pattern: string, error: Error): string {
  const { message } = error;
  if (/Unterminated group/.test(message)) return `missing closing ): \`${pattern}\``;
  if (/Unmatched '\)'/.test(message)) return `unexpected ): \`${pattern}\``;
  if (/Unterminated character class/.test(message)) return `missing closing ]: \`${pattern.slice(pattern.lastIndexOf('['))}\``;
  if (/Nothing to repeat/.test(message)) return `missing argument to repetition operator: \`${/[*+?]/.exec(pattern)?.[0] ?? ''}\``;
  if (/\\ at end of pattern/.test(message)) return 'trailing backslash at end of expression: ``';
  return message.replace(/^Invalid regular expression: /, '');
}
