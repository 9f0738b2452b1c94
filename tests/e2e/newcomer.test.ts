/** A first session, typed by hand: everything that a newcomer tries, in the order of a course. */
import { writeFileSync } from 'node:fs';
import { sharedDaemon, table } from './support.ts';

const it1 = sharedDaemon();

test('a deployment from creation to Running, with all that belongs to it', async () => {
  expect(await it1.ok('create deployment hello-world --image=nginx --replicas=3')).toBe('deployment.apps/hello-world created\n');
  expect(await it1.ok('rollout status deployment/hello-world')).toMatch(/^(Waiting for deployment .*\n)*deployment "hello-world" successfully rolled out\n$/);
  const pods = table(await it1.ok('get pods -o wide'));
  expect(pods).toHaveLength(3);
  for (const pod of pods) expect(pod).toMatchObject({ READY: '1/1', STATUS: 'Running', RESTARTS: '0', 'NOMINATED NODE': '<none>', 'READINESS GATES': '<none>' });
  expect(pods.map((pod) => pod.NODE).sort()).toEqual(['node-1', 'node-2', 'node-3']);
  expect(new Set(pods.map((pod) => pod.IP)).size).toBe(3);
  expect(table(await it1.ok('get deployment hello-world'))).toMatchObject([{ NAME: 'hello-world', READY: '3/3', 'UP-TO-DATE': '3', AVAILABLE: '3' }]);
  const [set] = table(await it1.ok('get replicasets'));
  expect(set).toMatchObject({ DESIRED: '3', CURRENT: '3', READY: '3' });
  expect(await it1.ok(`get pods -l pod-template-hash=${set?.NAME?.split('-').at(-1)} -o name`)).toBe(pods.map((pod) => `pod/${pod.NAME}\n`).join(''));

  const events = table(await it1.ok(`get events --field-selector involvedObject.name=${pods[0]?.NAME}`)).map((event) => event.REASON);
  expect([...events].sort()).toEqual(['Created', 'Pulled', 'Pulling', 'Scheduled', 'Started']);
  const described = await it1.ok(`describe pod ${pods[0]?.NAME}`);
  expect(described).toMatch(new RegExp(`^Name: {13}${pods[0]?.NAME}\nNamespace: {8}default\n`));
  expect(described).toMatch(/\nControlled By: {2}ReplicaSet\/hello-world-/);
  expect(described).toMatch(/\nEvents:\n {2}Type {4}Reason {5}Age .*\n {2}---- .*\n(?: {2}Normal .*\n){5}$/);
});

test('scale, set image, undo', async () => {
  expect(await it1.ok('scale deployment hello-world --replicas=5')).toBe('deployment.apps/hello-world scaled\n');
  await it1.ok('rollout status deployment/hello-world');
  expect(await it1.ok('get pods -l app=hello-world -o name').then((text) => text.split('\n'))).toHaveLength(6);
  expect(await it1.ok('set image deployment/hello-world nginx=nginx:1.27')).toBe('deployment.apps/hello-world image updated\n');
  await it1.ok('rollout status deployment/hello-world');
  expect(await it1.ok(`get pods -l app=hello-world -o jsonpath='{.items[*].spec.containers[0].image}'`)).toBe(Array(5).fill('nginx:1.27').join(' '));
  expect(await it1.ok('rollout history deployment/hello-world')).toBe('deployment.apps/hello-world \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n');
  expect(await it1.ok('rollout undo deployment/hello-world')).toBe('deployment.apps/hello-world rolled back\n');
  await it1.ok('rollout status deployment/hello-world');
  expect(await it1.ok(`get deployment hello-world -o jsonpath='{.spec.template.spec.containers[0].image}'`)).toBe('nginx');
  expect(table(await it1.ok('get rs')).map((row) => row.DESIRED).sort()).toEqual(['0', '5']);
});

test('run, label, expose, logs, delete', async () => {
  expect(await it1.ok('run web --image=nginx')).toBe('pod/web created\n');
  expect(await it1.ok('wait --for=condition=Ready pod/web')).toBe('pod/web condition met\n');
  expect(await it1.ok('label pod web tier=front')).toBe('pod/web labeled\n');
  expect(await it1.fails('label pod web tier=back')).toBe("error: 'tier' already has a value (front), and --overwrite is false\n");
  expect(table(await it1.ok('get pods -l tier=front --show-labels'))).toMatchObject([{ NAME: 'web', LABELS: 'run=web,tier=front' }]);
  expect(await it1.ok('expose pod web --port=80')).toBe('service/web exposed\n');
  const old = 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n';
  expect(await it1.run(`wait --for=jsonpath='{.subsets[0].addresses[0].ip}' endpoints/web`)).toEqual({ code: 0, stdout: 'endpoints/web condition met\n', stderr: old });
  const ip = await it1.ok(`get pod web -o jsonpath='{.status.podIP}'`);
  expect(table((await it1.run('get endpoints web')).stdout)).toMatchObject([{ ENDPOINTS: `${ip}:80` }]);
  expect(table(await it1.ok('get endpointslices -l kubernetes.io/service-name=web'))).toMatchObject([{ ADDRESSTYPE: 'IPv4', PORTS: '80', ENDPOINTS: ip }]);
  expect(await it1.ok('logs web')).toContain('nginx');
  expect(await it1.fails('logs nobody')).toBe('error: error from server (NotFound): pods "nobody" not found in namespace "default"\n');
  expect(await it1.ok('delete pod,service web')).toBe('pod "web" deleted\nservice "web" deleted\n');
  expect(await it1.fails('get pod web')).toBe('Error from server (NotFound): pods "web" not found\n');
  expect((await it1.run('wait --for=delete endpoints/web')).code).toBe(0);
});

test('watching shows what another terminal does, until Ctrl-C', async () => {
  const watching = it1.start('get configmaps -w --field-selector metadata.name=watched');
  const names = it1.start('get pods -w -o name');
  await names.printed('pod/hello-world-');
  await it1.ok('create configmap watched --from-literal=a=1');
  await watching.printed(/watched +1 +/);
  await it1.ok('run seen --image=nginx');
  await names.printed('pod/seen');
  watching.interrupt();
  names.interrupt();
  expect((await watching.result).stdout).toMatch(/^NAME +DATA +AGE\nwatched +1 +\d+s\n$/);
  expect(await watching.result).toMatchObject({ code: 130, stderr: '' });
  expect(await names.result).toMatchObject({ code: 130, stderr: '' });
});

test('manifests: files, folders, several documents, JSON, standard input', async () => {
  expect(await it1.ok('apply -f fixtures/web')).toBe('deployment.apps/web created\nservice/web created\nconfigmap/web-settings created\n');
  expect(await it1.ok('apply -f fixtures/web')).toBe('deployment.apps/web unchanged\nservice/web unchanged\nconfigmap/web-settings unchanged\n');
  const two = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\ndata: {a: "1"}\n';
  expect(await it1.ok('apply -f -', { input: two })).toBe('configmap/one created\nconfigmap/two created\n');
  expect(await it1.ok('apply -f -', { input: two.replace('"1"', '"2"') })).toBe('configmap/one unchanged\nconfigmap/two configured\n');
  expect(await it1.ok(`get configmap two -o jsonpath='{.data.a}'`)).toBe('2');
  writeFileSync(it1.path('three.json'), JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'three' } }));
  expect(await it1.ok(`apply -f ${it1.path('three.json')} --dry-run=server`)).toBe('configmap/three created (server dry run)\n');
  expect(await it1.ok(`apply -f ${it1.path('three.json')} --dry-run=client`)).toBe('configmap/three created (dry run)\n');
  expect(await it1.ok(`create -f ${it1.path('three.json')} -o name`)).toBe('configmap/three\n');
  expect(await it1.ok('delete -f -', { input: two })).toBe('configmap "one" deleted\nconfigmap "two" deleted\n');
  expect(await it1.ok('delete -f fixtures/web')).toBe('deployment.apps "web" deleted\nservice "web" deleted\nconfigmap "web-settings" deleted\n');
});

test('a stale write is a conflict', async () => {
  await it1.ok('create configmap stale');
  const old = await it1.ok('get configmap stale -o json');
  await it1.ok('label configmap stale a=b');
  expect(await it1.fails('replace -f -', { input: old })).toBe(
    'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your changes to the latest version and try again\n',
  );
});

test('trace tells the story in the order in which it happened', async () => {
  await it1.ok('create deployment story --image=nginx');
  await it1.ok('rollout status deployment/story');
  const story = await it1.ok('trace deployment/story');
  const steps = ['validation', 'etcd revision', 'deployment-controller', 'replicaset-controller', 'default-scheduler', 'RunPodSandbox', 'CNI ADD', 'PullImage', 'StartContainer', 'Running'];
  let at = -1;
  for (const step of steps) {
    const next = story.indexOf(step, at + 1);
    expect([step, next > at]).toEqual([step, true]);
    at = next;
  }
});
