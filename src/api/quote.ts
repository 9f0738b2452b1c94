/** Go's way to quote a string (strconv.Quote, the %q of fmt): how errors of the API server and of kubectl show text. */

const NAMED: Readonly<Record<string, string>> = { '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '"': '\\"', '\\': '\\\\' };
// Letters, marks, numbers, punctuation, symbols and the ASCII space are printable to Go; all else is escaped.
const PLAIN = /^[ !#-[\]-~]*$/;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** unicode.IsPrint of one character. */
export const isPrintable = (char: string): boolean => PRINTABLE.test(char);

/** strconv.Quote. */
export function goQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let result = '"';
  for (const char of text) {
    const named = NAMED[char];
    if (named !== undefined) result += named;
    else if (PRINTABLE.test(char)) result += char;
    else {
      const code = char.codePointAt(0) ?? 0;
      if (code < 0x20 || code === 0x7f) result += `\\x${code.toString(16).padStart(2, '0')}`;
      else if (code < 0x10000) result += `\\u${code.toString(16).padStart(4, '0')}`;
      else result += `\\U${code.toString(16).padStart(8, '0')}`;
    }
  }
  return `${result}"`;
}
