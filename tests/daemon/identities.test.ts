/** Components may do what upstream's roles let them: nothing that they ask for is forbidden, from the first deployment to the last eviction. */
import type { Deployment, Pod } from '../../src/api/generated/types.ts';
import { CONFIGMAPS, DEPLOYMENTS, NAMESPACES, NODES, PODS, SERVICES } from '../../src/api/kinds.ts';
import { FAULT_ANNOTATION } from '../../src/api/faults.ts';
import { InProcessTransport } from '../../src/client/transports/in-process.ts';
import { ControlPlane } from '../../src/daemon/control-plane.ts';
import { clusterComponents } from '../../src/daemon/components.ts';
import type { Log } from '../../src/simulation/log.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { apiCluster } from '../apiserver/support/api-cluster.ts';

const HOUR_MS = 3_600_000;

function deployment(replicas: number): Deployment {
  const container = { name: 'web', image: 'nginx', envFrom: [{ configMapRef: { name: 'settings' } }] };
  return {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } } },
  };
}

test('nothing is forbidden to any component', async () => {
  const cluster = await apiCluster();
  const refusals: string[] = [];
  const note = ({ message }: Error) => {
    if (/ is forbidden: User .* cannot /.test(message)) refusals.push(message);
  };
  const transport = new InProcessTransport({
    connect: (request) => cluster.server.connect(request),
    proxy: (request) => cluster.server.proxy(request),
    handle: (request) => cluster.server.handle(request).catch((error: Error) => {
      note(error);
      throw error;
    }),
    watch: (request, onEvent) => cluster.server.watch(request, onEvent).catch((error: Error) => {
      note(error);
      throw error;
    }),
    raw: (method, path, body) => cluster.server.raw(method, path, body),
    stream: (request, onText, signal) => cluster.server.stream(request, onText, signal),
  });
  const errors: string[] = [];
  const log: Log = { info: () => undefined, error: (message) => void errors.push(message), named: () => log };
  const { processes, dial } = clusterComponents({ nodes: 3, timing: 'fast', rootCA: 'PEM', signToken: (account, secret) => cluster.server.signLegacyToken(account, secret), signCertificate: () => Promise.reject(new Error('nobody asks for one')) });
  cluster.server.connectNodes(dial);
  const controlPlane = new ControlPlane({ transport, clock: cluster.clock, random: seededRandom('components'), log, journal: cluster.audit, host: 'control-plane' }, processes);
  await controlPlane.campaign();
  const settle = () => cluster.clock.converge(HOUR_MS);
  const pods = async (): Promise<readonly Pod[]> => (await cluster.of(PODS).list('shop')).items;
  await settle();

  await cluster.of(NAMESPACES).create({ metadata: { name: 'shop' } });
  await cluster.of(CONFIGMAPS).create({ metadata: { name: 'settings', namespace: 'shop' }, data: { COLOR: 'blue' } });
  await cluster.of(SERVICES).create({ metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } });
  await cluster.of(DEPLOYMENTS).create(deployment(3));
  await settle();
  expect((await pods()).map((pod) => pod.status?.phase)).toEqual(['Running', 'Running', 'Running']);

  const { resourceVersion: _, ...metadata } = (await cluster.of(DEPLOYMENTS).get('shop', 'web')).metadata;
  await cluster.of(DEPLOYMENTS).update({ ...deployment(5), metadata });
  await settle();
  const victim = (await pods()).find((pod) => pod.spec?.nodeName === 'node-1') ?? (await pods())[0];
  await cluster.of(PODS).createSub('shop', victim?.metadata?.name ?? '', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: victim?.metadata?.name, namespace: 'shop' } });
  await settle();

  await cluster.of(NODES).patch(undefined, 'node-2', { metadata: { annotations: { [FAULT_ANNOTATION]: 'down' } } }, 'merge');
  await cluster.clock.advance(HOUR_MS);
  await cluster.of(NODES).patch(undefined, 'node-2', { metadata: { annotations: { [FAULT_ANNOTATION]: null } } }, 'merge');
  await settle();
  expect((await pods()).filter((pod) => pod.status?.phase === 'Running' && !pod.metadata?.deletionTimestamp)).toHaveLength(5);

  await cluster.of(NAMESPACES).delete(undefined, 'shop');
  await settle();
  expect(await pods()).toEqual([]);
  expect((await cluster.of(NAMESPACES).list()).items.map((namespace) => namespace.metadata.name)).not.toContain('shop');

  await controlPlane.stop();
  expect(refusals).toEqual([]);
  // Events of what is going are refused by the namespace, as upstream.
  expect(errors.filter((message) => !message.includes('because it is being terminated'))).toEqual([]);
  await cluster.close();
}, 60_000);
