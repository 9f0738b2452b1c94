/** --dry-run and what it adds to the lines that commands print (kubectl pkg/cmd/util/helpers.go: GetDryRunStrategy). */
import { CommandError } from '../errors.ts';
import type { Flags, FlagTable } from '../flags.ts';
import { klogLine } from '../klog.ts';

export const dryRunFlags = {
  'dry-run': { type: 'string', default: 'none', noValue: 'unchanged', description: '"none", "server" or "client": only print the object that would be sent (client), or send it without keeping what comes of it (server).' },
} as const satisfies FlagTable;

export type DryRun = 'none' | 'client' | 'server';

/** What --dry-run says; `warn` gets the lines about its old spellings, without a newline. */
export function dryRunOf(flags: Flags<typeof dryRunFlags>, warn: (line: string) => void): DryRun {
  const value = flags.values['dry-run'];
  switch (value) {
    case 'none':
    case 'client':
    case 'server':
      return value;
    case 'unchanged':
      warn(klogLine('W', 'helpers.go:703', '--dry-run is deprecated and can be replaced with --dry-run=client.').trimEnd());
      return 'client';
  }
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) {
    warn(klogLine('W', 'helpers.go:717', `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=client.`).trimEnd());
    return 'client';
  }
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) {
    warn(klogLine('W', 'helpers.go:720', `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=none.`).trimEnd());
    return 'none';
  }
  throw new CommandError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** What follows the verb in "deployment.apps/x created (dry run)". */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
}
