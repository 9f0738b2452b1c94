/** Base64 as Go's encoding/base64 reads it (StdEncoding): line ends are passed over, anything else out of place is an error. */

/** What is wrong with a text, with the place (base64.CorruptInputError); undefined for nothing. */
export function base64Fault(text: string): string | undefined {
  const corrupt = (at: number): string => `illegal base64 data at input byte ${at}`;
  let digits = 0;
  let padding = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\r' || char === '\n') continue;
    if (char === '=') {
      if (padding === 0 && digits % 4 < 2) return corrupt(at);
      padding++;
      if (digits % 4 + padding > 4) return corrupt(at);
    } else if (!/[A-Za-z0-9+/]/.test(char) || padding > 0) return corrupt(at);
    else digits++;
  }
  if ((digits + padding) % 4 === 0) return undefined;
  // Without any padding, the group that is cut short is named.
  return corrupt(padding > 0 ? text.length : text.length - (digits % 4));
}
