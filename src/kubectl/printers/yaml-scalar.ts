/** How YAML scalars are written: what a string would be mistaken for, which styles it allows, and its text in each style. */

const WORDS = new Set([
  '~', 'null', 'Null', 'NULL', 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON', 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF',
  '.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF',
]);
const INTEGER = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const TIMESTAMP = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/;

/** Whether the text, written plain, would be read as a number, boolean, null or time: then it is quoted. */
export function resolvesToOther(text: string): boolean {
  if (WORDS.has(text)) return true;
  const first = text.charCodeAt(0);
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46)) return false;
  if (first === 46) return /^\.\d+(_\d+)*([eE][-+]?\d+(_\d+)*)?$/.test(text) && isFinite64(text);
  if (BASE_60.test(text) || isTimestamp(text)) return true;
  const digits = text.replaceAll('_', '');
  return INTEGER.test(digits) || (FLOAT.test(digits) && isFinite64(text));
}

/** What no float64 holds is text to Go. */
const isFinite64 = (text: string): boolean => Number.isFinite(Number(text.replaceAll('_', '')));

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const hour = Number(match[4] ?? match[7] ?? 0);
  const minute = Number(match[5] ?? match[8] ?? 0);
  const second = Number(match[6] ?? match[9] ?? 0);
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate() && hour < 24 && minute < 60 && second < 60;
}

/** Which styles a string allows in block context (emitterc.go: yaml_emitter_analyze_scalar). */
export interface Analysis {
  readonly plainAllowed: boolean;
  readonly singleAllowed: boolean;
  readonly blockAllowed: boolean;
}

const isBreak = (code: number): boolean => code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029;
const isBlank = (code: number): boolean => code === 32 || code === 9;

/** go-yaml v2's idea of printable: no tab, no control character, nothing beyond the basic plane. */
function isPrintable(code: number): boolean {
  return code === 10 || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code < 0xd800) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);
}

export function analyze(text: string): Analysis {
  let indicators = text.startsWith('---') || text.startsWith('...');
  let special = false;
  let breaks = false;
  let breakSpace = false;
  let spaceBreak = false;
  let previousSpace = false;
  let previousBreak = false;
  let afterBlank = true;
  const last = text.length - 1;
  for (let i = 0; i <= last; i++) {
    const code = text.charCodeAt(i);
    const next = text.charCodeAt(i + 1);
    const beforeBlank = i === last || isBlank(next);
    if (i === 0 ? isFirstIndicator(code, beforeBlank) : (code === 58 && beforeBlank) || (code === 35 && afterBlank)) indicators = true;
    if (!isPrintable(code)) special = true;
    if (code === 32) {
      if (previousBreak) breakSpace = true;
      previousSpace = true;
      previousBreak = false;
    } else if (isBreak(code)) {
      breaks = true;
      if (previousSpace) spaceBreak = true;
      previousSpace = false;
      previousBreak = true;
    } else previousSpace = previousBreak = false;
    afterBlank = isBlank(code) || isBreak(code);
  }
  const first = text.charCodeAt(0);
  const end = text.charCodeAt(last);
  const edges = first === 32 || isBreak(first) || end === 32 || isBreak(end);
  return {
    plainAllowed: !edges && !breakSpace && !spaceBreak && !special && !breaks && !indicators,
    singleAllowed: !breakSpace && !spaceBreak && !special,
    blockAllowed: end !== 32 && !spaceBreak && !special,
  };
}

const FIRST_INDICATORS = new Set([...'#,[]{}&*!|>\'"%@`'].map((char) => char.charCodeAt(0)));
const isFirstIndicator = (code: number, beforeBlank: boolean): boolean => FIRST_INDICATORS.has(code) || (beforeBlank && (code === 63 || code === 58 || code === 45));

/** "|", "|-", "|+", with an indentation hint where the text begins with a space or break. */
export function literalHeader(text: string): string {
  const breakAt = (index: number): boolean => isBreak(text.charCodeAt(index));
  const last = text.length - 1;
  const hint = text.startsWith(' ') || breakAt(0) ? '2' : '';
  const chomp = !breakAt(last) ? '-' : last === 0 || breakAt(last - 1) ? '+' : '';
  return `|${hint}${chomp}`;
}

/** The lines of a literal block, each indented; without a break at the end. */
export function literalBody(text: string, indent: number): string {
  const pad = ' '.repeat(indent);
  let result = '';
  let atStart = true;
  for (const char of text) {
    const breaks = isBreak(char.charCodeAt(0));
    if (atStart && !breaks) result += pad;
    result += char;
    atStart = breaks;
  }
  return result.endsWith('\n') ? result.slice(0, -1) : result;
}

/**
 * What a string becomes on its way through JSON to YAML: NEL (U+0085) is a line break inside a JSON string to a YAML
 * reader, and folded as such; all other breaks are escaped there.
 */
export function throughJson(text: string): string {
  if (!text.includes('\u0085')) return text;
  return text.replace(/[ \t]*((?:\u0085[ \t]*)+)/g, (_, run: string) => {
    const breaks = run.split('\u0085').length - 1;
    return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
  });
}

/** Plain text, broken at the first single space beyond the width. */
export function foldPlain(text: string, column: number, indent: number, width: number): string {
  return column + text.length <= width ? text : fold(text, column, indent, width, 0, text.length);
}

/** Text in single quotes. */
export function foldSingle(text: string, column: number, indent: number, width: number): string {
  if (column + text.length < width && !/[\u2028\u2029]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return `'${fold(text, column + 1, indent, width, 1, text.length - 1, true)}'`;
}

function fold(text: string, start: number, indent: number, width: number, from: number, until: number, quotes = false): string {
  let result = '';
  let column = start;
  let spaces = false;
  let breaks = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (isBreak(char.charCodeAt(0))) {
      result += char;
      column = 0;
      breaks = true;
      continue;
    }
    if (breaks && char !== ' ') {
      result += ' '.repeat(indent);
      column = indent;
      breaks = false;
    }
    if (char === ' ' && !spaces && column > width && i >= from && i < until && text[i + 1] !== ' ') {
      result += `\n${' '.repeat(indent)}`;
      column = indent;
      spaces = true;
      continue;
    }
    spaces = char === ' ';
    const written = quotes && char === "'" ? "''" : char;
    result += written;
    column += written.length;
  }
  return result;
}

const NAMED: Readonly<Record<number, string>> = { 0: '0', 7: 'a', 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r', 0x1b: 'e', 0x22: '"', 0x5c: '\\', 0x85: 'N', 0xa0: '_', 0x2028: 'L', 0x2029: 'P' };

function escaped(code: number): string {
  const named = NAMED[code];
  if (named !== undefined) return `\\${named}`;
  const hex = code.toString(16).toUpperCase();
  return code <= 0xff ? `\\x${hex.padStart(2, '0')}` : code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const needsEscape = (code: number): boolean => !isPrintable(code) || isBreak(code) || code === 0x22 || code === 0x5c;

/** The inside of a double-quoted scalar on one line. */
export function doubleQuoted(text: string): string {
  let result = '';
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    result += needsEscape(code) ? escaped(code) : char;
  }
  return result;
}

/** Text in double quotes, broken at spaces beyond the width. */
export function foldDouble(text: string, start: number, indent: number, width: number): string {
  let result = '"';
  let column = start + 1;
  let spaces = false;
  const chars = [...text];
  for (const [i, char] of chars.entries()) {
    const code = char.codePointAt(0) as number;
    if (char === ' ') {
      if (!spaces && column > width && i > 0 && i < chars.length - 1) {
        result += `\n${' '.repeat(indent)}`;
        column = indent;
        if (chars[i + 1] === ' ') {
          result += '\\';
          column++;
        }
      } else {
        result += char;
        column++;
      }
      spaces = true;
      continue;
    }
    const written = needsEscape(code) ? escaped(code) : char;
    result += written;
    column += [...written].length;
    spaces = false;
  }
  return `${result}"`;
}
