/** printf(1): %s, %d, %i, %x, %c, %b, %q-less, with widths, and backslash escapes; the format repeats while there are values. */

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', '"': '"' };

function unescape(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|.)/g, (whole, code: string) => {
    if (/^x/.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8));
    return ESCAPES[code] ?? whole;
  });
}

export function printf(format: string, values: readonly string[]): string {
  const pattern = unescape(format);
  const rest = [...values];
  let text = '';
  do {
    const before = rest.length;
    text += pattern.replace(/%(-?)(0?)(\d*)(?:\.(\d+))?([sdicxXbuf%])/g, (_, left: string, zero: string, width: string, precision: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      const value = rest.shift() ?? '';
      const number = Number(value) || 0;
      let shown = kind === 's' ? value.slice(0, precision === undefined ? undefined : Number(precision)) : kind === 'b' ? unescape(value) : kind === 'c' ? value.charAt(0) : kind === 'x' ? number.toString(16) : kind === 'X' ? number.toString(16).toUpperCase() : kind === 'f' ? number.toFixed(Number(precision ?? 6)) : String(Math.trunc(number));
      if (width !== '') shown = left ? shown.padEnd(Number(width)) : shown.padStart(Number(width), zero && kind !== 's' ? '0' : ' ');
      return shown;
    });
    if (rest.length === before) break;
  } while (rest.length > 0);
  return text;
}
