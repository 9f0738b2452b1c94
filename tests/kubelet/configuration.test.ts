import { CONFIGMAPS, NODES, PODS, SECRETS } from '../../src/api/kinds.ts';
import { cluster, logs, type Cluster } from './support.ts';

let test: Cluster;
afterEach(() => test.stop());
const status = async (name?: string) => (await test.pod(name)).status?.containerStatuses?.[0];
const configMap = (name: string, data: Record<string, string>) => test.context.client.of(CONFIGMAPS).create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data });

describe('environment', () => {
  it('is put together from values, references and fields', async () => {
    test = await cluster();
    await configMap('settings', { COLOUR: 'blue', size: 'big' });
    await test.context.client.of(SECRETS).create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: 'default' }, data: { token: 'czNjcjN0' } });
    const pod = await test.create({
      containers: [{
        name: 'c', image: 'busybox', command: ['sh', '-c', 'echo $COLOUR $P_size $TOKEN $POD $IP $BOTH $CPU; echo "A:$(POD)"'], resources: { limits: { cpu: '1500m' } },
        envFrom: [{ configMapRef: { name: 'settings' } }, { prefix: 'P_', configMapRef: { name: 'settings' } }],
        env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } }, { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }, { name: 'BOTH', value: '$(POD)-$(TOKEN)-$$(POD)' }, { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }],
      }], restartPolicy: 'Never',
    });
    await test.clock.converge(60_000);
    expect(await logs(test, pod, 'c')).toBe('blue big s3cr3t web 10.244.1.2 web-s3cr3t-$(POD) 2\nA:web\n');
  });

  it('a missing ConfigMap is a configuration error until it is there', async () => {
    test = await cluster();
    await test.create({ containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'Always', envFrom: [{ configMapRef: { name: 'nope' } }] }] });
    expect((await status())?.state?.waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "nope" not found' });
    expect(await test.events('web')).toContain('Failed: Error: configmap "nope" not found');
    await test.clock.advance(25_000);
    expect(await test.events('web')).toEqual(expect.arrayContaining(['Pulling: Pulling image "nginx" (x3)', 'Failed: Error: configmap "nope" not found (x3)']));
    await configMap('nope', {});
    await test.settle();
    expect((await test.pod()).status?.phase).toBe('Running');
  });

  it('a missing key is one too', async () => {
    test = await cluster();
    await configMap('settings', {});
    await test.create({ containers: [{ name: 'c', image: 'nginx', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] }] });
    expect((await status())?.state?.waiting?.message).toBe("couldn't find key a in ConfigMap default/settings");
    await test.create({ containers: [{ name: 'c', image: 'nginx', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'a', optional: true } } }] }] }, 'optional');
    expect((await test.pod('optional')).status?.phase).toBe('Running');
  });

  it('root is refused where the pod must not run as root', async () => {
    test = await cluster();
    const pod = await test.create({ securityContext: { runAsNonRoot: true } });
    expect((await status())?.state?.waiting).toEqual({ reason: 'CreateContainerConfigError', message: `container has runAsNonRoot and image will run as root (pod: "web_default(${pod.metadata.uid})", container: nginx)` });
  });
});

describe('volumes', () => {
  it('a missing ConfigMap holds up the pod until it is there', async () => {
    test = await cluster();
    await test.create({ volumes: [{ name: 'html', configMap: { name: 'pages' } }], containers: [{ name: 'nginx', image: 'nginx', volumeMounts: [{ name: 'html', mountPath: '/usr/share/nginx/html', readOnly: true }], readinessProbe: { httpGet: { port: 80 } } }] });
    expect(await test.events('web')).toEqual(['FailedMount: MountVolume.SetUp failed for volume "html" : configmap "pages" not found']);
    expect((await test.pod()).status).toMatchObject({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] });
    expect((await test.pod()).status?.podIP).toBeUndefined();
    await configMap('pages', { 'index.html': 'hi' });
    await test.settle();
    expect(await status()).toMatchObject({ ready: true, volumeMounts: [{ mountPath: '/usr/share/nginx/html', name: 'html', readOnly: true, recursiveReadOnly: 'Disabled' }] });
  });

  it('an empty folder over the document root is forbidden', async () => {
    test = await cluster();
    await test.create({ volumes: [{ name: 'html', emptyDir: {} }], containers: [{ name: 'nginx', image: 'nginx', volumeMounts: [{ name: 'html', mountPath: '/usr/share/nginx/html' }], readinessProbe: { httpGet: { port: 80 } } }] });
    expect(await test.events('web')).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 403');
  });
});

describe('admission on the node', () => {
  it('refuses what does not fit', async () => {
    test = await cluster();
    const requests = (cpu: string) => ({ containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }] });
    await test.create(requests('7'), 'first');
    await test.create(requests('1500m'), 'second');
    const message = "Node didn't have enough resource: cpu, requested: 1500, used: 7000, capacity: 8000";
    const { status: rejected } = await test.pod('second');
    expect(rejected).toEqual({ phase: 'Failed', reason: 'OutOfcpu', message: `Pod was rejected: ${message}`, startTime: '2025-01-01T00:00:00Z', qosClass: 'Burstable' });
    expect(await test.events('second')).toEqual([`OutOfcpu: ${message}`]);
    await test.create({ nodeSelector: { disk: 'ssd' } }, 'third');
    expect((await test.pod('third')).status).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity', message: "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" });
    await test.context.client.of(PODS).delete('default', 'first');
    await test.clock.advance(10);
    await test.create(requests('1500m'), 'fourth');
    expect((await test.pod('fourth')).status?.phase).toBe('Running');
  });

  it('takes 110 pods and no more', async () => {
    test = await cluster();
    for (let i = 0; i < 110; i++) await test.context.client.of(PODS).create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}`, namespace: 'default' }, spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx' }] } });
    await test.create({}, 'late');
    expect((await test.pod('late')).status).toMatchObject({ reason: 'OutOfpods', message: "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 110, capacity: 110" });
  });

  it('leaves other nodes alone', async () => {
    test = await cluster();
    await test.context.client.of(NODES).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'elsewhere' } });
    await test.create({ nodeName: 'elsewhere' });
    expect((await test.pod()).status).toEqual({ phase: 'Pending' });
    expect(test.fleet.dial('elsewhere')).toBeUndefined();
  });
});

it('a pod waits for its node to have a network', async () => {
  test = await cluster({}, false);
  await test.create({});
  expect(await test.events('web')).toEqual([]);
  await test.clock.advance(3000);
  expect(await test.events('web')).toEqual(['NetworkNotReady: network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized']);
  await test.context.client.of(NODES).patch(undefined, 'node-1', { spec: { podCIDR: '10.244.9.0/24' } }, 'merge');
  await test.settle();
  expect((await test.pod()).status).toMatchObject({ phase: 'Running', podIP: '10.244.9.2' });
});
