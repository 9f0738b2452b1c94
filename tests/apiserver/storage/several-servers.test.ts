/** Two API servers over one real etcd: what one has answered the other knows. */
import { CONFIGMAPS, NAMESPACES, NODES, PODS, SERVICES } from '../../../src/api/kinds.ts';
import { openEtcd3Store } from '../../../src/etcd/etcd3-store.ts';
import { silentLog } from '../../../src/simulation/log.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import { eventually, installedEtcd, itWithEtcd } from '../../etcd/both/backends.ts';
import { RealEtcd } from '../../support/real-etcd.ts';
import { apiCluster, type ApiCluster } from '../support/api-cluster.ts';

jest.setTimeout(60_000);
let etcd: RealEtcd;
let one: ApiCluster;
let two: ApiCluster;

beforeAll(async () => {
  if (!installedEtcd) return;
  etcd = await RealEtcd.start({ program: installedEtcd });
  const open = (name: string) => apiCluster({ random: seededRandom(name) }, (clock) => openEtcd3Store({ servers: [etcd.url], clock, activity: clock.activity, log: silentLog }));
  // Both find an empty cluster and fill it.
  [one, two] = await Promise.all([open('one'), open('two')]);
});
afterAll(async () => {
  if (!installedEtcd) return;
  for (const cluster of [one, two]) {
    await cluster?.close();
  }
  await etcd.remove();
});

const map = (name: string, value = 'a') => ({ metadata: { name, namespace: 'default' }, data: { key: value } });

itWithEtcd('reads are never older than what was answered before', async () => {
  // The caches are open.
  for (const cluster of [one, two]) await cluster.of(CONFIGMAPS).list('default');
  for (let i = 0; i < 20; i++) {
    const [writer, reader] = i % 2 ? [one, two] : [two, one];
    const created = await writer.of(CONFIGMAPS).create(map(`c${i}`));
    expect((await reader.of(CONFIGMAPS).list('default')).items.map(({ metadata }) => metadata.name)).toContain(`c${i}`);
    expect((await reader.of(CONFIGMAPS).get('default', `c${i}`)).metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    // Whoever has seen a revision may ask any server for it.
    await expect(reader.of(CONFIGMAPS).list('default', { resourceVersion: created.metadata.resourceVersion })).resolves.toBeDefined();
    await writer.of(CONFIGMAPS).delete('default', `c${i}`);
    expect((await reader.of(CONFIGMAPS).list('default')).items.map(({ metadata }) => metadata.name)).not.toContain(`c${i}`);
    await expect(reader.of(CONFIGMAPS).get('default', `c${i}`)).rejects.toThrow('not found');
  }
});

itWithEtcd('updates lose nothing, and what was just created can be built on', async () => {
  await one.of(NAMESPACES).create({ metadata: { name: 'shop' } });
  await two.of(CONFIGMAPS).create({ metadata: { name: 'c', namespace: 'shop' } });
  const add = async (cluster: ApiCluster, key: string): Promise<void> => {
    for (let i = 0; i < 20; i++) await cluster.of(CONFIGMAPS).patch('shop', 'c', { data: { [`${key}${i}`]: 'x' } }, 'merge');
  };
  await Promise.all([add(one, 'a'), add(two, 'b')]);
  expect(Object.keys((await one.of(CONFIGMAPS).get('shop', 'c')).data ?? {})).toHaveLength(40);
  const stale = await one.of(CONFIGMAPS).get('shop', 'c');
  await two.of(CONFIGMAPS).patch('shop', 'c', { data: { late: 'x' } }, 'merge');
  await expect(one.of(CONFIGMAPS).update({ ...stale })).rejects.toThrow('the object has been modified');
});

itWithEtcd('a watch at one tells what is written at the other, once and in order', async () => {
  const watched = await one.watch(CONFIGMAPS, 'default');
  for (let i = 0; i < 5; i++) await two.of(CONFIGMAPS).create(map(`w${i}`));
  await two.of(CONFIGMAPS).delete('default', 'w0');
  await eventually(() => watched.summary().includes('DELETED w0'));
  expect(watched.summary().filter((line) => / w\d$/.test(line))).toEqual(['ADDED w0', 'ADDED w1', 'ADDED w2', 'ADDED w3', 'ADDED w4', 'DELETED w0']);
  watched.handle.stop();
});

itWithEtcd('an older resourceVersion is read as it was', async () => {
  await one.of(CONFIGMAPS).create(map('old', 'before'));
  const before = await one.of(CONFIGMAPS).list('default');
  await two.of(CONFIGMAPS).patch('default', 'old', { data: { key: 'after' } }, 'merge');
  const { resourceVersion } = (await two.of(CONFIGMAPS).get('default', 'old')).metadata;
  const exact = async (revision: number) => (await two.of(CONFIGMAPS).list('default', { resourceVersion: String(revision), resourceVersionMatch: 'Exact' })).items.find(({ metadata }) => metadata.name === 'old')?.data;
  expect(await exact(Number(resourceVersion) - 1)).toEqual({ key: 'before' });
  expect(await exact(Number(resourceVersion))).toEqual({ key: 'after' });
  expect(before.items.length).toBeGreaterThan(0);
});

itWithEtcd('keys are kube-apiserver’s', async () => {
  await one.of(NODES).create({ metadata: { name: 'n1' } });
  await one.of(PODS).create({ metadata: { name: 'p', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'i' }] } });
  await one.of(SERVICES).create({ metadata: { name: 's', namespace: 'default' }, spec: { ports: [{ port: 80 }] } });
  const keys = (await two.store.range('/registry/')).kvs.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(['/registry/minions/n1', '/registry/pods/default/p', '/registry/services/specs/default/s', '/registry/services/endpoints/default/kubernetes', '/registry/namespaces/kube-system', '/registry/configmaps/shop/c', '/registry/priorityclasses/system-node-critical']));
  expect((await two.of(NODES).get(undefined, 'n1')).metadata.name).toBe('n1');
});

itWithEtcd('an etcd that is away is an error of the server, and nothing more once it is back', async () => {
  await etcd.kill();
  const refused = `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:${etcd.port}: connect: connection refused"`;
  const answers = await Promise.allSettled([one.of(CONFIGMAPS).get('default', 'old'), one.of(CONFIGMAPS).list('default'), two.of(CONFIGMAPS).create(map('lost'))]);
  expect(answers.map((answer) => (answer as PromiseRejectedResult).reason as Error)).toMatchObject(Array(3).fill({ code: 500, reason: '', message: refused }));
  await etcd.run();
  await two.of(CONFIGMAPS).create(map('found'));
  expect((await one.of(CONFIGMAPS).get('default', 'found')).metadata.name).toBe('found');
  expect((await one.of(CONFIGMAPS).list('default')).items.map(({ metadata }) => metadata.name)).toContain('found');
  expect([...one.errors, ...two.errors]).toEqual([]);
});
