/**
 * A case: a plain text file of shell statements, each run once by the real kubectl and once by ours. How it is written
 * is told in tests/parity/cases/README.md.
 */

export interface Statement {
  /** The file's line, from 1. */
  readonly line: number;
  readonly text: string;
  /** compare: outputs must be the same; unordered: but for the order of lines; known: a listed difference; settle: wait until the cluster is quiet; pause, resume: its clock. */
  readonly kind: 'compare' | 'unordered' | 'known' | 'settle' | 'pause' | 'resume';
}

const PREFIX = /^(unordered|known): +/;
/** Statements that are for the test itself. */
const ORDERS = ['settle', 'pause', 'resume'] as const;
const HEREDOC = /<<-?\s*(['"]?)([A-Za-z_]+)\1/;

/** Splits a case file. A statement goes on after a line that ends with a backslash, and to the end of its here-document. */
export function parseCase(text: string): readonly Statement[] {
  const lines = text.split('\n');
  const statements: Statement[] = [];
  for (let at = 0; at < lines.length; ) {
    const first = at;
    let statement = lines[at++] as string;
    if (statement.trim() === '' || statement.startsWith('#')) continue;
    while (statement.endsWith('\\') && at < lines.length) statement += `\n${lines[at++]}`;
    const end = HEREDOC.exec(statement)?.[2];
    if (end !== undefined) {
      let last: string | undefined;
      while (last !== end) {
        if (at >= lines.length) throw new Error(`line ${first + 1}: the here-document does not end`);
        last = lines[at++] as string;
        statement += `\n${last}`;
      }
    }
    const kind = PREFIX.exec(statement)?.[1] as 'unordered' | 'known' | undefined;
    statements.push({ line: first + 1, text: statement.replace(PREFIX, ''), kind: ORDERS.find((order) => order === statement.trim()) ?? kind ?? 'compare' });
  }
  return statements;
}
