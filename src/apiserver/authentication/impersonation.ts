/** Requests in somebody else's name (kubectl --as). Follows apiserver pkg/endpoints/filters/impersonation.go. */
import type { IncomingHttpHeaders } from 'node:http';
import type { UserInfo } from '../../api/request.ts';
import { internalError } from '../../api/status.ts';
import { groupsOf } from './service-account-claims.ts';
import { ALL_AUTHENTICATED, ALL_UNAUTHENTICATED, ANONYMOUS } from './user.ts';

/** As whom a request wants to be seen. */
export interface Impersonation {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid: string;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** One thing that the real user must be allowed to impersonate. */
export interface ImpersonatedPart {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

const EXTRA_PREFIX = 'impersonate-extra-';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const AUTHENTICATION = 'authentication.k8s.io';

/** What the headers ask for. @param rawHeaders name, value, name, value … as they came: repeated ones stand apart */
export function impersonationOf(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): Impersonation | undefined {
  if (!Object.keys(headers).some((name) => name.startsWith('impersonate-'))) return undefined;
  const extra: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  const groups: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = Buffer.from(rawHeaders[i + 1] ?? '', 'latin1').toString('utf8');
    if (name === 'impersonate-group') groups.push(value);
    else if (name.startsWith(EXTRA_PREFIX)) (extra[unescape(name.slice(EXTRA_PREFIX.length))] ??= []).push(value);
  }
  const header = (name: string): string => Buffer.from(String(headers[name] ?? ''), 'latin1').toString('utf8');
  const asked = { username: header('impersonate-user'), groups, uid: header('impersonate-uid'), extra };
  return asked.username === '' && groups.length === 0 && asked.uid === '' && Object.keys(extra).length === 0 ? undefined : asked;
}

/** What has to be allowed, each by itself. Throws a StatusError where nobody is named. */
export function impersonatedParts({ username, groups, uid, extra }: Impersonation): readonly ImpersonatedPart[] {
  const part = (group: string, resource: string, name: string, subresource = '', namespace = ''): ImpersonatedPart => ({ group, resource, subresource, namespace, name });
  const more = [
    ...groups.map((name) => part('', 'groups', name)),
    ...Object.entries(extra).flatMap(([key, values]) => values.map((value) => part(AUTHENTICATION, 'userextras', value, key))),
    ...(uid === '' ? [] : [part(AUTHENTICATION, 'uids', uid)]),
  ];
  if (username === '') throw internalError(`requested [${more.map(goReference).join(' ')}] without impersonating a user`);
  const [, namespace, account] = SERVICE_ACCOUNT.exec(username) ?? [];
  return [namespace !== undefined && account !== undefined ? part('', 'serviceaccounts', account, '', namespace) : part('', 'users', username), ...more];
}

/** The user that the request then has. */
export function impersonatedUser({ username, groups: asked, uid, extra }: Impersonation): UserInfo {
  const namespace = SERVICE_ACCOUNT.exec(username)?.[1];
  const groups = [...(asked.length === 0 && namespace !== undefined ? groupsOf(namespace) : asked)];
  const anonymous = username === ANONYMOUS.username;
  if (!groups.includes(ALL_UNAUTHENTICATED) && (anonymous || !groups.includes(ALL_AUTHENTICATED))) groups.push(anonymous ? ALL_UNAUTHENTICATED : ALL_AUTHENTICATED);
  return { username, groups, ...(uid === '' ? {} : { uid }), ...(Object.keys(extra).length === 0 ? {} : { extra }) };
}

/** An ObjectReference in Go's %v, as the message has it. */
function goReference({ group, resource, subresource, name }: ImpersonatedPart): string {
  const kind = { groups: 'Group', userextras: 'UserExtra', uids: 'UID' }[resource] ?? 'User';
  return `{${kind}  ${name}  ${group === '' ? '' : `${group}/v1`}  ${subresource}}`;
}

function unescape(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
