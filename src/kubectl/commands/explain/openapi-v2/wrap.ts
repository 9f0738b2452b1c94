/** Descriptions in lines of limited length that keep lists, headings and code apart (kubectl pkg/explain/formatter.go: wrapString). */

/** Go's unicode.IsSpace. */
const SPACES = /[\t\n\v\f\r \u0085\u00a0\p{Z}]+/u;
/** What begins an item of a list. */
const BULLET = /^[\t\n\v\f\r \u0085\u00a0\p{Z}]*(\d+\.?|-|\*)[\t\n\f\r ]/u;
const CODE = '    ';

/** @param width length of a line, in bytes; a longer word has a line to itself */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  /** The last word of the line that is being filled; '' where that word began it because there was no room before. */
  let lastWord = '';
  const flush = (): void => {
    if (line === '') return;
    lines.push(line);
    line = lastWord = '';
  };
  for (const written of text.split('\n')) {
    const words = written.split(SPACES).filter((word) => word !== '');
    const isCode = written.startsWith(CODE);
    // Where nothing is written yet, an empty line only ends the one before it.
    if (isCode || words.length === 0 || lastWord.endsWith(':') || (words.length > 1 && BULLET.test(written))) {
      const begun = lines.length > 0;
      flush();
      if (isCode) lines.push(written);
      else if (words.length === 0 && begun) lines.push('');
    }
    if (isCode) continue;
    for (const word of words) {
      lastWord = word;
      if (line !== '' && Buffer.byteLength(`${line} ${word}`) > width) flush();
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  flush();
  return lines;
}
