/** Several daemons on one real etcd: all serve, one leads, and another takes over when that one dies. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { etcdProgram, RealEtcd } from '../support/real-etcd.ts';
import { isAlive, Session } from './support.ts';

const program = etcdProgram();
if (!program) process.stderr.write('daemons over a real etcd are not tested: none is installed (Debian: etcd-server)\n');
const itWithEtcd = program ? it : it.skip;

let etcd: RealEtcd;
const [a, b] = [new Session(), new Session()];

beforeAll(async () => {
  if (program) etcd = await RealEtcd.start({ program });
});
afterAll(async () => {
  await Promise.all([a.end(), b.end()]);
  await etcd?.remove();
});

/** Leases last seconds of the cluster's time. */
const SPEED = 5;
const holder = async (session: Session, lease: string): Promise<string> => session.ok(`get lease ${lease} -n kube-system -o jsonpath={.spec.holderIdentity}`);

itWithEtcd('serve one cluster, and when the leader is killed another takes over', async () => {
  const start = `daemon start --speed ${SPEED} --nodes 2 --secure-port 0 --etcd-servers ${etcd.url}`;
  for (const session of [a, b]) expect(await session.ok(start)).toBe(`daemon started (pid ${session.daemonPid()}, 2 nodes, etcd ${etcd.url})\n`);
  expect(await b.ok('daemon status')).toContain(`Etcd:    ${etcd.url}\n`);
  const first = await holder(b, 'kube-controller-manager');

  await a.ok('create deployment one --image=nginx --replicas=2');
  await b.ok('create deployment two --image=nginx --replicas=2');
  // What one has been told the other knows.
  expect(await b.ok('get deployment one -o name')).toBe('deployment.apps/one\n');
  expect(await a.ok('get deployments -o name')).toBe('deployment.apps/one\ndeployment.apps/two\n');
  expect(await b.ok('get --raw /apis/apps/v1/namespaces/default/deployments/one')).toContain('"name":"one"');
  await b.ok('wait --for=condition=Available deployment/one deployment/two --timeout=300s');
  expect(await a.ok('get events -n kube-system -o jsonpath={.items[*].message}')).toContain(`${first} became leader`);

  // An address has one owner, whoever is asked for it.
  const [one, two] = await Promise.all([a.run('create service clusterip one --tcp=80 --clusterip=10.96.0.77'), b.run('create service clusterip two --tcp=80 --clusterip=10.96.0.77')]);
  expect([one.code, two.code].sort()).toEqual([0, 1]);
  expect(one.stderr + two.stderr).toMatch(/^error: failed to create ClusterIP service: Service "(one|two)" is invalid: spec\.clusterIPs: Invalid value: \[\]string\{"10\.96\.0\.77"\}: failed to allocate IP 10\.96\.0\.77: provided IP is already allocated\n$/);
  expect(await b.ok('get ipaddress 10.96.0.77 --no-headers')).toMatch(/^10\.96\.0\.77 +services\/default\/(one|two)\n$/);

  // The first to be there leads.
  const [leader, other] = [a, b];
  const pid = leader.daemonPid();
  process.kill(pid, 'SIGKILL');
  await other.ok('create deployment three --image=nginx --replicas=2');
  await other.ok('wait --for=condition=Available deployment/three --timeout=600s');
  expect(isAlive(pid)).toBe(false);
  for (const lease of ['kube-controller-manager', 'kube-scheduler']) expect(await holder(other, lease)).not.toBe(first);
  expect((await other.ok('get pods --no-headers')).match(/1\/1 +Running/g)).toHaveLength(6);

  // A home remembers which etcd keeps its cluster.
  expect(await leader.fails('get pods')).toBe(`error: the cluster in ${leader.cluster} is kept by the etcd at ${etcd.url}, and no daemon runs; start one first (daemon start)\n`);
  expect(await leader.fails('etcd verify')).toBe(`error: the cluster in ${leader.cluster} is kept by an etcd of its own: use etcdctl for this\n`);
  await leader.ok('daemon start --secure-port 0');
  expect(await leader.ok('get deployments -o name')).toBe('deployment.apps/one\ndeployment.apps/three\ndeployment.apps/two\n');

  expect(await leader.ok('etcd get minions/node-1')).toContain('"kind": "Node"');
  expect((await leader.ok('etcd list deployments/default/')).trimEnd().split('\n')).toHaveLength(3 + 1);
  expect(await leader.ok('etcd history deployments/default/three')).toContain('replicas');
  expect(await leader.fails('etcd snapshot save copy')).toContain('use etcdctl for this');
}, 120_000);

itWithEtcd('a home with a cluster of its own, and servers that make no sense, are refused', async () => {
  const own = new Session();
  await own.ok('create namespace mine');
  expect(await own.fails(`daemon start --etcd-servers ${etcd.url}`)).toBe(`error: ${own.cluster} holds a cluster of its own already; --etcd-servers needs another home (MOCK_KUBECTL_HOME)\n`);
  expect(existsSync(join(own.cluster, 'pki'))).toBe(false);
  expect(await own.fails('daemon start --etcd-servers localhost')).toBe('error: --etcd-servers must be http://host:port, not "localhost"\n');
  await own.end();
  const nobody = new Session();
  expect(await nobody.fails('daemon start --etcd-servers http://127.0.0.1:1')).toBe('error: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"\n');
  await nobody.end();
});
