/** What becomes of objects: pods in trouble, namespaces and owners that go, pods that do not fit, quotas, nodes that are closed. */
import { sharedDaemon, table } from './support.ts';

const it1 = sharedDaemon('--nodes 3 --seed 3');
const pod = async (name: string): Promise<Record<string, string>> => table(await it1.ok(`get pod ${name} -o wide`))[0] ?? {};

test('pods in trouble say what is wrong', async () => {
  await it1.ok('create -f fixtures/troubles');
  await it1.ok('clock advance 2m');
  expect(await pod('crash-loop')).toMatchObject({ READY: '0/1', STATUS: 'CrashLoopBackOff', RESTARTS: expect.stringMatching(/^[3-5] \(/) as string });
  expect(await pod('image-not-found')).toMatchObject({ READY: '0/1', STATUS: expect.stringMatching(/^(ErrImagePull|ImagePullBackOff)$/) as string, RESTARTS: '0' });
  expect(await pod('missing-config')).toMatchObject({ READY: '0/1', STATUS: 'CreateContainerConfigError' });
  expect(await pod('too-big')).toMatchObject({ READY: '0/1', STATUS: 'Pending', NODE: '<none>' });
  expect(await pod('wrong-probe')).toMatchObject({ READY: '0/1', STATUS: 'Running' });
  expect(await pod('liveness-exec')).toMatchObject({ RESTARTS: expect.stringMatching(/^1 \(/) as string });
  const messages = async (name: string): Promise<string> => it1.ok(`get events --field-selector involvedObject.name=${name} -o jsonpath='{range .items[*]}{.reason}: {.message}{"\\n"}{end}'`);
  expect(await messages('too-big')).toContain('FailedScheduling: 0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.\n');
  expect(await messages('image-not-found')).toContain('Failed: Failed to pull image "nginx:no-such-tag": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:no-such-tag"');
  expect(await messages('wrong-probe')).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404\n');
  expect(await messages('missing-config')).toContain('Failed: Error: configmap ');
  // A shell that is process 1 does not hear SIGTERM: its pod goes when the grace period is over.
  const deleting = it1.start('delete -f fixtures/troubles');
  await deleting.printed('pod "wrong-probe" deleted\n');
  await it1.ok('clock advance 31s');
  expect(await deleting.result).toMatchObject({ code: 0, stderr: '' });
  expect((await it1.run('get pods')).stderr).toBe('No resources found in default namespace.\n');
});

test('a namespace takes everything in it along', async () => {
  await it1.ok('create namespace team');
  await it1.ok('create deployment web -n team --image=nginx');
  await it1.ok('create configmap settings -n team');
  await it1.ok('rollout status deployment/web -n team');
  expect(await it1.ok('delete namespace team')).toBe('namespace "team" deleted\n');
  expect(await it1.fails('get namespace team')).toBe('Error from server (NotFound): namespaces "team" not found\n');
  expect((await it1.run('get all,configmaps -n team')).stdout).toBe('');
  expect(await it1.fails('create configmap late -n team')).toBe('error: failed to create configmap: namespaces "team" not found\n');
  await it1.ok('create namespace team');
  expect((await it1.run('get deployments,pods -n team')).stdout).toBe('');
});

test('owners that go: background, foreground, orphan', async () => {
  const make = async (name: string): Promise<void> => {
    await it1.ok(`create deployment ${name} --image=nginx --replicas=2`);
    await it1.ok(`rollout status deployment/${name}`);
  };
  await make('back');
  await it1.ok('delete deployment back');
  await it1.ok('wait --for=delete pod -l app=back');
  expect((await it1.run('get rs,pods -l app=back')).stdout).toBe('');
  await make('front');
  await it1.ok('delete deployment front --cascade=foreground');
  expect((await it1.run('get rs,pods -l app=front')).stdout).toBe('');
  await make('left');
  await it1.ok('delete deployment left --cascade=orphan');
  expect(table(await it1.ok('get rs -l app=left'))).toMatchObject([{ DESIRED: '2', READY: '2' }]);
  expect(await it1.ok(`get rs -l app=left -o jsonpath='{.items[0].metadata.ownerReferences}'`)).toBe('');
  // A deployment with the same selector adopts what was left.
  await make('left');
  expect(table(await it1.ok('get rs -l app=left'))).toHaveLength(1);
  expect(await it1.ok(`get rs -l app=left -o jsonpath='{.items[0].metadata.ownerReferences[0].name}'`)).toBe('left');
  await it1.ok('delete deployment left');
});

test('pods are spread, kept off closed nodes, and sent where they ask to be', async () => {
  await it1.ok('create deployment spread --image=nginx --replicas=6');
  await it1.ok('rollout status deployment/spread');
  const on = async (): Promise<string[]> => table(await it1.ok('get pods -l app=spread -o wide')).map((row) => row.NODE ?? '').sort();
  expect(await on()).toEqual(['node-1', 'node-1', 'node-2', 'node-2', 'node-3', 'node-3']);
  await it1.ok(`patch node node-2 -p '{"spec":{"unschedulable":true}}'`);
  expect(table(await it1.ok('get node node-2'))).toMatchObject([{ STATUS: 'Ready,SchedulingDisabled' }]);
  await it1.ok('delete pod -l app=spread');
  await it1.ok('rollout status deployment/spread');
  expect(await on()).toEqual(['node-1', 'node-1', 'node-1', 'node-3', 'node-3', 'node-3']);
  await it1.ok(`run picky --image=nginx --overrides='{"spec":{"nodeSelector":{"disk":"ssd"}}}'`);
  await it1.ok(`wait --for=jsonpath='{.status.conditions[0].reason}'=Unschedulable pod/picky`);
  expect(await it1.ok(`get pod picky -o jsonpath='{.status.conditions[0].message}'`)).toBe(
    "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
  );
  await it1.ok('label node node-3 disk=ssd');
  await it1.ok('wait --for=condition=Ready pod/picky');
  expect(await pod('picky')).toMatchObject({ NODE: 'node-3' });
  await it1.ok(`patch node node-2 -p '{"spec":{"unschedulable":null}}'`);
  await it1.ok('delete deployment,pod --all');
});

test('a quota refuses what goes beyond it', async () => {
  await it1.ok('create namespace small');
  await it1.ok('create quota few -n small --hard=pods=2');
  await it1.ok('run one -n small --image=nginx');
  await it1.ok('run two -n small --image=nginx');
  expect(await it1.fails('run three -n small --image=nginx')).toBe('Error from server (Forbidden): pods "three" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2\n');
  await it1.ok('delete pod one -n small');
  expect(await it1.ok('run three -n small --image=nginx')).toBe('pod/three created\n');
  await it1.ok('delete namespace small');
});

test('a rollout that cannot finish keeps the old pods, and says so', async () => {
  await it1.ok('create deployment web --image=nginx --replicas=4');
  await it1.ok('rollout status deployment/web');
  await it1.ok('set image deployment/web nginx=nginx:no-such-tag');
  const status = it1.start('rollout status deployment/web');
  await status.printed('Waiting for deployment "web" rollout to finish: 2 out of 4 new replicas have been updated...\n');
  await it1.ok('clock advance 11m');
  expect(await status.result).toMatchObject({ code: 1, stderr: 'error: deployment "web" exceeded its progress deadline\n' });
  expect(table(await it1.ok('get deployment web'))).toMatchObject([{ READY: '3/4', 'UP-TO-DATE': '2', AVAILABLE: '3' }]);
  await it1.ok('rollout undo deployment/web');
  await it1.ok('rollout status deployment/web');
  expect(table(await it1.ok('get pods -l app=web')).map((row) => row.STATUS)).toEqual(['Running', 'Running', 'Running', 'Running']);
  await it1.ok('delete deployment web');
});

test('nodes of 110 pods take no more', async () => {
  await it1.ok('create deployment many --image=nginx --replicas=331');
  await it1.ok(`wait --for=jsonpath='{.status.readyReplicas}'=330 deployment/many --timeout=60s`);
  expect(table(await it1.ok('get deployment many'))).toMatchObject([{ READY: '330/331' }]);
  expect(await it1.ok(`get pods --field-selector status.phase=Pending -o jsonpath='{.items[*].status.conditions[0].message}'`)).toBe(
    '0/3 nodes are available: 3 Too many pods. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
  );
  await it1.ok('delete deployment many');
  await it1.ok('wait --for=delete pod -l app=many --timeout=60s');
});
