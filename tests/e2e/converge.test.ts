/** Scripts without a daemon: each command returns when everything that follows from it has happened. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, Session, session, table } from './support.ts';

const CONVERGE = { MOCK_KUBECTL_CONVERGE: '1', MOCK_KUBECTL_SEED: '7' };

describe('converge on return', () => {
  const it1 = session(CONVERGE);

  test('what was asked for is there when the command returns, for this process and the next', async () => {
    await it1.ok('create deployment hello-world --image=nginx --replicas=3');
    const pods = table(await it1.ok('get pods -o wide'));
    expect(pods.map((pod) => [pod.READY, pod.STATUS, pod.NODE])).toEqual([['1/1', 'Running', 'node-1'], ['1/1', 'Running', 'node-2'], ['1/1', 'Running', 'node-3']]);
    expect(table(await it1.ok('get deployments'))).toMatchObject([{ READY: '3/3' }]);
    expect(await it1.ok('rollout status deployment/hello-world')).toBe('deployment "hello-world" successfully rolled out\n');
    await it1.ok('delete pod --all');
    expect(table(await it1.ok('get pods')).map((pod) => pod.STATUS)).toEqual(['Running', 'Running', 'Running']);
    await it1.ok('set image deployment/hello-world nginx=nginx:1.27');
    expect(await it1.ok(`get pods -o jsonpath='{.items[*].spec.containers[0].image}'`)).toBe('nginx:1.27 nginx:1.27 nginx:1.27');
    expect(await it1.run('logs deployment/hello-world')).toMatchObject({ code: 0, stdout: expect.stringContaining('start worker process'), stderr: expect.stringMatching(/^Found 3 pods, using pod\/hello-world-/) });
    // No process is left, and nobody has the home.
    expect(readdirSync(it1.cluster).sort()).toEqual(['audit.log', 'clock.json', 'etcd']);
    expect(readdirSync(join(it1.cluster, 'etcd')).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test('a story is told in the order in which it happened, also where no time passed', async () => {
    await it1.ok('run story --image=nginx');
    const story = await it1.ok('trace pod/story');
    const steps = ['create pods', ' bind ', 'RunPodSandbox', 'CNI ADD', 'PullImage', 'StartContainer', 'patch pods/status'].map((step) => [step, story.indexOf(step)] as const);
    expect(steps.filter(([, at]) => at < 0)).toEqual([]);
    expect([...steps].sort((a, b) => a[1] - b[1])).toEqual(steps);
    await it1.ok('delete pod story');
  });

  test('pages of nodes are asked of nodes', async () => {
    expect(await it1.ok('get --raw /api/v1/nodes/node-1/proxy/healthz')).toBe('ok');
    expect(await it1.ok('get --raw /api/v1/nodes/node-1/proxy/logs')).toContain('<a href="pods/">pods/</a>');
  });

  test('no command says twice what the cluster has said before', async () => {
    const registered = await it1.ok(`get events --field-selector reason=RegisteredNode -o jsonpath='{.items[*].involvedObject.name}'`);
    expect(registered).toBe('node-1 node-2 node-3');
  });

  test('commands that would wait for ever, or watch for ever, return', async () => {
    expect((await it1.ok('get pods -w -o name')).split('\n')).toHaveLength(4);
    expect(await it1.fails('wait --for=create pod/nobody --timeout=60s')).toBe('error: timed out waiting for the condition\n');
    expect(await it1.fails('wait --for=condition=Ready=false pod --all --timeout=1h')).toMatch(/^(timed out waiting for the condition on pods\/hello-world-.*\n){3}$/);
    await it1.ok('create deployment bad --image=nginx:no-such-tag');
    const { code, stdout, stderr } = await it1.run('rollout status deployment/bad');
    expect([code, stdout, stderr]).toEqual([1, 'Waiting for deployment "bad" rollout to finish: 0 of 1 updated replicas are available...\n', 'error: deployment "bad" exceeded its progress deadline\n']);
    await it1.ok('delete deployment bad');
    expect((await it1.run('logs -f deployment/hello-world')).stdout).toContain('start worker process');
    await it1.ok(`apply -f -`, { input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}' });
    const held = await it1.run('delete configmap held --timeout=30s');
    expect(held).toEqual({ code: 1, stdout: 'configmap "held" deleted\n', stderr: 'error: timed out waiting for the condition on configmaps/held\n' });
    await it1.ok(`patch configmap held --type=merge -p '{"metadata":{"finalizers":null}}'`);
    expect(await it1.ok('get configmaps -o name')).toBe('');
  });

  test('time passes for those who ask: a dead node is healed without a daemon', async () => {
    await it1.ok('fault node node-1 --down');
    expect(await it1.ok('wait --for=condition=Ready=Unknown node/node-1 --timeout=60s')).toBe('node/node-1 condition met\n');
    await it1.ok('clock advance 6m');
    const pods = table(await it1.ok('get pods -o wide'));
    expect(pods.filter((pod) => pod.STATUS === 'Running').map((pod) => pod.NODE).sort()).toEqual(expect.arrayContaining(['node-2', 'node-3']));
    expect(pods.filter((pod) => pod.NODE === 'node-1').map((pod) => pod.STATUS)).toEqual(['Terminating']);
  });
});

test('the same script prints the same bytes', async () => {
  const script = async (one: Session): Promise<string> => {
    let printed = '';
    for (const line of [
      'create deployment web --image=nginx --replicas=4',
      'expose deployment web --port=80',
      `create -f ${join(root, 'fixtures/troubles')}`,
      'delete pod crash-loop',
      'scale deployment web --replicas=2',
      'create namespace team',
      'run one -n team --image=busybox -- sleep 5',
      'clock advance 1m',
      'get all,events,endpoints,endpointslices,nodes,leases,serviceaccounts,configmaps -A -o yaml',
      'get pods -A -o wide',
      'describe nodes',
      'trace deployment/web',
    ]) {
      const { stdout, stderr } = await one.run(line);
      printed += stdout + stderr;
    }
    return printed;
  };
  const runs = await Promise.all([1, 2].map(async () => {
    const one = new Session(CONVERGE);
    try {
      return await script(one);
    } finally {
      await one.end();
    }
  }));
  expect(runs[0]?.length).toBeGreaterThan(50_000);
  expect(runs[0] === runs[1]).toBe(true);
});

describe('daemon --until-converged', () => {
  const it1 = session();

  test('does what is left to do and says what is stuck', async () => {
    await it1.ok('create deployment web --image=nginx');
    expect((await it1.run('get pods')).stdout).toBe('');
    expect(await it1.ok('daemon --until-converged')).toBe('');
    expect(table(await it1.ok('get pods'))).toMatchObject([{ STATUS: 'Running' }]);
    await it1.ok('create -f fixtures/troubles/too-big.yaml -f fixtures/troubles/crash-loop.yaml');
    const stuck = await it1.fails('daemon --until-converged');
    expect(stuck).toMatch(/^pod\/crash-loop -n default: container app: back-off .* restarting failed container=app pod=crash-loop_default\(.*\)\npod\/too-big -n default: 0\/3 nodes are available: 3 Insufficient memory\. .*\n$/);
  });
});
