/**
 * The page that describe writes: labels and values aligned in columns, sections indented by levels of two spaces.
 * The columns are text/tabwriter's with padding 2 (kubectl pkg/describe/describe.go: tabbedString, prefixWriter).
 */
import { TabWriter } from '../printers/tab-writer.ts';

const INDENT = '  ';

/** Terminal escapes in objects do not reach the terminal (cli-runtime printers/terminal.go). */
const escapeTerminal = (text: string): string => text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');

interface Page {
  write(text: string): void;
  flush(): void;
  text(): string;
}

class AlignedPage implements Page {
  readonly #tabs = new TabWriter({ minWidth: 0, padding: 2, rememberWidths: false });
  #finished = '';

  write(text: string): void {
    // The two other characters that end a cell and a line for text/tabwriter.
    this.#tabs.write(text.replaceAll('\v', '\t').replaceAll('\f', '\n'));
  }

  flush(): void {
    this.#finished += this.#tabs.flush();
  }

  text(): string {
    this.flush();
    return this.#finished;
  }
}

/** Columns stay apart by tabs. */
class RawPage implements Page {
  #text = '';

  write(text: string): void {
    this.#text += text;
  }
  flush(): void {
    // Nothing waits for its width.
  }
  text(): string {
    return this.#text;
  }
}

export class DescriptionWriter {
  constructor(
    private readonly page: Page,
    private readonly depth = 0,
  ) {}

  /** Text that begins at a level; tabs separate columns. It need not be a whole line: the indentation stands before each piece. */
  write(level: number, text: string): void {
    this.page.write(escapeTerminal(INDENT.repeat(level + this.depth) + text));
  }

  /** The rest of a line. */
  line(text: string): void {
    this.write(0, `${text}\n`);
  }

  /** "Label:  value" */
  field(label: string, value: string | number | boolean, level = 0): void {
    this.write(level, `${label}:\t${value}\n`);
  }

  /** "Label:", with what belongs to it below. */
  heading(label: string, level = 0): void {
    this.write(level, `${label}:\n`);
  }

  /** Cells side by side. */
  row(level: number, ...cells: readonly (string | number)[]): void {
    this.write(level, `${cells.join('\t')}\n`);
  }

  /** Column heads with lines under them. */
  columns(level: number, ...heads: readonly string[]): void {
    this.row(level, ...heads);
    this.row(level, ...heads.map((head) => '-'.repeat(head.length)));
  }

  /** Columns begin anew: what follows is not aligned with what was before. */
  flush(): void {
    this.page.flush();
  }

  /** The same page, everything deeper by some levels. */
  nested(levels: number): DescriptionWriter {
    return new DescriptionWriter(this.page, this.depth + levels);
  }

  text(): string {
    return this.page.text();
  }
}

/** Writes a page. */
export async function page(fill: (w: DescriptionWriter) => void | Promise<void>): Promise<string> {
  const w = new DescriptionWriter(new AlignedPage());
  await fill(w);
  return w.text();
}

/** The same text before it is laid out: tabs stay tabs. */
export function unaligned(fill: (w: DescriptionWriter) => void): string {
  const w = new DescriptionWriter(new RawPage());
  fill(w);
  return w.text();
}
