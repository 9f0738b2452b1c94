/** Lines of limited length, broken between words (mitchellh/go-wordwrap: WrapString). */

const SPACE = /\s/;
const NO_BREAK_SPACE = '\u00a0';

/** Words longer than the limit stay whole; spaces at a break are dropped. */
export function wordWrap(text: string, limit: number): string {
  let out = '';
  let column = 0;
  let word = '';
  let wordLength = 0;
  let space = '';
  const flush = (): void => {
    column += space.length + wordLength;
    out += space + word;
    space = word = '';
    wordLength = 0;
  };
  for (const char of text) {
    if (char === '\n') {
      if (word !== '' || column + space.length <= limit) flush();
      space = '';
      out += '\n';
      column = 0;
    } else if (SPACE.test(char) && char !== NO_BREAK_SPACE) {
      if (space === '' || word !== '') flush();
      space += char;
    } else {
      word += char;
      wordLength++;
      if (column + wordLength + space.length > limit && wordLength < limit) {
        out += '\n';
        column = 0;
        space = '';
      }
    }
  }
  return word !== '' || column + space.length <= limit ? out + space + word : out;
}

/** Every line begins with so many spaces, empty ones too. */
export function indent(amount: number, text: string): string {
  const pad = ' '.repeat(amount);
  return pad + text.replaceAll('\n', `\n${pad}`);
}
