/** Who may be somebody else, and whom the server then sees. */
import { impersonationOf } from '../../../src/apiserver/authentication/impersonation.ts';
import { apiCluster, failure, type ApiCluster } from '../support/api-cluster.ts';

let cluster: ApiCluster;
beforeAll(async () => {
  cluster = await apiCluster({ authorizationModes: ['RBAC'], tokenFile: { name: 'tokens', text: 'joe,joe,u\n' } });
});
afterAll(() => cluster.close());

/** The headers as Node gives them. */
function asked(...pairs: readonly (readonly [string, string])[]) {
  const headers: Record<string, string> = {};
  for (const [name, value] of pairs) headers[name.toLowerCase()] = name.toLowerCase() in headers ? `${headers[name.toLowerCase()]}, ${value}` : value;
  return impersonationOf(headers, pairs.flat());
}
const act = (...pairs: readonly (readonly [string, string])[]) => {
  const impersonation = asked(...pairs);
  return cluster.server.authenticate({ owner: true, ...(impersonation ? { impersonation } : {}) });
};

test('a user, with the groups that were named and the one that all have', async () => {
  expect(await act(['Impersonate-User', 'jane'], ['Impersonate-Group', 'a,b'], ['Impersonate-Group', 'c'], ['Impersonate-Uid', '7'], ['Impersonate-Extra-acme.com%2fproject', 'x'], ['impersonate-extra-Acme.com%2FProject', 'y']))
    .toEqual({ username: 'jane', groups: ['a,b', 'c', 'system:authenticated'], uid: '7', extra: { 'acme.com/project': ['x', 'y'] } });
});

test('a service account has its groups, unless others are named', async () => {
  expect((await act(['Impersonate-User', 'system:serviceaccount:team:robot'])).groups).toEqual(['system:serviceaccounts', 'system:serviceaccounts:team', 'system:authenticated']);
  expect((await act(['Impersonate-User', 'system:serviceaccount:team:robot'], ['Impersonate-Group', 'x'])).groups).toEqual(['x', 'system:authenticated']);
});

test('the anonymous user stays unauthenticated', async () => {
  expect((await act(['Impersonate-User', 'system:anonymous'])).groups).toEqual(['system:unauthenticated']);
  expect((await act(['Impersonate-User', 'jane'], ['Impersonate-Group', 'system:unauthenticated'])).groups).toEqual(['system:unauthenticated']);
});

test('nobody is named: an error of the server, as upstream has it', async () => {
  expect(await failure(act(['Impersonate-Group', 'x']))).toMatchObject({ code: 500, reason: 'InternalError' });
  expect(asked(['Accept', '*/*'])).toBeUndefined();
});

test('each part must be allowed', async () => {
  const impersonation = asked(['Impersonate-User', 'jane']);
  const refusal = await failure(cluster.server.authenticate({ owner: false, authorization: 'Bearer joe', ...(impersonation ? { impersonation } : {}) }));
  expect(refusal).toMatchObject({ code: 403, message: 'users "jane" is forbidden: User "joe" cannot impersonate resource "users" in API group "" at the cluster scope' });
});
