/** The parser's errors in the words of cel-go's, which are those of its ANTLR grammar. */
import type { ParseError } from '@marcbachmann/cel-js';
import type { Issue } from './errors.ts';

const BEGINNINGS = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const SIGNS: Readonly<Record<string, string>> = { RPAREN: "')'", RBRACKET: "']'", RBRACE: "'}'", COLON: "':'", IDENTIFIER: 'IDENTIFIER' };
const TOKEN = /^(?:[A-Za-z_]\w*|\d[\w.]*|&&|\|\||[<>=!]=|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S)/;

export function syntaxIssue(expression: string, error: ParseError): Issue {
  const at = error.range?.start ?? 0;
  const rest = expression.slice(at);
  const token = TOKEN.exec(rest)?.[0] ?? '';
  const shown = token === '' ? "'<EOF>'" : `'${token}'`;
  switch (error.code) {
    case 'unexpected_token':
      return { at, message: `Syntax error: mismatched input ${shown} expecting ${BEGINNINGS}` };
    case 'expected_token': {
      const expected = SIGNS[/^Expected (\w+)/.exec(error.summary)?.[1] ?? ''] ?? '<EOF>';
      return { at, message: token === '' && expected !== 'IDENTIFIER' ? `Syntax error: missing ${expected} at '<EOF>'` : `Syntax error: mismatched input ${shown} expecting ${expected}` };
    }
    case 'unexpected_character': {
      // One token too many at the end is called so.
      const last = rest.slice(token.length).trim() === '';
      return { at, message: `Syntax error: ${last ? 'extraneous' : 'mismatched'} input ${shown} expecting <EOF>` };
    }
    case 'reserved_identifier':
      return { at, message: `reserved identifier: ${token}` };
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
    case 'newline_in_string':
      return { at, message: `Syntax error: token recognition error at: '${rest}'` };
    case 'limit_exceeded':
      return { at, message: 'expression recursion limit exceeded: 250' };
    default:
      return { at, message: `Syntax error: ${error.summary}` };
  }
}
