/** What the parts of a report agree on: how much is shown, and when types are named. Follows go-cmp v0.7 cmp/report_compare.go and cmp/report_reflect.go. */
import { goQuote, isPrintable } from '../../../api/quote.ts';
import { goKind } from '../go-types.ts';
import { NIL, sameText, wrap, type Text } from './text.ts';

/** Which side is shown: both with what differs (''), or one of them. ' ': what is the same in both. */
type Mode = '' | ' ' | '-' | '+';

export interface Options {
  readonly mode: Mode;
  /** Whether types are named: always, never, or of composite values. */
  readonly types: 'always' | 'never' | 'auto';
  /** How much is shown; undefined for all. */
  readonly verbosity: number | undefined;
  readonly plain?: boolean;
}

/** Puts the type before a value, where types are named. */
export function withType(options: Options, type: string, text: Text): Text {
  if (options.types === 'never') return text;
  if (options.types === 'auto') {
    const { kind } = goKind(type);
    if (kind !== 'struct' && kind !== 'slice' && kind !== 'map') return text;
    if (sameText(text, NIL) || options.mode === ' ') return text;
  }
  const isEnclosed = text.kind === 'wrap' && ((text.prefix.startsWith('(') && text.suffix.endsWith(')')) || (text.prefix.startsWith('{') && text.suffix.endsWith('}')));
  return wrap(type.startsWith('*') ? `(${type})` : type, isEnclosed ? text : wrap('(', text, ')'), '');
}

/** A quoted text, in backquotes where that is shorter. */
export function quoted(text: string): string {
  const quote = goQuote(text);
  if (quote.length === text.length + 2) return quote;
  return [...text].every((char) => char !== '`' && char !== '\n' && (char === '\t' || isPrintable(char))) ? `\`${text}\`` : quote;
}
