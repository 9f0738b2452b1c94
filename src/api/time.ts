/** Times as the API writes them, from and to milliseconds since the epoch. */

let lastSecond = NaN;
let lastText = '';

/** metav1.Time: whole seconds, "2025-01-02T03:04:05Z". */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  // Most times of a burst are of the same second.
  if (second !== lastSecond) {
    lastText = `${new Date(ms).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}

/** metav1.MicroTime: "2025-01-02T03:04:05.678000Z". */
export function formatMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}

/** Milliseconds since the epoch; undefined where there is no time (absent, or null as Go writes a time that was never set). */
export function parseTime(text: string): number;
export function parseTime(text: string | null | undefined): number | undefined;
export function parseTime(text: string | null | undefined): number | undefined {
  return text === undefined || text === null ? undefined : Date.parse(text);
}
