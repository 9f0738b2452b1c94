import { cluster, type Cluster } from './support.ts';
import { hasTag, resolveImage } from '../../src/kubelet/images/registry.ts';
import { parseImageReference } from '../../src/kubelet/images/reference.ts';

describe('image references', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['curlimages/curl:8.5.0', 'docker.io/curlimages/curl:8.5.0'],
    ['registry.k8s.io/pause:3.9', 'registry.k8s.io/pause:3.9'],
    ['localhost:5000/app', 'localhost:5000/app:latest'],
  ])('%s is %s', (image, name) => expect(parseImageReference(image).name).toBe(name));

  it.each([
    ['Nginx', 'couldn\'t parse image reference "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase'],
    ['nginx:1:2', 'couldn\'t parse image reference "nginx:1:2": invalid reference format'],
    ['', 'couldn\'t parse image reference "": invalid reference format'],
  ])('%s is refused', (image, message) => expect(() => parseImageReference(image)).toThrow(new Error(message)));
});

describe('the catalogue', () => {
  it.each(['nginx', 'nginx:1.14.2', 'nginx:1.27-alpine', 'redis:7', 'redis:7.2-alpine', 'python:3.12-slim', 'mysql:8.0', 'mysql:5.7', 'postgres:16', 'busybox:1.28', 'registry.k8s.io/e2e-test-images/agnhost:2.40', 'httpd:2.4', 'node:20', 'perl:5.34.0', 'mongo:4.4.6', 'k8s.gcr.io/pause:3.5', 'gcr.io/google-samples/hello-app:1.0'])('has %s', (image) => {
    expect(resolveImage(image).imageId).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it.each(['nginx:nope', 'nginx:1.99', 'nginx:9.9.9', 'redis:77'])('has no %s', (image) => {
    expect(() => resolveImage(image)).toThrow(`rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/${image}": failed to resolve reference "docker.io/library/${image}": docker.io/library/${image}: not found`);
  });

  it('knows tags by pattern', () => {
    const { entry } = resolveImage('traefik:v3.4');
    expect(hasTag(entry, 'v3.4.1')).toBe(true);
    expect(hasTag(entry, '3.4')).toBe(false);
  });
});

describe('pulls', () => {
  let test: Cluster;
  afterEach(() => test.stop());
  const container = (image: string, imagePullPolicy = 'IfNotPresent') => ({ containers: [{ name: 'app', image, imagePullPolicy }] });
  const refused = 'failed to pull and unpack image "docker.io/library/nope:latest": failed to resolve reference "docker.io/library/nope:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';

  it('uses what is on the node already', async () => {
    test = await cluster();
    await test.create(container('nginx:1.27'), 'first');
    await test.create(container('nginx:1.27'), 'second');
    expect(await test.events('second')).toEqual(['Pulled: Container image "nginx:1.27" already present on machine', 'Created: Created container: app', 'Started: Started container app']);
  });

  it('fails, backs off and tries again', async () => {
    test = await cluster();
    await test.create(container('nope'));
    const waiting = async () => (await test.pod()).status?.containerStatuses?.[0]?.state?.waiting;
    expect(await waiting()).toEqual({ reason: 'ErrImagePull', message: refused });
    expect((await test.pod()).status?.phase).toBe('Pending');
    expect(await test.clock.converge(600_000)).toBe(true);
    expect(await waiting()).toEqual({ reason: 'ImagePullBackOff', message: `Back-off pulling image "nope": ErrImagePull: ${refused}` });
    expect(await test.events('web')).toEqual(['Pulling: Pulling image "nope"', `Failed: Failed to pull image "nope": ${refused}`, 'Failed: Error: ErrImagePull', 'BackOff: Back-off pulling image "nope"', 'Failed: Error: ImagePullBackOff']);
    await test.clock.advance(10_000);
    expect(await test.events('web')).toContain('Pulling: Pulling image "nope" (x2)');
  });

  it('says what is wrong with a name', async () => {
    test = await cluster();
    await test.create(container('Nginx'));
    const message = 'Failed to apply default image tag "Nginx": couldn\'t parse image reference "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase';
    expect((await test.pod()).status?.containerStatuses?.[0]?.state?.waiting).toEqual({ reason: 'InvalidImageName', message });
    expect(await test.events('web')).toEqual([`InspectFailed: ${message}`, 'Failed: Error: InvalidImageName']);
  });

  it('never pulls where the policy says so', async () => {
    test = await cluster();
    await test.create(container('redis', 'Never'));
    expect((await test.pod()).status?.containerStatuses?.[0]?.state?.waiting).toEqual({ reason: 'ErrImageNeverPull', message: 'Container image "redis" is not present with pull policy of Never' });
  });

  it('takes its time with realistic timing, one pull after the other', async () => {
    test = await cluster({ timing: 'realistic' });
    await test.create(container('nginx'), 'first');
    await test.create(container('httpd'), 'second');
    expect((await test.pod('first')).status?.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'ContainerCreating' } });
    await test.clock.converge(60_000);
    expect((await test.pod('second')).status?.phase).toBe('Running');
    const [, pulled] = await test.events('second');
    const match = /in ([\d.]+)s \(([\d.]+)s including waiting\)/.exec(pulled ?? '');
    expect(Number(match?.[2])).toBeGreaterThan(Number(match?.[1]));
  });
});
