/** What scalars say: the text of quoted, plain and block scalars (sigs.k8s.io/yaml goyaml.v2/scannerc.go: yaml_parser_scan_{block,flow,plain}_scalar). */
import { isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isDigit, isHex, type Cursor } from './yaml-cursor.ts';

/** What a letter behind a backslash stands for, and how many digits of a code follow it. */
const ESCAPED: Readonly<Record<string, string>> = { 0: '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b', ' ': ' ', '"': '"', "'": "'", '\\': '\\', N: '\u0085', _: '\xa0', L: '\u2028', P: '\u2029' };
const CODE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Line ends in a scalar that is not taken word for word: one is a space, of more the first does not count. */
const fold = ([first = '', ...more]: readonly string[]): string => (first !== '\n' ? `${first}${more.join('')}` : more.length === 0 ? ' ' : more.join(''));

/** "|" or ">" and the lines that belong to it. @param outer how deep what it stands in is indented */
export function scanBlock(cursor: Cursor, outer: number): string {
  const { line } = cursor;
  const folded = cursor.char() === '>';
  cursor.advance();
  let increment = 0;
  let chomp = '';
  const chomping = (): boolean => {
    const char = cursor.char();
    if (char !== '+' && char !== '-') return false;
    chomp = char;
    cursor.advance();
    return true;
  };
  const indentation = (): void => {
    if (!isDigit(cursor.char())) return;
    if (cursor.char() === '0') cursor.fail('found an indentation indicator equal to 0', { line });
    increment = Number(cursor.char());
    cursor.advance();
  };
  if (chomping()) indentation();
  else {
    indentation();
    if (increment > 0) chomping();
  }
  cursor.blanks();
  if (cursor.char() === '#') cursor.toLineEnd();
  if (!isBreakOrEnd(cursor.char())) cursor.fail('did not find expected comment or line break', { line });
  if (isBreak(cursor.char())) cursor.skipLine();
  let { indent, breaks } = blockBreaks(cursor, increment === 0 ? 0 : Math.max(outer, 0) + increment, outer, line);
  let text = '';
  let lineEnd = '';
  let blankBefore = false;
  while (cursor.column === indent && cursor.char() !== undefined) {
    const blank = isBlank(cursor.char());
    if (!folded || blankBefore || blank || lineEnd !== '\n') text += lineEnd;
    else if (breaks === '') text += ' ';
    text += breaks;
    blankBefore = blank;
    const start = cursor.at;
    cursor.toLineEnd();
    text += cursor.since(start);
    lineEnd = isBreak(cursor.char()) ? cursor.skipLine() : '';
    ({ indent, breaks } = blockBreaks(cursor, indent, outer, line));
  }
  return `${text}${chomp === '-' ? '' : lineEnd}${chomp === '+' ? breaks : ''}`;
}

/** Past empty lines and indentation: the ends of those lines, and how deep the text is indented. */
function blockBreaks(cursor: Cursor, indent: number, outer: number, line: number): { readonly indent: number; readonly breaks: string } {
  let deepest = 0;
  let breaks = '';
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.char() === ' ') cursor.advance();
    deepest = Math.max(deepest, cursor.column);
    if ((indent === 0 || cursor.column < indent) && cursor.char() === '\t') cursor.fail('found a tab character where an indentation space is expected', { line });
    if (!isBreak(cursor.char())) break;
    breaks += cursor.skipLine();
  }
  return { indent: indent === 0 ? Math.max(deepest, outer + 1, 1) : indent, breaks };
}

/** Text between quotes of either kind. */
export function scanQuoted(cursor: Cursor, quote: string): string {
  const { line } = cursor;
  cursor.advance();
  let text = '';
  for (;;) {
    if (cursor.column === 0 && cursor.documentMarker()) cursor.fail('found unexpected document indicator', { line });
    if (cursor.char() === undefined) cursor.fail('found unexpected end of stream', { line });
    const word = quotedWord(cursor, quote, line);
    text += word.text;
    if (cursor.char() === quote) break;
    text += between(cursor, word.joined);
  }
  cursor.advance();
  return text;
}

/** Up to a blank, a line break or the closing quote; `joined`: over a line's end that does not count. */
function quotedWord(cursor: Cursor, quote: string, line: number): { readonly text: string; readonly joined: boolean } {
  let text = '';
  for (;;) {
    const char = cursor.char();
    if (isBlankOrEnd(char)) return { text, joined: false };
    if (char === quote) {
      if (quote === '"' || cursor.char(1) !== "'") return { text, joined: false };
      cursor.advance(2);
      text += "'";
    } else if (quote === '"' && char === '\\') {
      if (isBreak(cursor.char(1))) {
        cursor.advance();
        cursor.skipLine();
        return { text, joined: true };
      }
      text += escaped(cursor, line);
    } else {
      const start = cursor.at;
      cursor.advance();
      cursor.skipWord();
      text += cursor.since(start);
    }
  }
}

/** What blanks and line ends between two words of a scalar say. @param broken a line has ended already, without a word of it */
function between(cursor: Cursor, broken: boolean): string {
  const start = cursor.at;
  while (isBlank(cursor.char())) cursor.advance();
  const blanks = broken ? '' : cursor.since(start);
  const ends: string[] = [];
  while (isBreak(cursor.char())) {
    ends.push(cursor.skipLine());
    while (isBlank(cursor.char())) cursor.advance();
  }
  if (broken) return ends.join('');
  return ends.length === 0 ? blanks : fold(ends);
}

/** What a backslash and what follows it stand for. */
function escaped(cursor: Cursor, line: number): string {
  const letter = cursor.char(1) ?? '\0';
  const digits = CODE_DIGITS[letter] ?? 0;
  if (digits === 0 && !Object.hasOwn(ESCAPED, letter)) cursor.fail('found unknown escape character', { line });
  cursor.advance(2);
  if (digits === 0) return ESCAPED[letter] as string;
  const code = cursor.text.slice(cursor.at, cursor.at + digits);
  if (code.length < digits || ![...code].every(isHex)) cursor.fail('did not find expected hexdecimal number', { line });
  const value = Number.parseInt(code, 16);
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) cursor.fail('found invalid Unicode character escape code', { line });
  cursor.advance(digits);
  return String.fromCodePoint(value);
}

/** Text without quotes; `afterBreak`: a line has ended behind it. @param indent how deep its lines are indented at least @param flow within brackets */
export function scanPlain(cursor: Cursor, indent: number, flow: boolean): { readonly text: string; readonly afterBreak: boolean } {
  const { line } = cursor;
  let afterBreak = false;
  let text = '';
  let between = '';
  for (;;) {
    if (cursor.column === 0 && cursor.documentMarker()) break;
    if (cursor.char() === '#') break;
    const word = cursor.at;
    for (let char = cursor.char(); !isBlankOrEnd(char); char = cursor.char()) {
      if (char === ':' && isBlankOrEnd(cursor.char(1))) break;
      if (flow && ',?[]{}'.includes(char as string)) break;
      afterBreak = false;
      cursor.advance();
      cursor.skipWord();
    }
    if (cursor.at > word) text += `${between}${cursor.since(word)}`;
    if (!isBlank(cursor.char()) && !isBreak(cursor.char())) break;
    const start = cursor.at;
    const ends: string[] = [];
    while (isBlank(cursor.char()) || isBreak(cursor.char())) {
      if (isBreak(cursor.char())) {
        ends.push(cursor.skipLine());
        afterBreak = true;
        continue;
      }
      if (afterBreak && cursor.column < indent && cursor.char() === '\t') cursor.fail('found a tab character that violates indentation', { line });
      cursor.advance();
    }
    between = ends.length === 0 ? cursor.since(start) : fold(ends);
    if (!flow && cursor.column < indent) break;
  }
  return { text, afterBreak };
}
