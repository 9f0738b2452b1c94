import { CONFIGMAPS, LEASES, PODS } from '../../src/api/kinds.ts';
import { FileAuditLog, type AuditRecord } from '../../src/apiserver/audit-log.ts';
import { componentOf } from '../../src/apiserver/audit-policy.ts';
import { Client } from '../../src/client/client.ts';
import { MemoryDisk } from '../../src/simulation/memory-disk.ts';
import { apiCluster, failure, START_MS, type ApiCluster } from './support/api-cluster.ts';
import { configMap, pod } from './support/objects.ts';

let cluster: ApiCluster;
beforeEach(async () => {
  cluster = await apiCluster();
});
afterEach(() => cluster.close());

const requests = () => cluster.audit.records.filter((record) => record.type === 'request' && record.component !== 'kube-apiserver');

test('a creation leaves what each station did', async () => {
  const stored = await cluster.of(PODS).create(pod('a'), { reason: 'because' });
  expect(requests()).toMatchObject([{
    timeMs: START_MS, component: 'kubectl', user: 'kubernetes-admin', verb: 'create', group: '', resource: 'pods', namespace: 'default', name: 'a',
    uid: stored.metadata.uid, resourceVersion: stored.metadata.resourceVersion, code: 201, reason: 'because',
    stations: [
      { station: 'authentication', outcome: 'kubernetes-admin, owner of the socket' },
      { station: 'authorization', outcome: 'group system:masters' },
      { station: 'mutating admission: ServiceAccount', outcome: 'serviceAccountName default, token volume mounted' },
      { station: 'mutating admission: Priority', outcome: 'priority 0' },
      { station: 'mutating admission: DefaultTolerationSeconds', outcome: 'tolerates not-ready and unreachable for 300s' },
      { station: 'validation', outcome: 'valid' },
      { station: 'store', outcome: `revision ${stored.metadata.resourceVersion} as Pending` },
    ],
  }]);
});

test('a refusal leaves its code and text', async () => {
  await failure(cluster.of(CONFIGMAPS).get('default', 'a'));
  expect(requests()).toMatchObject([{ verb: 'get', name: 'a', code: 404, message: 'configmaps "a" not found' }]);
});

test('components’ reads and heartbeats are not kept', async () => {
  const component = new Client(cluster.client.transport, { userAgent: 'kubelet', user: { username: 'system:node:node-1', groups: ['system:nodes', 'system:masters'] } });
  await component.of(CONFIGMAPS).list('default');
  await component.of(LEASES).create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'node-1', namespace: 'kube-node-lease' }, spec: { holderIdentity: 'node-1', leaseDurationSeconds: 40 } });
  await component.of(CONFIGMAPS).create(configMap('a'));
  expect(requests().map((record) => record.type === 'request' && `${record.component} ${record.verb} ${record.resource}`)).toEqual(['kubelet create configmaps']);
});

test('the component is the user agent’s program', () => {
  expect([componentOf('kubectl/v1.33.1 (linux/amd64) kubernetes/abc'), componentOf('kube-scheduler'), componentOf(undefined)]).toEqual(['kubectl', 'kube-scheduler', 'unknown']);
});

describe('the file', () => {
  const log = (disk: MemoryDisk, soon: (() => void)[]) => new FileAuditLog('/home/audit.log', disk, { now: () => START_MS }, (write) => void soon.push(write));
  const entry = (name: string, uid?: string) => ({ timeMs: START_MS, component: 'kubectl', user: 'me', verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'default', name, ...(uid ? { uid } : {}), code: 201, stations: [] });

  test('is written once for many records and read back by object', () => {
    const disk = new MemoryDisk();
    disk.makeFolder('/home');
    const soon: (() => void)[] = [];
    const audit = log(disk, soon);
    audit.request(entry('a', 'uid-a'));
    audit.request(entry('b'));
    audit.step({ component: 'kubelet', object: { resource: 'pods', namespace: 'default', name: 'a', uid: 'uid-a' }, action: 'PullImage', reason: 'not there' });
    expect(soon).toHaveLength(1);
    expect(disk.exists('/home/audit.log')).toBe(false);
    soon[0]?.();
    expect(disk.readFile('/home/audit.log').toString().trim().split('\n').map((line) => (JSON.parse(line) as AuditRecord).type)).toEqual(['request', 'request', 'step']);
    const page = audit.query({ resource: 'pods', namespace: 'default', name: 'a' });
    expect(page.records).toMatchObject([{ type: 'request', name: 'a' }, { type: 'step', action: 'PullImage' }]);
    expect(audit.query({ uid: 'uid-a' }).records).toHaveLength(2);
    audit.request(entry('a'));
    expect(audit.query({ name: 'a', after: page.next }).records).toHaveLength(1);
    audit.close();
  });

  test('tells what began first first, whichever was written down first, over several processes', () => {
    const disk = new MemoryDisk();
    disk.makeFolder('/home');
    const first = log(disk, []);
    const [create, bind] = [first.nextOrder(), first.nextOrder()];
    first.step({ component: 'kubelet', object: { resource: 'pods', namespace: 'default', name: 'a', uid: 'uid-a' }, action: 'PullImage', reason: '' });
    first.request({ ...entry('a', 'uid-a'), verb: 'bind', order: bind });
    first.request({ ...entry('a', 'uid-a'), order: create });
    first.close();
    const second = log(disk, []);
    second.request({ ...entry('a', 'uid-a'), verb: 'delete', order: second.nextOrder() });
    const told = second.query({ uid: 'uid-a' }).records.map((record) => (record.type === 'step' ? record.action : record.verb));
    expect(told).toEqual(['create', 'bind', 'PullImage', 'delete']);
    second.close();
  });

  test('survives a torn last line', () => {
    const disk = new MemoryDisk();
    disk.makeFolder('/home');
    const audit = log(disk, []);
    audit.request(entry('a'));
    audit.close();
    const file = disk.openAppend('/home/audit.log');
    file.append(Buffer.from('{"type":"request","name":"a"'));
    file.close();
    expect(log(disk, []).query({ name: 'a' }).records).toHaveLength(1);
  });

  test('that takes no more stops nobody: what failed is the store\'s to tell', () => {
    const disk = new MemoryDisk();
    disk.makeFolder('/home');
    const audit = log(disk, []);
    disk.fault = (call) => (call === 'append' ? 3 : undefined);
    audit.request(entry('a'));
    expect(() => audit.close()).not.toThrow();
  });
});
