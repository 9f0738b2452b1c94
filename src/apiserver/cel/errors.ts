/** What can be wrong with an expression, worded and pointed at as cel-go does (common/error.go, common/errors.go). */

/** One mistake in an expression's text. */
export interface Issue {
  readonly message: string;
  /** The offset in the expression. */
  readonly at: number;
}

const MOST_ISSUES = 100;
const LONGEST_SNIPPET = 16384;

/** An expression that can't be compiled. `message` is cel-go's list of errors with the lines they are in. */
export class CelCompileError extends Error {
  constructor(
    readonly expression: string,
    readonly issues: readonly Issue[],
  ) {
    super(display(expression, issues));
  }
}

/** An expression that failed while it was evaluated: "no such key: foo". */
export class CelError extends Error {}

/** An evaluation that has cost too much and was ended. */
export class CelCostError extends CelError {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

export const noSuchOverload = (): CelError => new CelError('no such overload');

function display(expression: string, issues: readonly Issue[]): string {
  const lines = expression.split('\n');
  const places = issues.map((issue) => ({ ...issue, ...placeOf(lines, issue.at) }));
  places.sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = places.slice(0, MOST_ISSUES).map(({ message, line, column }) => `ERROR: <input>:${line + 1}:${column + 1}: ${message}${snippet(lines[line] ?? '', column)}`);
  if (places.length > MOST_ISSUES) shown.push(`${places.length - MOST_ISSUES} more errors were truncated`);
  return shown.join('\n');
}

/** Lines and columns counted from 0; columns count characters, not UTF-16 units. */
function placeOf(lines: readonly string[], at: number): { line: number; column: number } {
  let start = 0;
  for (const [line, text] of lines.entries()) {
    if (at <= start + text.length) return { line, column: [...text.slice(0, at - start)].length };
    start += text.length + 1;
  }
  return { line: 0, column: 0 };
}

function snippet(line: string, column: number): string {
  if (line.length > LONGEST_SNIPPET) return '';
  const characters = [...line.replaceAll('\t', ' ')];
  const wide = (index: number): boolean => (characters[index]?.codePointAt(0) ?? 0) > 0x7f;
  let pointer = '';
  for (let i = 0; i < column && i < characters.length; i++) pointer += wide(i) ? '．' : '.';
  return `\n | ${characters.join('')}\n | ${pointer}${wide(column) ? '＾' : '^'}`;
}
