/** Which node a user is. Follows kubernetes pkg/auth/nodeidentifier/default.go. */
import type { UserInfo } from '../../api/request.ts';

const USER_PREFIX = 'system:node:';
const NODES_GROUP = 'system:nodes';

/** The node's name; '' for a node that doesn't say which, undefined for who is none. */
export function nodeIdentity({ username, groups }: UserInfo): string | undefined {
  if (!username.startsWith(USER_PREFIX) || !groups.includes(NODES_GROUP)) return undefined;
  return username.slice(USER_PREFIX.length);
}
