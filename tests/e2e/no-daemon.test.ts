/** Commands without a daemon, many at once, daemons that die, and those who wait meanwhile. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session, session, table } from './support.ts';

describe('without a daemon', () => {
  const it1 = session();

  test('commands work, and what needs a controller stays as it is', async () => {
    await it1.ok('create deployment web --image=nginx');
    expect(table(await it1.ok('get deployments'))).toMatchObject([{ READY: '0/1', 'UP-TO-DATE': '0' }]);
    expect(await it1.run('get pods')).toEqual({ code: 0, stdout: '', stderr: 'No resources found in default namespace.\n' });
    await it1.ok('run one --image=nginx');
    expect(table(await it1.ok('get pods'))).toMatchObject([{ NAME: 'one', READY: '0/1', STATUS: 'Pending' }]);
    expect(await it1.fails('rollout status deployment/web --timeout=1ms').catch((error: Error) => error.message)).toContain('timed out waiting for the condition');
  });

  test('16 commands at once all succeed', async () => {
    const results = await Promise.all(Array.from({ length: 16 }, (_, i) => it1.run(`create configmap many-${i}`)));
    expect(results).toEqual(Array.from({ length: 16 }, (_, i) => ({ code: 0, stdout: `configmap/many-${i} created\n`, stderr: '' })));
    expect((await it1.ok('get configmaps -o name')).split('\n')).toHaveLength(17);
  });

  test('a proxy serves the API out of its own process, and keeps nobody out', async () => {
    const proxy = it1.start('proxy --port=0');
    await proxy.printed('Starting to serve on');
    const server = `http://${/Starting to serve on (\S+)/.exec(proxy.said())?.[1] ?? ''}`;
    const post = await fetch(`${server}/api/v1/namespaces/default/configmaps`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ metadata: { name: 'through-proxy' } }) });
    expect(post.status).toBe(201);
    const watch = await fetch(`${server}/api/v1/namespaces/default/configmaps?watch=1&fieldSelector=metadata.name%3Dproxied`);
    await it1.ok('delete configmap through-proxy');
    await it1.ok('create configmap proxied');
    const { value } = (await watch.body?.getReader().read()) ?? {};
    expect(JSON.parse(Buffer.from(value ?? []).toString().split('\n')[0] ?? '')).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'proxied' } } });
    expect((await fetch(`${server}/api/v1/namespaces/default/configmaps/through-proxy`)).status).toBe(404);
    expect((await fetch(`${server}/api/v1/pods`, { headers: { Authorization: 'Bearer wrong' } })).status).toBe(401);
    proxy.interrupt();
    await proxy.result;
    await it1.ok('delete configmap proxied');
  });

  test('who waits keeps nobody out, and sees what others do', async () => {
    const watching = it1.start('get configmaps -w -o name --field-selector metadata.name=late');
    const waiting = it1.start('wait --for=create configmap/late --timeout=20s');
    const untilGone = it1.start('wait --for=delete configmap/many-0 --timeout=20s');
    await it1.ok('create configmap early');
    await it1.ok('create configmap late');
    await watching.printed('configmap/late');
    expect(await waiting.result).toMatchObject({ code: 0, stdout: 'configmap/late condition met\n' });
    await it1.ok('delete configmap many-0');
    expect(await untilGone.result).toMatchObject({ code: 0 });
    // A daemon that is started has the home at once, and is listened to.
    await it1.ok('daemon start --nodes 1');
    await it1.ok('label configmap late a=b');
    await watching.printed(/late\n(?:.*\n)*.*late\n/);
    watching.interrupt();
    expect((await watching.result).code).toBe(130);
    await it1.ok('daemon stop');
  });
});

test('a story can be followed without a daemon', async () => {
  const it1 = new Session();
  try {
    await it1.ok('create configmap told');
    const story = it1.start('trace -f configmap/told');
    await story.printed('create configmaps');
    await it1.ok('label configmap told a=b');
    await story.printed('patch configmaps');
    story.interrupt();
    expect(await story.result).toMatchObject({ code: 130, stderr: '' });
    expect((await it1.ok('trace -f configmap/told', { env: { MOCK_KUBECTL_CONVERGE: '1' } })).split('\n')).toHaveLength(3);
  } finally {
    await it1.end();
  }
});

describe('a daemon that was killed', () => {
  const it1 = session();
  const containers = async (): Promise<Record<string, string>> => {
    const rows = await it1.ok(`get pods -o jsonpath='{range .items[*]}{.metadata.name} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{"\\n"}{end}'`);
    return Object.fromEntries(rows.trim().split('\n').map((row) => [row.split(' ')[0], row]));
  };

  test('in the middle of a rollout: commands go on, the next daemon finishes, and no running container is touched', async () => {
    await it1.ok('daemon start');
    await it1.ok('create deployment web --image=nginx --replicas=3');
    await it1.ok('rollout status deployment/web');
    const before = await containers();
    await it1.ok('scale deployment web --replicas=40');
    process.kill(it1.daemonPid(), 'SIGKILL');
    expect(existsSync(join(it1.cluster, 'apiserver.sock'))).toBe(true);
    expect(await it1.ok('create configmap meanwhile')).toBe('configmap/meanwhile created\n');
    expect(await it1.run('daemon status')).toMatchObject({ code: 1, stdout: `no daemon is running on ${it1.cluster}\n` });
    expect(await it1.ok('daemon start')).toMatch(/^daemon started/);
    await it1.ok('rollout status deployment/web');
    const after = await containers();
    expect(Object.keys(after)).toHaveLength(40);
    for (const [name, row] of Object.entries(before)) expect(after[name]).toBe(row);
    await it1.ok('get configmap meanwhile');
  });

  test('two starts at once leave one daemon', async () => {
    await it1.ok('daemon stop');
    const started = await Promise.all([it1.ok('daemon start'), it1.ok('daemon start')]);
    const pid = it1.daemonPid();
    for (const text of started) expect(text).toMatch(new RegExp(`^daemon (started|already running) \\(pid ${pid}, 3 nodes\\)\n$`));
  });
});

describe('signals', () => {
  const it1 = session();

  test('Ctrl-C and SIGTERM end a daemon in the foreground cleanly', async () => {
    for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
      const daemon = it1.start('daemon --nodes 1');
      await daemon.printed('is ready (1 node). Ctrl-C stops it.');
      daemon.interrupt(signal);
      expect((await daemon.result).code).toBe(code);
      for (const name of ['apiserver.sock', 'daemon.pid', 'etcd/lock']) expect([signal, name, existsSync(join(it1.cluster, name))]).toEqual([signal, name, false]);
    }
  });

  test('Ctrl-C ends what waits, with code 130 and no word', async () => {
    await it1.ok('daemon start --nodes 1');
    await it1.ok('create deployment bad --image=nginx:no-such-tag');
    const status = it1.start('rollout status deployment/bad');
    await status.printed('Waiting for deployment');
    status.interrupt();
    expect(await status.result).toMatchObject({ code: 130, stderr: '' });
    const log = it1.start('daemon logs -f');
    await log.printed('ready');
    log.interrupt();
    expect(await log.result).toMatchObject({ code: 130, stderr: '' });
  });
});

describe('homes that cannot be used', () => {
  const it1 = session();

  test('say why in one line', async () => {
    writeFileSync(it1.path('file'), '');
    const home = { env: { MOCK_KUBECTL_HOME: it1.path('file') } };
    const message = `error: ${it1.path('file')} cannot be the cluster's home: not a directory\n`;
    for (const line of ['get pods', 'daemon start', 'daemon', 'create configmap a']) expect([line, await it1.fails(line, home).catch((error: Error) => error.message)]).toEqual([line, line.startsWith('create') ? message.replace('error: ', 'error: failed to create configmap: ') : message]);
    if (process.platform === 'linux') expect(await it1.fails('get pods', { env: { MOCK_KUBECTL_HOME: '/proc/nowhere' } })).toBe("error: /proc/nowhere cannot be the cluster's home: no such file or directory\n");
    mkdirSync(it1.cluster, { recursive: true });
    writeFileSync(join(it1.cluster, 'clock.json'), 'garbage\n');
    expect(await it1.fails('get pods')).toBe(`error: ${join(it1.cluster, 'clock.json')} is damaged: remove it to go on from the wall clock\n`);
    expect(await it1.fails('get pods', { env: { MOCK_KUBECTL_CONVERGE: '1', MOCK_KUBECTL_SEED: 'seven', MOCK_KUBECTL_HOME: it1.path('other') } })).toBe('error: MOCK_KUBECTL_SEED must be a whole number, not "seven"\n');
  });
});
