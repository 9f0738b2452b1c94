/** Names of users and groups that the API server itself knows. Follows apiserver pkg/authentication/user. */
import type { UserInfo } from '../../api/request.ts';

export const ALL_AUTHENTICATED = 'system:authenticated';
export const ALL_UNAUTHENTICATED = 'system:unauthenticated';
export const MASTERS = 'system:masters';
/** The extra field that tells which credential it was. */
export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/** Whoever comes through the socket owns the home and is its administrator, as with a kubeadm cluster's admin.conf. */
export const ADMIN: UserInfo = { username: 'kubernetes-admin', groups: [MASTERS, ALL_AUTHENTICATED] };
export const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: [ALL_UNAUTHENTICATED] };
