/** Priority and fairness: which flow a request belongs to, who gets a seat, and who waits. */
import { request as httpRequest } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLOWSCHEMAS, PRIORITYLEVELS } from '../../src/apiserver/bootstrap.ts';
import type { FlowRequest } from '../../src/apiserver/flowcontrol/classify.ts';
import type { Admission } from '../../src/apiserver/flowcontrol/flow-control.ts';
import { PriorityLevel } from '../../src/apiserver/flowcontrol/level.ts';
import { HttpServer } from '../../src/apiserver/http/server.ts';
import { apiCluster, type ApiCluster } from './support/api-cluster.ts';

const PODS = { verb: 'list', group: '', resource: 'pods', namespace: 'default' };
const JANE = { username: 'jane', groups: ['system:authenticated'] };

let cluster: ApiCluster;
beforeEach(async () => {
  // A level has a seat at least.
  cluster = await apiCluster({ maxRequestsInflight: 1, maxMutatingRequestsInflight: 1 });
});
afterEach(async () => {
  expect(cluster.errors).toEqual([]);
  await cluster.close();
});

const schemaOf = async (request: FlowRequest): Promise<string> => {
  const { classified, seat } = await cluster.server.admit(request);
  if (typeof seat === 'function') seat();
  const schemas = (await cluster.of(FLOWSCHEMAS).list()).items;
  return schemas.find(({ metadata }) => metadata.uid === classified?.schemaUid)?.metadata.name ?? '';
};

test('requests belong to the schemas that upstream finds for them', async () => {
  const as = (username: string, ...groups: string[]) => ({ username, groups: [...groups, 'system:authenticated'] });
  const account = as('system:serviceaccount:kube-system:x', 'system:serviceaccounts', 'system:serviceaccounts:kube-system');
  const lease = { verb: 'update', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-system' };
  expect(await schemaOf({ user: as('admin', 'system:masters'), ...PODS })).toBe('exempt');
  expect(await schemaOf({ user: JANE, verb: 'get', path: '/readyz' })).toBe('probes');
  expect(await schemaOf({ user: JANE, verb: 'get', path: '/version' })).toBe('global-default');
  expect(await schemaOf({ user: JANE, ...PODS })).toBe('global-default');
  expect(await schemaOf({ user: account, ...lease })).toBe('system-leader-election');
  expect(await schemaOf({ user: account, ...PODS })).toBe('kube-system-service-accounts');
  expect(await schemaOf({ user: as('system:serviceaccount:default:x', 'system:serviceaccounts'), ...PODS })).toBe('service-accounts');
  expect(await schemaOf({ user: as('system:node:a', 'system:nodes'), verb: 'patch', group: '', resource: 'nodes', subresource: 'status' })).toBe('system-node-high');
  expect(await schemaOf({ user: as('system:node:a', 'system:nodes'), ...PODS })).toBe('system-nodes');
  expect(await schemaOf({ user: as('system:kube-scheduler'), ...PODS })).toBe('kube-scheduler');
  // Whoever belongs to no group at all.
  expect(await schemaOf({ user: { username: 'nobody', groups: [] }, ...PODS })).toBe('catch-all');
  await cluster.of(FLOWSCHEMAS).create({ metadata: { name: 'janes' }, spec: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 50, rules: [{ subjects: [{ kind: 'User', user: { name: 'jane' } }], resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['pods'], namespaces: ['*'] }] }] } });
  expect(await schemaOf({ user: JANE, ...PODS })).toBe('janes');
  expect(await schemaOf({ user: JANE, ...PODS, subresource: 'log' })).toBe('global-default');
});

test('flows take turns, and a line has its length', () => {
  const level = new PriorityLevel();
  level.limit(1, 2);
  const seated: string[] = [];
  const wait = (flow: string, name: string) => level.wait(flow, () => void seated.push(name));
  expect([level.enter(), level.enter()]).toEqual([true, false]);
  wait('a', 'a1');
  const giveUp = wait('a', 'a2');
  expect(wait('a', 'a3')).toBeUndefined();
  wait('b', 'b1');
  level.leave();
  level.leave();
  expect(seated).toEqual(['a1', 'b1']);
  giveUp?.();
  level.leave();
  expect([seated, level.enter()]).toEqual([['a1', 'b1'], true]);
});

describe('over HTTP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-'));
  let http: HttpServer;
  beforeEach(async () => {
    http = new HttpServer(cluster.server, { activity: cluster.clock.activity, clock: cluster.clock });
    await http.listen(join(folder, 's'));
  });
  afterEach(() => http.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  const get = (path: string, user?: string) => new Promise<{ code: number | undefined; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    httpRequest({ socketPath: join(folder, 's'), path, agent: false, headers: user ? { 'Impersonate-User': user } : {} }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part)).on('end', () => resolve({ code: response.statusCode, headers: response.headers, body }));
    }).on('error', reject).end();
  });
  const occupy = async (): Promise<() => void> => {
    const { seat }: Admission = await cluster.server.admit({ user: JANE, ...PODS });
    if (typeof seat !== 'function') throw new Error('no seat is free');
    return seat;
  };

  test('answers name schema and level', async () => {
    const { metadata } = await cluster.of(FLOWSCHEMAS).get(undefined, 'exempt');
    const level = await cluster.of(PRIORITYLEVELS).get(undefined, 'exempt');
    for (const path of ['/api/v1/namespaces', '/version', '/api/v1/namespaces/none']) {
      expect((await get(path)).headers).toMatchObject({ 'x-kubernetes-pf-flowschema-uid': metadata.uid, 'x-kubernetes-pf-prioritylevel-uid': level.metadata.uid });
    }
  });

  test('one waits for its turn, administrators do not', async () => {
    const leave = await occupy();
    let answered = false;
    const waiting = get('/version', 'jane').finally(() => (answered = true));
    expect((await get('/api/v1/namespaces')).code).toBe(200);
    expect((await get('/readyz', 'jane')).code).toBe(200);
    expect(answered).toBe(false);
    leave();
    expect((await waiting).code).toBe(200);
  });

  test('and is refused where its level has no line', async () => {
    await cluster.of(PRIORITYLEVELS).patch(undefined, 'global-default', { spec: { limited: { limitResponse: { type: 'Reject', queuing: null } } } }, 'merge');
    const leave = await occupy();
    const { code, headers, body } = await get('/api/v1/pods', 'jane');
    expect([code, headers['retry-after'], headers['content-type'], body]).toEqual([429, '1', 'text/plain; charset=utf-8', 'Too many requests, please try again later.\n']);
    expect(headers['x-kubernetes-pf-flowschema-uid']).toBeDefined();
    leave();
    expect((await get('/api/v1/pods', 'jane')).code).toBe(403);
  });
});
