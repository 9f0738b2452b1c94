/** create, run and expose on a cluster in memory: what is sent, what is said, what the server refuses. */
import { PODS, SERVICES } from '../../../src/api/kinds.ts';
import { session, type Session } from './session.ts';

let on: Session;
beforeEach(async () => void (on = await session()));
afterEach(() => on.close());

const run = (line: string, input = '') => on.kubectl(line.split(' '), input);

test('a deployment comes into being once', async () => {
  expect(await run('create deployment web --image=nginx')).toEqual({ out: 'deployment.apps/web created\n', err: '', code: 0 });
  expect(await run('create deployment web --image=nginx')).toEqual({ out: '', err: 'error: failed to create deployment: deployments.apps "web" already exists\n', code: 1 });
  expect((await run('create deployment web --image=nginx -n nowhere')).err).toBe('error: failed to create deployment: namespaces "nowhere" not found\n');
});

test('a namespace keeps the kind of its error', async () => {
  await run('create namespace n');
  expect((await run('create namespace n')).err).toBe('Error from server (AlreadyExists): namespaces "n" already exists\n');
});

test('an image name with dots gives a unique container name', async () => {
  const { out } = await run('create deployment web --image=registry.io/my_app.v2:1 --dry-run=client -o jsonpath={.spec.template.spec.containers[0].name}');
  expect(out).toMatch(/^my-app-v2-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

test("the server's answer is printed in the structs' order", async () => {
  const { out } = await run('create deployment web --image=nginx -o json');
  expect(Object.keys(JSON.parse(out) as object)).toEqual(['kind', 'apiVersion', 'metadata', 'spec', 'status']);
  expect(out.indexOf('"name": "web"')).toBeLessThan(out.indexOf('"uid"'));
  expect(out.indexOf('"replicas"')).toBeLessThan(out.indexOf('"selector"'));
});

test('a role names resources as the server knows them', async () => {
  const { out } = await run('create role r --verb=get --resource=po,deploy,pods/log --dry-run=client -o jsonpath={.rules}');
  expect(JSON.parse(out)).toEqual([
    { verbs: ['get'], apiGroups: [''], resources: ['pods', 'pods/log'] },
    { verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'] },
  ]);
  expect((await run('create role r --verb=get --resource=nope')).err).toBe('the server doesn\'t have a resource type "nope"\n');
});

test('files: each object on its own, faults with their file', async () => {
  const { out, err, code } = await run('create -f -', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}\n{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"A"}}\n{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}');
  expect(out).toBe('configmap/a created\nconfigmap/b created\n');
  expect(err).toMatch(/^The ConfigMap "A" is invalid: metadata\.name: Invalid value: "A": a lowercase RFC 1123 subdomain/);
  expect(code).toBe(1);
});

test('--raw sends the file as it is', async () => {
  const { out } = await run('create --raw=/api/v1/namespaces -f -', '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"raw"}}');
  expect(JSON.parse(out)).toMatchObject({ kind: 'Namespace', status: { phase: 'Active' } });
  expect((await run('create --raw=/nope -f -', '{}')).err).toBe('Error from server (NotFound): the server could not find the requested resource\n');
});

test('run makes a pod, and a service with --expose', async () => {
  expect((await run('run web --image=nginx --port=80 --expose')).out).toBe('service/web created\npod/web created\n');
  expect((await on.cluster.of(PODS).get('default', 'web')).metadata.labels).toEqual({ run: 'web' });
  expect((await on.cluster.of(SERVICES).get('default', 'web')).spec?.selector).toEqual({ run: 'web' });
});

test('run --overrides changes what is sent, and drops what no pod has', async () => {
  const { out } = await on.kubectl(['run', 'web', '--image=nginx', '--overrides={"spec":{"nodeName":"n","bogus":1}}', '--dry-run=client', '-o', 'jsonpath={.spec.nodeName}{.spec.bogus}']);
  expect(out).toBe('n');
});

test('run --attach gives up when the pod does not start', async () => {
  const { err, code } = await run('run web --image=nginx --attach --pod-running-timeout=20ms');
  expect(err).toBe('error: timed out waiting for the condition\n');
  expect(code).toBe(1);
});

test('expose takes ports, labels and selector from the object', async () => {
  await run('create deployment web --image=nginx --port=8080');
  expect((await run('expose deployment web --target-port=http')).out).toBe('service/web exposed\n');
  const { metadata, spec } = await on.cluster.of(SERVICES).get('default', 'web');
  expect(metadata.labels).toEqual({ app: 'web' });
  expect(spec).toMatchObject({ selector: { app: 'web' }, ports: [{ port: 8080, targetPort: 'http', protocol: 'TCP' }] });
  expect((await run('expose configmap x --port=1')).err).toContain('configmaps "x" not found');
});
