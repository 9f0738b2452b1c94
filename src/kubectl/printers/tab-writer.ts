/**
 * Columns of text, as kubectl lays them out: Go's text/tabwriter with minimal width 6, padding 3 and spaces, in the
 * variant that remembers the widths of columns between two flushes, so that a watch keeps its columns.
 */

const MIN_WIDTH = 6;
const PADDING = 3;

/** Characters as Go counts them: code points. */
function textWidth(text: string): number {
  let width = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code < 0xdc00) width--;
  }
  return width;
}

export interface TabWriterOptions {
  readonly minWidth?: number;
  readonly padding?: number;
  /** Keep widths between flushes (kubectl's tables); without it each flush stands for itself (describe). */
  readonly rememberWidths?: boolean;
}

/** Rows of cells in, aligned lines out. The last cell of a row is never padded. */
export class TabWriter {
  readonly #minWidth: number;
  readonly #padding: number;
  readonly #remember: boolean;
  #lines: (readonly string[])[] = [];
  #rememberedWidths: number[] = [];
  #out: string[] = [];
  #rest = '';

  constructor(options: TabWriterOptions = {}) {
    this.#minWidth = options.minWidth ?? MIN_WIDTH;
    this.#padding = options.padding ?? PADDING;
    this.#remember = options.rememberWidths ?? true;
  }

  /** One line by its cells. A cell that has tabs or ends of lines in it is several. */
  row(cells: readonly string[]): void {
    if (cells.some((cell) => /[\t\n]/.test(cell))) for (const line of cells.join('\t').split('\n')) this.#lines.push(line.split('\t'));
    else this.#lines.push(cells);
  }

  /** Text with tabs between cells; lines may come in pieces. */
  write(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() as string;
    for (const line of lines) this.row(line.split('\t'));
  }

  /** Lays out what was written since the last flush. */
  flush(): string {
    const unfinished = this.#rest !== '';
    if (unfinished) this.row(this.#rest.split('\t'));
    this.#rest = '';
    this.#format(0, this.#lines.length, []);
    this.#lines = [];
    const text = this.#out.join('');
    this.#out = [];
    return unfinished ? text.slice(0, -1) : text;
  }

  forgetWidths(): void {
    this.#rememberedWidths = [];
  }

  /** A column is a block of neighbouring lines that have a cell there which another follows (tabwriter.go: format). */
  #format(from: number, until: number, widths: readonly number[]): void {
    const column = widths.length;
    let written = from;
    for (let at = from; at < until; at++) {
      if (column >= this.#cells(at).length - 1) continue;
      this.#writeLines(written, at, widths);
      written = at;
      let width = this.#minWidth;
      for (; at < until && column < this.#cells(at).length - 1; at++) width = Math.max(width, textWidth(this.#cells(at)[column] as string) + this.#padding);
      this.#format(written, at, [...widths, this.#rememberWidth(column, width)]);
      written = at;
      at--;
    }
    this.#writeLines(written, until, widths);
  }

  #rememberWidth(column: number, width: number): number {
    if (!this.#remember) return width;
    const kept = Math.max(width, this.#rememberedWidths[column] ?? 0);
    this.#rememberedWidths[column] = kept;
    return kept;
  }

  #cells(line: number): readonly string[] {
    return this.#lines[line] as readonly string[];
  }

  #writeLines(from: number, until: number, widths: readonly number[]): void {
    for (let line = from; line < until; line++) {
      const cells = this.#cells(line);
      let text = '';
      for (let column = 0; column < cells.length; column++) {
        const cell = cells[column] as string;
        const width = widths[column];
        text += width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - textWidth(cell)));
      }
      this.#out.push(`${text}\n`);
    }
  }
}
