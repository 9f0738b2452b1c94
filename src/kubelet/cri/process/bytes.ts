/**
 * Bytes as text: files of containers are strings. What is UTF-8 is text as it should be; each byte that is none becomes a
 * lone surrogate (U+DC80 … U+DCFF), which no UTF-8 can bring, so that every file comes out as it went in.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LONE = /[\uDC80-\uDCFF]/u;
const ESCAPE = 0xdc00;

export function textOfBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    let text = '';
    for (let at = 0; at < bytes.length; ) {
      const length = sequenceAt(bytes, at);
      text += length === 0 ? String.fromCharCode(ESCAPE + (bytes[at] as number)) : strict.decode(bytes.subarray(at, at + length));
      at += length || 1;
    }
    return text;
  }
}

export function bytesOfText(text: string): Uint8Array {
  if (!LONE.test(text)) return Buffer.from(text, 'utf8');
  return Buffer.concat(text.split(/([\uDC80-\uDCFF]+)/u).map((part, index) => (index % 2 === 0 ? Buffer.from(part, 'utf8') : Buffer.from([...part].map((char) => char.charCodeAt(0) - ESCAPE)))));
}

/** How many bytes the character at a place has; 0 where there is none. Runs of ASCII count as one. */
function sequenceAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) {
    let end = at + 1;
    while (end < bytes.length && (bytes[end] as number) < 0x80) end++;
    return end - at;
  }
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** How many bytes at the beginning are whole: without a character at the end of which more may come. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
