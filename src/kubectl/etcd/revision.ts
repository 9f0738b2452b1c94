/** --rev. */
import { CommandError } from '../errors.ts';

export const revisionFlag = { rev: { type: 'int', default: 0, description: 'Read as of this revision; 0 is the newest.' } } as const;

/** "120" or "120..140", both ends included. Throws a CommandError. */
export function parseRange(text: string): { readonly from: number; readonly to: number } {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  if (!match) throw new CommandError(`--rev: ${JSON.stringify(text)} is neither a revision nor a range of them, like 120..140`);
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  if (to < from) throw new CommandError(`--rev: ${text} ends before it begins`);
  return { from, to };
}
