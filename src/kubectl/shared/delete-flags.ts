/** Flags about how objects go: --cascade, --force, --grace-period, --timeout, --wait (kubectl pkg/cmd/delete/delete_flags.go). */
import type { PropagationPolicy } from '../../api/request.ts';
import { CommandError } from '../errors.ts';
import type { FlagTable } from '../flags.ts';

export const cascadeFlags = {
  cascade: { type: 'string', default: 'background', noValue: 'background', description: 'What becomes of what the object owns: "background" or "foreground" deletes it too, "orphan" leaves it.' },
} as const satisfies FlagTable;

export const graceFlags = {
  force: { type: 'bool', default: false, description: 'Remove objects from the API at once, without waiting for them to end gracefully. Some may go on running, or lose data.' },
  'grace-period': { type: 'int', default: -1, description: 'Seconds that an object is given to end gracefully. Negative: its own. 1: at once. 0 needs --force.' },
  timeout: { type: 'duration', default: 0, description: 'How long to wait for a deletion; zero: as long as the object takes.' },
} as const satisfies FlagTable;

export const CASCADE: Readonly<Record<string, PropagationPolicy>> = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' };

/** The propagation policy that --cascade asks for. */
export function propagationOf(cascade: string, warn: (line: string) => void): PropagationPolicy {
  const policy = Object.hasOwn(CASCADE, cascade) ? CASCADE[cascade] : undefined;
  if (policy) return policy;
  if (/^(1|t|T|true|TRUE|True)$/.test(cascade)) {
    warn(`warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=background.`);
    return 'Background';
  }
  if (/^(0|f|F|false|FALSE|False)$/.test(cascade)) {
    warn(`warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=orphan.`);
    return 'Orphan';
  }
  throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
}
