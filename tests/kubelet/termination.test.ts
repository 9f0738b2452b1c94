import { PODS } from '../../src/api/kinds.ts';
import type { PodSpec } from '../../src/api/generated/types.ts';
import { cluster, type Cluster } from './support.ts';

let test: Cluster;
afterEach(() => test.stop());
const remove = (gracePeriodSeconds?: number) => test.context.client.of(PODS).delete('default', 'web', gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });
const goneAfter = async (): Promise<number> => {
  const began = test.clock.now();
  await test.clock.converge(600_000);
  await expect(test.pod()).rejects.toThrow('not found');
  return test.clock.now() - began;
};
const shell = (script: string, more: Partial<PodSpec> = {}): Partial<PodSpec> => ({ containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', script] }], ...more });

describe('graceful termination', () => {
  it('waits the whole grace period for who ignores the signal', async () => {
    test = await cluster();
    await test.create(shell('sleep infinity'));
    await remove();
    await test.settle();
    expect((await test.pod()).status?.phase).toBe('Running');
    expect(await goneAfter()).toBe(30_000);
    const last = test.api.requests.filter(({ resource, verb }) => resource === 'pods' && verb === 'patch').at(-1)?.body;
    expect(last).toMatchObject({ status: { phase: 'Failed', containerStatuses: [{ ready: false, state: { terminated: { exitCode: 137, reason: 'Error' } } }] } });
  });

  it('takes a shorter period when asked again', async () => {
    test = await cluster();
    await test.create(shell('sleep infinity'));
    await remove();
    await test.clock.advance(5000);
    await remove(1);
    expect(await goneAfter()).toBeLessThanOrEqual(2000);
  });

  it('runs the preStop hook first', async () => {
    test = await cluster();
    await test.create({ containers: [{ name: 'nginx', image: 'nginx', lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 7'] } } } }] });
    await remove();
    expect(await goneAfter()).toBe(7000);
  });

  it('ends at once what was not started', async () => {
    test = await cluster();
    await test.create({ containers: [{ name: 'c', image: 'nope' }] });
    await remove();
    expect(await goneAfter()).toBe(0);
  });

  it('forgets what was deleted by force', async () => {
    test = await cluster();
    await test.create(shell('sleep infinity'));
    await remove(0);
    await test.settle();
    expect(await goneAfter()).toBe(0);
    await test.clock.advance(60_000);
    expect(test.errors).toEqual([]);
  });

  it('is not restarted when it crashes meanwhile', async () => {
    test = await cluster();
    await test.create(shell('sleep 3; exit 1'));
    await remove();
    expect(await goneAfter()).toBe(3000);
  });
});

describe('hooks', () => {
  it('a container is not ready before its postStart hook is over', async () => {
    test = await cluster();
    await test.create({ containers: [{ name: 'nginx', image: 'nginx', lifecycle: { postStart: { exec: { command: ['sh', '-c', 'sleep 4'] } } } }] });
    expect((await test.pod()).status?.containerStatuses?.[0]?.ready).toBe(false);
    await test.clock.converge(60_000);
    expect((await test.pod()).status?.containerStatuses?.[0]?.ready).toBe(true);
  });

  it('a failed postStart hook kills it', async () => {
    test = await cluster();
    await test.create({ containers: [{ name: 'nginx', image: 'nginx', lifecycle: { postStart: { exec: { command: ['false'] } } } }] });
    await test.clock.converge(60_000);
    expect(await test.events('web')).toEqual(expect.arrayContaining([expect.stringMatching(/^FailedPostStartHook: PostStartHook failed/), expect.stringMatching(/^Killing: FailedPostStartHook/)]));
  });
});

it('a new image restarts the container', async () => {
  test = await cluster();
  await test.create({ containers: [{ name: 'nginx', image: 'nginx:1.26' }] });
  const { spec } = await test.pod();
  await test.context.client.of(PODS).patch('default', 'web', { spec: { containers: [{ ...spec?.containers[0], image: 'nginx:1.27' }] } }, 'merge');
  await test.clock.converge(60_000);
  expect(await test.events('web')).toContain('Killing: Container nginx definition changed, will be restarted');
  expect((await test.pod()).status?.containerStatuses?.[0]).toMatchObject({ image: 'docker.io/library/nginx:1.27', restartCount: 1, ready: true });
});
