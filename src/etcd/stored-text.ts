/**
 * How a value stands in the store's files. One line that looks like a JSON object stands as it is, so that `cat`, `grep`
 * and `jq` read it; anything else stands as a JSON string. Lengths are in bytes, so that a reader needs not parse it.
 */
/** Node has it since version 20; the language's older types do not. */
interface WellFormed {
  isWellFormed(): boolean;
}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Where a value lies in a file that was read. */
export interface FileText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** It stands as a JSON string. */
  readonly quoted: boolean;
}

/** Whether a value can stand as it is. */
export function standsRaw(value: string): boolean {
  return (
    value.charCodeAt(0) === OPEN_BRACE &&
    value.charCodeAt(value.length - 1) === CLOSE_BRACE &&
    !value.includes('\n') &&
    // Such a half character has no UTF-8; as a JSON string it is escaped and survives.
    (value as string & WellFormed).isWellFormed()
  );
}

export function readText(text: FileText): string {
  const raw = text.bytes.toString('utf8', text.start, text.end);
  return text.quoted ? (JSON.parse(raw) as string) : raw;
}
