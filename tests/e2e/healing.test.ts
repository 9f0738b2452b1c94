/** A node dies, time passes at once, pods are replaced; the node comes back. And other lives of time. */
import { session, sharedDaemon, table } from './support.ts';

describe('a dead node', () => {
  const it1 = sharedDaemon('--nodes 3 --seed 5');
  const nodes = async () => Object.fromEntries(table(await it1.ok('get nodes')).map((node) => [node.NAME, node.STATUS]));
  const pods = async () => table(await it1.ok('get pods -o wide')).map((pod) => ({ status: pod.STATUS, node: pod.NODE, name: pod.NAME }));

  test('is NotReady after 40 seconds and its pods are replaced after 300 more', async () => {
    await it1.ok('create deployment web --image=nginx --replicas=6');
    await it1.ok('rollout status deployment/web');
    const before = await pods();
    const lost = before.filter((pod) => pod.node === 'node-2').map((pod) => pod.name);
    expect(lost).toHaveLength(2);
    expect(await it1.ok('fault node node-2 --down')).toBe('node/node-2 has no power\n');
    await it1.ok('clock advance 30s');
    expect(await nodes()).toEqual({ 'node-1': 'Ready', 'node-2': 'Ready', 'node-3': 'Ready' });
    await it1.ok('clock advance 25s');
    expect(await nodes()).toEqual({ 'node-1': 'Ready', 'node-2': 'NotReady', 'node-3': 'Ready' });
    expect(JSON.parse(await it1.ok(`get node node-2 -o jsonpath='{.spec.taints}'`))).toMatchObject([
      { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
    ]);
    expect(await pods()).toEqual(before);

    await it1.ok('clock advance 6m');
    const after = await pods();
    expect(after.filter((pod) => pod.status === 'Terminating').map((pod) => pod.name)).toEqual(lost);
    const running = after.filter((pod) => pod.status === 'Running');
    expect(running).toHaveLength(6);
    expect(new Set(running.map((pod) => pod.node))).toEqual(new Set(['node-1', 'node-3']));
    expect(table(await it1.ok('get deployment web'))).toMatchObject([{ READY: '6/6' }]);
    expect(await it1.ok(`get events --field-selector reason=TaintManagerEviction -o jsonpath='{.items[*].involvedObject.name}'`).then((text) => text.split(' ').sort())).toEqual([...lost].sort());
  });

  test('takes pods again when its power is back', async () => {
    expect(await it1.ok('fault node node-2 --up')).toBe('node/node-2 has power again\n');
    await it1.ok('clock advance 20s');
    expect(await nodes()).toEqual({ 'node-1': 'Ready', 'node-2': 'Ready', 'node-3': 'Ready' });
    expect(await it1.ok(`get node node-2 -o jsonpath='{.spec.taints}'`)).toBe('');
    expect((await pods()).filter((pod) => pod.status !== 'Running')).toEqual([]);
    await it1.ok('scale deployment web --replicas=12');
    await it1.ok('rollout status deployment/web');
    expect((await pods()).filter((pod) => pod.node === 'node-2').length).toBeGreaterThan(2);
  });

  test('time that was let pass stays passed over a restart', async () => {
    const timeOf = (text: string): number => Date.parse(text.split(' ')[0] ?? '');
    const before = timeOf(await it1.ok('clock'));
    expect(await it1.ok('daemon stop')).toBe('daemon stopped\n');
    await it1.ok('daemon start --nodes 3 --seed 5');
    const after = timeOf(await it1.ok('clock'));
    expect(after).toBeGreaterThanOrEqual(before);
    expect(after - before).toBeLessThan(60_000);
    expect((await pods()).filter((pod) => pod.status !== 'Running')).toEqual([]);
  });
});

describe('the clock', () => {
  const it1 = session();
  const now = async (): Promise<number> => Date.parse((await it1.ok('clock')).split(' ')[0] ?? '');

  test('runs faster, stands still, steps and jumps', async () => {
    await it1.ok('daemon start --nodes 1 --speed 60');
    expect(await it1.ok('clock')).toContain('runs at 60x');
    await it1.ok('create configmap old');
    expect(await it1.ok('clock pause')).toContain('paused');
    const paused = await now();
    expect(await now()).toBe(paused);
    expect(await it1.fails('create --raw /mock/clock -f -', { input: '{"action":"advance"}' })).toContain('Error from server (BadRequest): action must be ');
    await it1.ok('clock advance 90m');
    expect(await now()).toBe(paused + 90 * 60_000);
    expect(table(await it1.ok('get configmap old'))).toMatchObject([{ AGE: '90m' }]);
    await it1.ok('clock step');
    expect(await now()).toBeGreaterThan(paused + 90 * 60_000);
    expect(await it1.ok('clock resume')).toContain('runs at 60x');
    expect(await it1.ok('clock speed 1')).toContain('runs at 1x');
    expect(table(await it1.ok('get nodes'))).toMatchObject([{ NAME: 'node-1', STATUS: 'Ready' }]);
    expect(await it1.fails('clock advance soon')).toMatch(/^error: .*soon/);
    expect(await it1.fails('clock advance -- -5m')).toBe('error: time does not go back\n');
  });
});

test('the same seed gives the same names, nodes and addresses', async () => {
  const runs = await Promise.all([1, 2].map(async () => {
    const one = new (await import('./support.ts')).Session();
    try {
      await one.ok('daemon start --nodes 3 --seed 7');
      await one.ok('create deployment web --image=nginx --replicas=4');
      await one.ok('rollout status deployment/web');
      return table(await one.ok('get pods -o wide')).map(({ NAME, NODE, IP }) => ({ NAME, NODE, IP }));
    } finally {
      await one.end();
    }
  }));
  expect(runs[0]).toHaveLength(4);
  expect(runs[0]).toEqual(runs[1]);
});
