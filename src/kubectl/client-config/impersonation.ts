/** --as, --as-group and --as-uid: whom the server is to see instead. Follows client-go transport/round_trippers.go. */
import type { Headers } from '../../client/transports/http1.ts';
import { CommandError } from '../errors.ts';
import { impersonatingNobody } from './validation.ts';

export interface Impersonation {
  readonly as: string;
  readonly groups: readonly string[];
  readonly uid: string;
}

/** @param user the entry of the kubeconfig that asks. Throws CommandError where groups or a uid are named and no user. */
export function impersonationHeaders({ as, groups, uid }: Impersonation, user: string): Headers {
  if (as === '' && (groups.length > 0 || uid !== '')) throw new CommandError(impersonatingNobody(user));
  const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  return as === '' ? {} : { 'Impersonate-User': utf8(as), ...(uid === '' ? {} : { 'Impersonate-Uid': utf8(uid) }), ...(groups.length > 0 ? { 'Impersonate-Group': groups.map(utf8) } : {}) };
}
