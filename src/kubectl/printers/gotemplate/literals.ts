/** Strings, characters and numbers as they are written in Go (package strconv). */

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' };

/** strconv.Unquote; undefined where an escape is none. */
export function unquote(text: string): string | undefined {
  if (text.startsWith('`')) return text.slice(1, -1);
  const quote = text[0];
  let valid = true;
  const result = text.slice(1, -1).replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([^]?))/g, (_, x?: string, u?: string, long?: string, octal?: string, plain?: string) => {
    const hex = x ?? u ?? long;
    if (hex !== undefined || octal !== undefined) {
      const code = Number.parseInt(hex ?? (octal as string), hex === undefined ? 8 : 16);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) valid = false;
      return valid ? String.fromCodePoint(code) : '';
    }
    const escape = ESCAPES[plain ?? ''];
    if (escape === undefined || ((plain === "'" || plain === '"') && plain !== quote)) valid = false;
    return escape ?? '';
  });
  return valid ? result : undefined;
}

/** strconv.ParseFloat; undefined where it fails, and where the number is too large. */
export function parseFloat64(text: string): number | undefined {
  const hex = /^([-+]?)0[xX]([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([-+]?\d+)$/.exec(text);
  const digits = (hex ? `${hex[2]}${hex[3] ?? ''}` : '').replaceAll('_', '');
  if (hex) return digits === '' ? undefined : (hex[1] === '-' ? -1 : 1) * Number(`0x${digits}`) * 2 ** (Number(hex[4]) - 4 * (hex[3] ?? '').replaceAll('_', '').length);
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
