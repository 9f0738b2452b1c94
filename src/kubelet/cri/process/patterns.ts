/** Words with a meaning beyond themselves: ~ and the patterns of files and cases. */

export function tilde(text: string, quoted: boolean): string {
  return !quoted && (text === '~' || text.startsWith('~/')) ? `/root${text.slice(1)}` : text;
}

export function globPattern(pattern: string): RegExp {
  let source = '';
  for (const char of pattern) source += char === '*' ? '[\\s\\S]*' : char === '?' ? '[\\s\\S]' : char === '[' || char === ']' || char === '-' ? char : char.replace(/[\\^$.|+(){}/]/g, '\\$&');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return new RegExp(`^${pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`);
  }
}
