/** Lines as kubectl's log writes them on standard error: some of its messages to users come that way. */

/** "W0102 15:04:05.000000   12345 helpers.go:704] text" and a newline. */
export function klogLine(severity: 'I' | 'W' | 'E' | 'F', source: string, text: string): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.${String(now.getMilliseconds()).padStart(3, '0')}000`;
  return `${severity}${date} ${time} ${String(process.pid).padStart(7)} ${source}] ${text}\n`;
}
